"""The Celery app with the kinds of events that the tests record."""

import django

from incubator.celery import app

django.setup()

from incubator.notifications import broadcasting  # noqa: E402
from tests.incubator.notifications import kinds  # noqa: E402, F401

broadcasting.CHUNK = 200  # so that there is something to kill between two

__all__ = ["app"]
