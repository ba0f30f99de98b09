"""Addresses of the look."""

from __future__ import annotations

from django.conf import settings
from django.urls import path, re_path

from folkmoot.ui import views

app_name = "ui"

urlpatterns = [
    re_path(r"^look/accent-(?P<colour>[0-9a-f]{6})\.css$", views.accent, name="accent"),
]
if getattr(settings, "DEMO", False):
    urlpatterns.append(path("styleguide/", views.styleguide, name="styleguide"))
