from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "folkmoot.review"
    label = "review"

    def ready(self) -> None:
        from folkmoot.review import personal_data, policies  # noqa: F401 - they declare
