"""What the deadline does with drafts: reminders before it, lapsing at it, and coming back if the call opens again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest

from incubator.lib.actor import Actor
from incubator.outbox.models import Event
from incubator.outbox.operations import record, transition
from incubator.web import times
from programmes.applications import events
from programmes.applications.models import Application, InfoRequest
from programmes.applications.operations.applying import told_to_applicant
from programmes.applications.querysets import ApplicationQuerySet
from programmes.applications.states import Status
from programmes.catalogue.models import Intake

REMIND_DAYS_BEFORE = (1, 3, 7)
ASKED_DAYS_BEFORE = (1, 3)


def _drafts(*, closing_until: datetime) -> ApplicationQuerySet:
    """Drafts whose own deadline is not after this, and those of calls that were called off."""
    deadline = Greatest(F("intake__closes_at"), Coalesce(F("extended_until"), F("intake__closes_at")))
    drafts = Application.objects.annotate(closes=deadline).filter(status=Status.DRAFT)
    return drafts.filter(Q(closes__lte=closing_until) | Q(intake__status="cancelled"))


def _one_by_one(rows: ApplicationQuerySet, act: Callable[[Application], bool]) -> int:
    """Each row in a transaction of its own, locked; rows that another run holds are left to it."""
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            application = _locked_draft(pk)
            done += application is not None and act(application)
    return done


def _locked_draft(pk: UUID) -> Application | None:
    drafts = Application.objects.filter(pk=pk, status=Status.DRAFT).select_related("intake__programme", "startup")
    return drafts.select_for_update(of=("self",), skip_locked=True).first()


def lapse_drafts(*, by: Actor, at: datetime) -> int:
    """Close every draft whose deadline is past, or whose call was called off. Returns how many. Safe to run twice at once."""

    def lapse(application: Application) -> bool:
        if application.closes_at() > at and application.intake.status != "cancelled":
            return False
        tell = [told_to_applicant(application, closed_at=times.moment(application.closes_at()))]
        transition(application, Status.LAPSED, by=by, at=at, event=events.lapsed, tell=tell)
        return True

    return _one_by_one(_drafts(closing_until=at), lapse)


def remind(*, by: Actor, at: datetime) -> int:
    """Remind of drafts whose deadline is 7, 3 or 1 days away; each draft once for each deadline and distance.

    A late run sends only the nearest reminder that is due. Safe to run twice at once.
    """

    def tell(application: Application) -> bool:
        closes = application.closes_at()
        if closes <= at or application.intake.status == "cancelled":
            return False
        days = next(days for days in REMIND_DAYS_BEFORE if closes - at <= timedelta(days=days))
        key = {"days": days, "deadline": closes.isoformat()}
        if Event.objects.about(application.pk).filter(kind=events.deadline_approaching.name, facts__contains=key).exists():
            return False
        told = told_to_applicant(application, closes=times.moment(closes), left=times.distance(closes, at))
        record(events.deadline_approaching, application, by=by, at=at, facts=key, tell=[told])
        return True

    return _one_by_one(_drafts(closing_until=at + timedelta(days=max(REMIND_DAYS_BEFORE))), tell)


def remind_of_questions(*, by: Actor, at: datetime) -> int:
    """Remind of what the park asked 3 days and 1 day before the answer is due; each request once for each day and distance.

    Returns how many were reminded. Safe to run twice at once.
    """
    day = times.local_day(at)
    soon = InfoRequest.objects.filter(answered_at__isnull=True, due_on__gte=day, due_on__lte=day + timedelta(days=max(ASKED_DAYS_BEFORE)))
    asked = soon.filter(application__status=Status.INFO_REQUESTED).order_by("due_on", "pk").values_list("application_id", flat=True)
    return sum(_remind_of_question(pk, by=by, at=at) for pk in list(asked[:500]))


@transaction.atomic
def _remind_of_question(pk: UUID, *, by: Actor, at: datetime) -> bool:
    application = Application.objects.locked(pk)
    request = application.info_requests.filter(answered_at__isnull=True).first()
    left = (request.due_on - times.local_day(at)).days if request else -1
    if request is None or application.status != Status.INFO_REQUESTED or not 0 <= left <= max(ASKED_DAYS_BEFORE):
        return False
    key = {"days": min(days for days in ASKED_DAYS_BEFORE if left <= days), "due_on": request.due_on.isoformat()}
    if Event.objects.about(pk).filter(kind=events.answer_due.name, facts__contains=key).exists():
        return False
    tell = [told_to_applicant(application, reference=application.reference, asks=request.asks, due_on=times.day(request.due_on))]
    record(events.answer_due, application, by=by, at=at, facts=key, tell=tell)
    return True


@transaction.atomic
def revive_drafts(intake: Intake, *, by: Actor, at: datetime) -> int:
    """Bring back the drafts that lapsed at a deadline that no longer holds. Called when a call is opened again.

    Leaves out those whose startup has begun another application since. Returns how many came back.
    """
    begun = Application.objects.filter(intake=intake).exclude(status__in=(Status.LAPSED, Status.WITHDRAWN)).values("startup_id")
    lapsed = Application.objects.filter(intake=intake, status=Status.LAPSED).exclude(startup__in=begun).order_by("startup_id", "-created_at")
    newest = lapsed.distinct("startup_id").values_list("pk", flat=True)
    for pk in list(newest):
        application = Application.objects.locked(pk)
        tell = [told_to_applicant(application, closes=times.moment(application.closes_at()))]
        transition(application, Status.DRAFT, by=by, at=at, event=events.revived, tell=tell)
    return len(newest)
