from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "incubator.notifications"
    label = "notifications"
    verbose_name = _("notifications")

    def ready(self) -> None:
        from incubator.notifications import metrics, tracking  # noqa: F401 - the receiver of the mail provider's events

        metrics.register()
