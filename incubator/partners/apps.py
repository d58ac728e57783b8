from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "incubator.partners"
    label = "partners"
