from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "incubator.files"
    label = "files"
