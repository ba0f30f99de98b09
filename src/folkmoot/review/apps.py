from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "folkmoot.review"
    label = "review"
