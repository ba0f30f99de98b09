from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "folkmoot.branches"
    label = "branches"
