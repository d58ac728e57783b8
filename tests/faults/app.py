"""The Celery app with the kinds of events that the tests record."""

import django

from incubator.celery import app

django.setup()

from tests.incubator.notifications import kinds  # noqa: E402, F401

__all__ = ["app"]
