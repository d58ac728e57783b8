from django.apps import AppConfig


class StartupsConfig(AppConfig):
    name = "incubator.startups"
    label = "startups"
