from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "incubator.accounts"
    label = "accounts"
