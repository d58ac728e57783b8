from typing import Any

from django.core.management.base import BaseCommand

from incubator.notifications.dispatching import Dispatcher


class Command(BaseCommand):
    help = "Turn what happened into messages, and ring the workers for what is due. Runs until stopped; any number of copies."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        Dispatcher().run()
