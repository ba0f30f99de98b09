from django.apps import AppConfig


class CommissionConfig(AppConfig):
    name = "folkmoot.commission"
    label = "commission"
