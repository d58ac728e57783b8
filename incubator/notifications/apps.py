from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "incubator.notifications"
    label = "notifications"
    verbose_name = _("notifications")

    def ready(self) -> None:
        from incubator.notifications import metrics

        metrics.register()
