from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds management commands; connects the wiring once all rooms are loaded."""

    name = "folkmoot.config"
    label = "config"

    def ready(self) -> None:
        from folkmoot.config import wiring

        wiring.connect()
