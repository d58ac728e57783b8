"""The partner answers and serves: accepts within its capacity, plans and logs sessions, gives codes, delivers.

Locks the offering first, then the request, then the session.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.lib import sealing
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import begin, record, transition
from programmes.expertise import events
from programmes.expertise.capacity import month_of
from programmes.expertise.models import AccessCode, Offering, Session, SupportRequest
from programmes.expertise.operations.disclosing import open_for
from programmes.expertise.operations.telling import both_sides, to_founder, to_partner, to_staff
from programmes.expertise.states import REQUEST, SESSION, RequestState, SessionState

HOURS_MOST = Decimal(24)


class Full(Refusal):
    code = "no_capacity"
    message = _("This offering has not enough left this month. Raise its capacity, or answer when the next month begins.")


@transaction.atomic
def accept(asked: SupportRequest, *, by: Actor, at: datetime) -> SupportRequest:
    """The partner agrees. Takes this month's capacity, and shows the startup to the partner at the level it chose.

    Locks the offering: of many who take the last of its capacity, one does. Raises Full.
    """
    asked = _locked(asked)
    REQUEST.edge(asked.status, RequestState.ACCEPTED)
    month = month_of(timezone.localdate(at))
    taken = SupportRequest.objects.filter(offering=asked.offering_id, counts_in=month).aggregate(total=Sum("amount"))["total"] or 0
    if taken + asked.amount > asked.offering.capacity:
        raise Full
    tell = [to_founder(asked), to_partner(asked, named=True)]
    transition(asked, RequestState.ACCEPTED, by=by, at=at, event=events.request_accepted, changes={"counts_in": month}, tell=tell)
    open_for(asked, at=at)
    return asked


@transaction.atomic
def turn_down(asked: SupportRequest, *, reason: str, by: Actor, at: datetime) -> SupportRequest:
    """The partner cannot help, and says why; founder and park read it."""
    asked = _locked(asked)
    words = reason.strip()
    tell = [to_founder(asked, reason=words), to_partner(asked, reason=words), to_staff(asked, "officer", "partnership", reason=words)]
    return transition(asked, RequestState.DECLINED_BY_PARTNER, by=by, at=at, event=events.request_turned_down, reason=reason, tell=tell)


@transaction.atomic
def schedule(asked: SupportRequest, *, starts_at: datetime, place: str, people: str, by: Actor, at: datetime, minutes: int = 60) -> Session:
    """Plan a session. The first one leads the request to `scheduled`. Raises Invalid, Refusal `given_as_code`."""
    asked = _locked(asked)
    if asked.offering.is_coded:
        raise Refusal(_("This is given as a code and not in sessions. Give the code."), code="given_as_code")
    to = RequestState.SCHEDULED if asked.status == RequestState.ACCEPTED else asked.status
    REQUEST.step(asked.status, "schedule")
    session = Session(request=asked, starts_at=starts_at, minutes=minutes, place=place.strip(), people=people.strip())
    _check(session, at)
    first = [to_founder(asked), to_partner(asked)] if to != asked.status else []  # of the others the session itself tells
    transition(asked, to, by=by, at=at, event=events.request_scheduled, tell=first)
    return begin(session, events.session_planned, by=by, at=at, tell=both_sides(session))


@transaction.atomic
def move_session(session: Session, *, starts_at: datetime, place: str, people: str, by: Actor, at: datetime, minutes: int = 60) -> Session:
    """Another time, place or person. Both sides are reminded anew. Raises Refusal `not_planned`, Invalid."""
    session = _locked_session(session)
    if "partner" not in session.roles_of(by):
        raise NotAllowed
    if session.status != SessionState.PLANNED:
        raise Refusal(_("Only a planned session can be moved. Plan another."), code="not_planned")
    changes: dict[str, Any] = {"starts_at": starts_at, "minutes": minutes, "place": place.strip(), "people": people.strip(), "reminded_at": None}
    for name, value in changes.items():
        setattr(session, name, value)
    _check(session, at)
    session.save(update_fields=list(changes))
    record(events.session_moved, session, by=by, at=at, tell=both_sides(session))
    return session


def _check(session: Session, at: datetime) -> None:
    if session.starts_at <= at:
        raise Invalid(_("This time is over. Choose a later one."), field="starts_at")
    if session.starts_at > at + timedelta(days=3653):
        raise Invalid(_("Choose a time within ten years."), field="starts_at")
    if not 15 <= session.minutes <= 600:
        raise Invalid(_("A session lasts from 15 minutes to 10 hours."), field="minutes")
    if len(session.place) < 3:
        raise Invalid(_("Say where: a room, or a link to join."), field="place")
    if len(session.people) < 2:
        raise Invalid(_("Say who will be there for you."), field="people")


@transaction.atomic
def log(session: Session, *, hours: Decimal, note: str, by: Actor, at: datetime) -> Session:
    """The session was held: so many hours, and what was done. Raises Invalid, or Refusal `yet_to_come` before it began."""
    session = _begun(session, SessionState.HELD, at)
    if not 0 < hours <= HOURS_MOST or hours != round(hours, 2):
        raise Invalid(_("Give the hours that were held, up to 24, such as 1.5."), field="hours")
    words = {"hours": str(hours), "note": note.strip()}
    changes = {"hours": hours, "note": note.strip()}
    transition(session, SessionState.HELD, by=by, at=at, event=events.session_held, changes=changes, tell=both_sides(session, **words))
    asked = session.request
    if asked.status == RequestState.SCHEDULED:
        transition(asked, RequestState.IN_PROGRESS, by=by, at=at, event=events.request_started, tell=[to_founder(asked), to_partner(asked)])
    return session


@transaction.atomic
def no_show(session: Session, *, note: str, by: Actor, at: datetime) -> Session:
    """Nobody of the startup came. No hours count."""
    session = _begun(session, SessionState.NO_SHOW, at)
    tell = both_sides(session, note=note.strip())
    return transition(session, SessionState.NO_SHOW, by=by, at=at, event=events.session_missed, changes={"note": note.strip()}, tell=tell)


@transaction.atomic
def cancel_session(session: Session, *, note: str, by: Actor, at: datetime) -> Session:
    """Call it off, with a word to the startup."""
    session = _locked_session(session)
    tell = both_sides(session, note=note.strip())
    return transition(session, SessionState.CANCELLED, by=by, at=at, event=events.session_cancelled, changes={"note": note.strip()}, tell=tell)


def _begun(session: Session, to: str, at: datetime) -> Session:
    session = _locked_session(session)
    SESSION.edge(session.status, to)
    if session.starts_at > at:
        raise Refusal(_("This session is yet to come. Log it when it has begun, move it, or call it off."), code="yet_to_come")
    return session


@transaction.atomic
def issue(asked: SupportRequest, *, code: str, by: Actor, at: datetime, note: str = "") -> SupportRequest:
    """Give the code, once. It is kept sealed; the founder has it shown on a page of its own.

    Raises Invalid, Refusal `given_in_sessions`.
    """
    asked = _locked(asked)
    if not asked.offering.is_coded:
        raise Refusal(_("This is given in sessions and not as a code. Plan a session."), code="given_in_sessions")
    REQUEST.step(asked.status, "issue")
    if not 4 <= len(code.strip()) <= 500:
        raise Invalid(_("Give the code, from 4 to 500 characters."), field="code")
    tell = [to_founder(asked), to_partner(asked)]
    transition(asked, RequestState.IN_PROGRESS, by=by, at=at, event=events.code_issued, tell=tell)
    sealed = sealing.seal(code.strip(), purpose=purpose_of(asked))
    AccessCode.objects.create(request=asked, sealed=sealed, note=note.strip()[:500], issued_at=at)
    return asked


def purpose_of(asked: SupportRequest) -> str:
    """Binds a sealed code to its request: moved to another row it opens for nobody."""
    return f"expertise-code:{asked.pk}"


@transaction.atomic
def deliver(asked: SupportRequest, *, result: str, by: Actor, at: datetime) -> SupportRequest:
    """The work is done. Raises Invalid without words, Refusal `session_open` while a planned session waits for its log."""
    asked = _locked(asked)
    REQUEST.edge(asked.status, RequestState.DELIVERED)
    if len(result.strip()) < 10:
        raise Invalid(_("Say in a sentence what was delivered."), field="result")
    if asked.sessions.filter(status=SessionState.PLANNED).exists():
        raise Refusal(_("A session is still planned. Log it, or call it off, first."), code="session_open")
    tell = [to_founder(asked, result=result.strip()), to_partner(asked, result=result.strip())]
    changes = {"delivered_at": at, "result": result.strip()}
    return transition(asked, RequestState.DELIVERED, by=by, at=at, event=events.request_delivered, changes=changes, tell=tell)


def _locked(asked: SupportRequest) -> SupportRequest:
    Offering.objects.locked(asked.offering_id)
    return SupportRequest.objects.locked(asked.pk)


def _locked_session(session: Session) -> Session:
    SupportRequest.objects.locked(session.request_id)
    return Session.objects.locked(session.pk)
