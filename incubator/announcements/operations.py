"""What staff do with announcements, and what the clock does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.announcements import access, events
from incubator.announcements.models import Announcement
from incubator.announcements.states import GROUPS, AnnouncementState
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox import audiences
from incubator.outbox.models import Event
from incubator.outbox.operations import Tell, begin, record, transition


@transaction.atomic
def draft(*, subject: str, body: str, audience: str, by: Actor, at: datetime) -> Announcement:
    """A new draft. Raises NotAllowed; Invalid for an audience that there is not, or an empty text."""
    _must_announce(by)
    row = Announcement(written_by=str(by.name)[:200], **_checked(subject, body, audience))
    return begin(row, events.drafted, by=by, at=at, facts={"audience": audience})


@transaction.atomic
def edit(row: Announcement, *, subject: str, body: str, audience: str, by: Actor, at: datetime) -> Announcement:
    """Change a draft. Locks it. Raises NotAllowed, Invalid as drafting does, or Refusal for what is no draft any more."""
    row = _locked(row, by)
    if row.status != AnnouncementState.DRAFT:
        raise Refusal(_("Only drafts can be changed. Take a scheduled announcement back first."), code="not_a_draft")
    for field, value in _checked(subject, body, audience).items():
        setattr(row, field, value)
    row.save(update_fields=["subject", "body", "audience"])
    record(events.edited, row, by=by, at=at, facts={"audience": audience})
    return row


@transaction.atomic
def schedule(row: Announcement, *, send_at: datetime, by: Actor, at: datetime) -> Announcement:
    """Let the clock send it at that instant. Locks it. Raises NotAllowed, IllegalTransition; Invalid for a time that is past."""
    row = _locked(row, by)
    if send_at <= at:
        raise Invalid(_("Choose a time to come; to send it at once there is a button of its own."), field="send_at")
    return transition(row, AnnouncementState.SCHEDULED, by=by, at=at, event=events.scheduled, facts={"send_at": send_at}, changes={"send_at": send_at})


@transaction.atomic
def unschedule(row: Announcement, *, by: Actor, at: datetime) -> Announcement:
    """Back to the drafts. Locks it. Raises NotAllowed or IllegalTransition."""
    return transition(_locked(row, by), AnnouncementState.DRAFT, by=by, at=at, event=events.unscheduled, changes={"send_at": None})


@transaction.atomic
def discard(row: Announcement, *, by: Actor, at: datetime) -> Announcement:
    """Throw a draft away. Locks it. Raises NotAllowed or IllegalTransition."""
    return transition(_locked(row, by), AnnouncementState.DISCARDED, by=by, at=at, event=events.discarded)


@transaction.atomic
def send_now(row: Announcement, *, by: Actor, at: datetime) -> Announcement:
    """Tell everybody who belongs to the audience now. Locks it. Raises NotAllowed, IllegalTransition, or Refusal when that is nobody."""
    row = Announcement.objects.locked(row.pk) if by.kind == "system" else _locked(row, by)
    groups = [group for group in GROUPS if events.members(row.audience, group).with_access().exists()]
    if not groups:
        raise Refusal(_("Nobody belongs to this audience at present. Choose another one."), code="nobody")
    facts = {"audience": row.audience, "subject": row.subject, "paragraphs": row.paragraphs()}
    tell = [Tell(group, facts) for group in groups]
    return transition(row, AnnouncementState.SENDING, by=by, at=at, event=events.sent, tell=tell, changes={"sent_at": at})


def act_of(row: Announcement) -> UUID | None:
    """The event that told it, by which its progress is found; None before it was sent. One query."""
    return Event.objects.about(row.pk).filter(kind=events.sent.name).values_list("pk", flat=True).first()


def send_due(at: datetime) -> int:
    """Send what is scheduled for a time that has come, each in a transaction of its own. Gives how many. Safe to run twice at once."""
    return sum(_send_due(pk, at) for pk in list(Announcement.objects.due(at).order_by("send_at", "pk").values_list("pk", flat=True)[:50]))


@transaction.atomic
def _send_due(pk: UUID, at: datetime) -> bool:
    row = Announcement.objects.due(at).select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None:
        return False
    send_now(row, by=system_actor(), at=at)
    return True


@transaction.atomic
def finish(row: Announcement, *, at: datetime) -> bool:
    """Record that nobody of its audience waits for it any more. Locks it. False if it is not being sent."""
    row = Announcement.objects.locked(row.pk)
    if row.status != AnnouncementState.SENDING:
        return False
    transition(row, AnnouncementState.SENT, by=system_actor(), at=at, event=events.finished)
    return True


@transaction.atomic
def stop(row: Announcement, *, reason: str, by: Actor, at: datetime) -> Announcement:
    """Record that the sending was stopped; whoever stops it takes back what waits as well. Locks it. Raises NotAllowed, ReasonNeeded, IllegalTransition."""
    row = Announcement.objects.locked(row.pk) if by.kind == "system" else _locked(row, by)
    return transition(row, AnnouncementState.STOPPED, by=by, at=at, event=events.stopped, reason=reason)


@transaction.atomic
def send_to_self(row: Announcement, *, by: Actor, at: datetime) -> None:
    """Mail it to whoever acts, and to nobody else. Locks it. Raises NotAllowed."""
    row = _locked(row, by)
    assert by.user_id is not None
    facts = {"announcement": str(row.pk), "subject": row.subject, "paragraphs": row.paragraphs()}
    record(events.tried, row, by=by, at=at, tell=[Tell("staff", facts, users=(by.user_id,))])


def _checked(subject: str, body: str, audience: str) -> dict[str, str]:
    if not subject.strip() or not body.strip():
        raise Invalid(_("Write a subject and a text."), field="subject" if not subject.strip() else "body")
    if audiences.members(audience) is None:
        raise Invalid(_("Choose who gets it."), field="audience")
    return {"subject": " ".join(subject.split()), "body": body.replace("\r\n", "\n").strip(), "audience": audience}


def _must_announce(by: Actor) -> None:
    if not access.may_announce(by):
        raise NotAllowed


def _locked(row: Announcement, by: Actor) -> Announcement:
    _must_announce(by)
    return Announcement.objects.locked(row.pk)
