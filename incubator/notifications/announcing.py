"""How an announcement goes: who would get it, how far its sending is, and who has read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from incubator.accounts.actors import system_actor
from incubator.accounts.models import Membership, User
from incubator.accounts.querysets import MembershipQuerySet
from incubator.announcements import operations as announcements
from incubator.announcements.models import Announcement
from incubator.announcements.states import GROUPS
from incubator.lib.actor import Actor
from incubator.notifications import progress
from incubator.notifications.models import Channel, Delivery, Notification
from incubator.notifications.states import DeliveryState
from incubator.outbox import audiences

NAMED = 12


@dataclass(frozen=True, slots=True)
class Reached:
    """Who would get an announcement now: the first few by name, and how many people and organisations there are."""

    people: int
    organisations: int
    first: list[User]


def reached(chosen: str, *, by: Actor) -> Reached:
    """Whom an audience means at present, each person once; by name only those whom the actor may see there. Two queries."""
    counted = _told(audiences.members(chosen)).aggregate(people=Count("user_id", distinct=True), organisations=Count("organisation_id", distinct=True))
    named = _told(audiences.named(chosen, by)).values("user_id")
    first = User.objects.get_queryset().filter(pk__in=named).order_by("name", "pk")[:NAMED]
    return Reached(counted["people"], counted["organisations"], list(first))


def _told(found: QuerySet[Any] | None) -> MembershipQuerySet:
    """Those of the memberships that a fan-out tells."""
    rows: MembershipQuerySet = Membership.objects.among(found)
    anybody = Q()
    for kinds, roles in GROUPS.values():
        anybody |= Q(organisation__kind__in=kinds, role__in=roles)
    return rows.filter(anybody).with_access().filter(organisation__is_sandbox=False).order_by()


def labels(by: Actor) -> dict[str, str]:
    """The words of every audience that the actor may choose."""
    return {value: (str(words) if value.endswith(":") else f"{title}: {words}") for title, pairs in audiences.options(by) for value, words in pairs}


@dataclass(frozen=True, slots=True)
class Channelled:
    """What became of an announcement in one channel."""

    channel: str
    sent: int
    under_way: int
    switched_off: int
    failed: int
    read: int | None

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)


def by_channel(act: UUID) -> list[Channelled]:
    """The deliveries of an announcement, channel by channel; for the inbox how many have read it. Two queries."""
    states: Mapping[str, Q] = {
        "sent": Q(state__in=(DeliveryState.SENT, DeliveryState.DIGESTED)),
        "under_way": Q(state__in=(DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.HELD)),
        "switched_off": Q(state__in=(DeliveryState.SUPPRESSED, DeliveryState.EXPIRED)),
        "failed": Q(state__in=(DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.DEAD)),
    }
    rows = Delivery.objects.filter(event=act).order_by("channel").values("channel")
    counted = rows.annotate(**{name: Count("pk", filter=condition) for name, condition in states.items()})
    read = Notification.objects.filter(delivery__event=act).read().count()
    return [Channelled(**row, read=read if row["channel"] == Channel.IN_APP else None) for row in counted]


def told_to(actor: Actor, pk: UUID) -> Announcement | None:
    """The announcement, if this person was told it, by whichever way. Three queries."""
    row = Announcement.objects.filter(pk=pk, status__in=("sending", "sent", "stopped")).first()
    act = announcements.act_of(row) if row and actor.user_id else None
    told = act is not None and Delivery.objects.filter(event=act, recipient=f"user:{actor.user_id}").exists()
    return row if told else None


def finish_sent(at: datetime) -> int:
    """Record which announcements everybody has been told, and which somebody stopped where all acts are. Gives how many."""
    done = 0
    for row in Announcement.objects.filter(status="sending").order_by("pk")[:50]:
        act = announcements.act_of(row)
        found = progress.of_act(act, by=system_actor()) if act else None
        if found is not None and found.is_stopped and found.row is not None:  # on the page of the act
            announcements.stop(row, reason=found.row.reason, by=system_actor(), at=at)
            done += 1
        elif found is not None and found.is_over:
            done += announcements.finish(row, at=at)
    return done


@transaction.atomic
def stop(row: Announcement, *, reason: str, by: Actor, at: datetime) -> None:
    """Send it to nobody more. Raises NotAllowed, ReasonNeeded, IllegalTransition, or Refusal when all was sent."""
    act = announcements.act_of(row)
    announcements.stop(row, reason=reason, by=by, at=at)
    if act is not None:
        progress.stop(act, reason=reason, by=by, at=at)
