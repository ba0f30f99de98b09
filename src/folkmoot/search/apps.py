from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "folkmoot.search"
    label = "search"
