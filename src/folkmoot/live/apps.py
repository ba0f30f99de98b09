"""The live room as a Django app."""

from django.apps import AppConfig


class Live(AppConfig):
    name = "folkmoot.live"
    label = "live"
