from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "programmes.catalogue"
    label = "catalogue"
