"""The Celery app. Settings, each with its reason, are in `settings/base.py`; periodic jobs in `schedule.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

from incubator.schedule import SCHEDULE, WHAT

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.production")

app = Celery("incubator", task_cls="incubator.notifications.jobs:Recorded")
app.steps["worker"].add(DjangoStructLogInitStep)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.conf.what_jobs_do = WHAT
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**kwargs: Any) -> None:
    """Celery logs as the web does: same handler, same format."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
