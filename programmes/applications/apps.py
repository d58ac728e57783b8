from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "programmes.applications"
    label = "applications"
