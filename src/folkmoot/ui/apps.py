"""The Django app of the look."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Registers the templates, tags and static files of the look."""

    name = "folkmoot.ui"
    verbose_name = _("Look")
