from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "incubator.home"
    label = "home"
    verbose_name = _("home")

    def ready(self) -> None:
        import incubator.celery  # noqa: F401 - tasks declared with shared_task need the app in every process
