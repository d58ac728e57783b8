from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "investments.rounds"
    label = "rounds"
