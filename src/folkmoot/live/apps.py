"""The live room as a Django app."""

from django.apps import AppConfig


class Live(AppConfig):
    name = "folkmoot.live"
    label = "live"

    def ready(self) -> None:
        from folkmoot.commission import changes
        from folkmoot.live.hearing import hear

        changes.register(hear)
