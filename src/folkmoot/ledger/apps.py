from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "folkmoot.ledger"
    label = "ledger"
