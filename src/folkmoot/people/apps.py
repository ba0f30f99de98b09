import importlib

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PeopleConfig(AppConfig):
    name = "folkmoot.people"
    label = "people"

    def ready(self) -> None:
        """Let every room say what it stores about people, and who may do what in it."""
        importlib.import_module("folkmoot.people.personal_data")  # stands first on the page
        autodiscover_modules("personal_data", "policies")
        from folkmoot.branches import panels
        from folkmoot.people import proof
        from folkmoot.people.officers import officers

        proof.connect()
        panels.show("officers", officers)
