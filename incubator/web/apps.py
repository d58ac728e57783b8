from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "incubator.web"
    label = "web"
