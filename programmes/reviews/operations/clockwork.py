"""What the clock does to reviews: reminders, the end of the grace, the lock when a call leaves review."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from incubator.lib.actor import Actor
from incubator.lib.refusals import NotAllowed
from incubator.outbox.models import Event
from incubator.outbox.operations import record, transition
from incubator.outbox.registry import Kind
from incubator.web import times
from programmes.applications import operations as applications
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.reviews import events, states
from programmes.reviews.models import Assignment
from programmes.reviews.operations import told
from programmes.reviews.operations.assigning import ASSIGNERS
from programmes.reviews.states import AssignmentState

REMIND_BEFORE = timedelta(days=3)
REMIND_AFTER = timedelta(days=3)
GRACE = timedelta(days=7)


def step_reached(due_on: date, today: date) -> tuple[Kind, str] | None:
    """Which reminder this day asks for: three days before, on the day, three days after; None outside of these.

    Each step lasts until the next, so that a reminder missed while the clock stood still is sent late, not never.
    """
    if today >= due_on + REMIND_AFTER:
        return events.review_overdue, "after"
    if today >= due_on:
        return events.review_due, "due"
    if today >= due_on - REMIND_BEFORE:
        return events.review_due, "before"
    return None


def remind_due(*, by: Actor, at: datetime) -> int:
    """Send every reminder whose day has come, each once; gives back how many. One transaction per reminder."""
    day = times.local_day(at)
    due = Assignment.objects.open().filter(due_on__lte=day + REMIND_BEFORE).order_by("pk").values_list("pk", flat=True)
    return sum(_remind_once(pk, by=by, at=at) for pk in due.iterator())


@transaction.atomic
def _remind_once(pk: UUID, *, by: Actor, at: datetime) -> int:
    """Idempotent by kind, assignment and due day: the row is locked and its history asked."""
    assignment = Assignment.objects.locked(pk)
    reached = step_reached(assignment.due_on, times.local_day(at))
    if reached is None or not _waits(assignment):
        return 0
    kind, step = reached
    facts = {**told.facts(assignment), "step": step, "due_on": assignment.due_on}
    if Event.objects.about(pk).filter(kind=kind.name, facts__step=step, facts__due_on=assignment.due_on.isoformat()).exists():
        return 0
    record(kind, assignment, by=by, at=at, facts=facts, tell=[told.reviewer(assignment, days=(assignment.due_on - times.local_day(at)).days)])
    return 1


@transaction.atomic
def remind(assignment: Assignment, *, by: Actor, at: datetime) -> bool:
    """Remind one reviewer by hand, at most once a day; says whether it did. Raises NotAllowed."""
    assignment = Assignment.objects.locked(assignment.pk)
    if not ASSIGNERS & assignment.roles_of(by):
        raise NotAllowed
    day = times.local_day(at)
    kind = events.review_overdue if assignment.due_on < day else events.review_due
    told_today = Event.objects.about(assignment.pk).filter(kind=kind.name, at__gt=at - timedelta(days=1)).exists()
    if told_today or not _waits(assignment):
        return False
    facts = {**told.facts(assignment), "step": "by hand", "due_on": assignment.due_on}
    record(kind, assignment, by=by, at=at, facts=facts, tell=[told.reviewer(assignment, days=(assignment.due_on - day).days)])
    return True


def _waits(assignment: Assignment) -> bool:
    return assignment.status in states.OPEN and assignment.application.status == Status.IN_REVIEW


def expire_overdue(*, by: Actor, at: datetime) -> int:
    """End every review that was not sent within the grace; gives back how many. One transaction each."""
    late = Assignment.objects.open().filter(due_on__lt=times.local_day(at) - GRACE).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(pk, by=by, at=at) for pk in late.iterator())


@transaction.atomic
def _expire(pk: UUID, *, by: Actor, at: datetime) -> int:
    assignment = Assignment.objects.locked(pk)
    if not _waits(assignment) or assignment.due_on >= times.local_day(at) - GRACE:
        return 0
    tell = [told.reviewer(assignment), told.staff(assignment)]
    transition(assignment, AssignmentState.EXPIRED, by=by, at=at, event=events.expired, facts=told.facts(assignment), tell=tell)
    applications.stop_reading(assignment.application, user_id=assignment.reviewer_id)
    return 1


@transaction.atomic
def lock_reviews(intake: Intake, *, by: Actor, at: datetime) -> int:
    """Lock every review that counts when the call leaves review; gives back how many. Raises NotAllowed."""
    rows = Assignment.objects.filter(application__intake=intake, status=AssignmentState.SUBMITTED).select_for_update(of=("self",))
    locked = 0
    for assignment in rows.select_related("application", "reviewer").order_by("pk"):
        transition(assignment, AssignmentState.LOCKED, by=by, at=at, event=events.locked, facts=told.facts(assignment))
        locked += 1
    return locked
