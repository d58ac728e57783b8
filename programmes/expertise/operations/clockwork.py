"""What the clock does: late triage and answers, requests that nobody answers or confirms, sessions that are near or unlogged."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from incubator.accounts.actors import system_actor
from incubator.lib.clock import add_working_days
from incubator.outbox.operations import record, transition
from programmes.expertise import events
from programmes.expertise.models import Session, SupportRequest
from programmes.expertise.operations.closing import close
from programmes.expertise.operations.telling import both_sides, to_founder, to_partner, to_staff
from programmes.expertise.states import RequestState, SessionState

EXPIRE_WORKING_DAYS_AFTER_ESCALATION = 5
REMIND_AFTER, CLOSE_AFTER = timedelta(days=7), timedelta(days=14)
SESSION_AHEAD, SESSION_LOG_AFTER = timedelta(hours=24), timedelta(days=2)


def follow_up_due(at: datetime) -> int:
    """Tell of terms that are over, end what nobody answers, close what nobody confirms. Gives the number."""
    due = SupportRequest.objects.to_follow_up(at, timezone.localdate(at), quiet=REMIND_AFTER, closing=CLOSE_AFTER)
    return sum(_follow_up(pk, at) for pk in due.values_list("pk", flat=True)[:500])


@transaction.atomic
def _follow_up(pk: UUID, at: datetime) -> bool:
    asked = SupportRequest.objects.locked(pk)
    today = timezone.localdate(at)
    if asked.status == RequestState.SUBMITTED and asked.triage_due_on and asked.triage_due_on < today and asked.late_at is None:
        _mark(asked, "late_at", at)
        record(events.request_late, asked, by=system_actor(), at=at, tell=[to_staff(asked, "officer", "partnership")])
        return True
    if asked.status == RequestState.OFFERED and asked.answer_due_on and asked.answer_due_on < today:
        return _escalate_or_end(asked, at)
    if asked.status == RequestState.DELIVERED and asked.delivered_at:
        return _remind_or_close(asked, at)
    return False


def expires_on(asked: SupportRequest) -> str:
    """The day after which an escalated request ends."""
    assert asked.escalated_at is not None
    return add_working_days(timezone.localdate(asked.escalated_at), EXPIRE_WORKING_DAYS_AFTER_ESCALATION).isoformat()


def _escalate_or_end(asked: SupportRequest, at: datetime) -> bool:
    if asked.escalated_at is None:
        _mark(asked, "escalated_at", at)
        ends = expires_on(asked)
        tell = [to_partner(asked, expires_on=ends), to_staff(asked, "partnership", expires_on=ends)]
        record(events.request_escalated, asked, by=system_actor(), at=at, tell=tell)
        return True
    if expires_on(asked) >= timezone.localdate(at).isoformat():
        return False
    tell = [to_founder(asked), to_partner(asked), to_staff(asked, "officer", "partnership")]
    transition(asked, RequestState.EXPIRED, by=system_actor(), at=at, event=events.request_expired, tell=tell)
    return True


def _remind_or_close(asked: SupportRequest, at: datetime) -> bool:
    assert asked.delivered_at is not None
    if asked.delivered_at <= at - CLOSE_AFTER:
        close(asked, rating=None, words="", by=system_actor(), at=at)
        return True
    if asked.reminded_at is not None or asked.delivered_at > at - REMIND_AFTER:
        return False
    _mark(asked, "reminded_at", at)
    closes_on = timezone.localdate(asked.delivered_at + CLOSE_AFTER).isoformat()
    record(events.request_unconfirmed, asked, by=system_actor(), at=at, tell=[to_founder(asked, closes_on=closes_on)])
    return True


def _mark(row: SupportRequest | Session, name: str, at: datetime) -> None:
    """What was told once is not told again."""
    setattr(row, name, at)
    row.save(update_fields=[name])


def remind_of_sessions(at: datetime) -> int:
    """Tell both sides the day before a session, and the partner when one is over and not logged; each once."""
    due = Session.objects.to_remind_of(at, ahead=SESSION_AHEAD, after=SESSION_LOG_AFTER).values_list("pk", flat=True)[:500]
    return sum(_remind(pk, at) for pk in due)


@transaction.atomic
def _remind(pk: UUID, at: datetime) -> bool:
    session = Session.objects.locked(pk)
    if session.status != SessionState.PLANNED:
        return False
    tell = both_sides(session)
    if at < session.starts_at <= at + SESSION_AHEAD and session.reminded_at is None:
        _mark(session, "reminded_at", at)
        record(events.session_near, session, by=system_actor(), at=at, tell=tell)
        return True
    if session.starts_at <= at - SESSION_LOG_AFTER and session.missed_at is None:
        _mark(session, "missed_at", at)
        record(events.session_unlogged, session, by=system_actor(), at=at, tell=tell[1:])
        return True
    return False
