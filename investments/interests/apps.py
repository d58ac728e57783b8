from django.apps import AppConfig


class InterestsConfig(AppConfig):
    name = "investments.interests"
    label = "interests"
