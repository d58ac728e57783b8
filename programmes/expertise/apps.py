from django.apps import AppConfig


class ExpertiseConfig(AppConfig):
    name = "programmes.expertise"
    label = "expertise"
