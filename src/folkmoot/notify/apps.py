from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "folkmoot.notify"
    label = "notify"
