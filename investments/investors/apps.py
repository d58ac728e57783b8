from django.apps import AppConfig


class InvestorsConfig(AppConfig):
    name = "investments.investors"
    label = "investors"
