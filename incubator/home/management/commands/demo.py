"""`manage.py demo`: load the demo park, or describe it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from incubator.home.demo.describe import describe
from incubator.home.demo.load import load
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal


class Command(BaseCommand):
    help = "Load the demo park into an empty database, or print what it holds. Not available in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--load", action="store_true", help="make the park, dated from now")
        what.add_argument("--json", action="store_true", help="print addresses, accounts and the tour as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The demo is not available with these settings. Start it with `make run`.")
        if options["json"]:
            self.stdout.write(json.dumps(describe(), indent=2))
            return
        try:
            load(at=now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("The demo park is loaded.")
