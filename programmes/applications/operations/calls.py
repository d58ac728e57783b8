"""Calling a call off, and telling those who were applying."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from incubator.lib.actor import Actor
from programmes.applications.models import Application
from programmes.applications.states import LIVE
from programmes.catalogue import operations as catalogue
from programmes.catalogue.models import Intake


@transaction.atomic
def call_off(intake: Intake, *, reason: str, by: Actor, at: datetime) -> Intake:
    """End the call before its decisions are out. Every startup with an application under way is told the reason.

    Locks the intake. Raises IllegalTransition, NotAllowed or ReasonNeeded.
    """
    waiting = Application.objects.filter(intake=intake, status__in=LIVE).order_by("startup__organisation_id")
    applicants = list(waiting.values_list("startup__organisation_id", flat=True).distinct())
    return catalogue.cancel(intake, reason=reason, by=by, at=at, applicants=applicants)
