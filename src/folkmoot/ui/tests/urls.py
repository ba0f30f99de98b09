"""Addresses for these tests: the look alone, with the styleguide."""

from __future__ import annotations

from django.urls import include, path, re_path

from folkmoot.ui import views

look = (
    [
        re_path(r"^look/accent-(?P<colour>[0-9a-f]{6})\.css$", views.accent, name="accent"),
        path("styleguide/", views.styleguide, name="styleguide"),
    ],
    "ui",
)
urlpatterns = [path("", include(look))]
