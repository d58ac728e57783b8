from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "programmes.forms"
    label = "forms"
