"""From an event to its deliveries: who is told, through which channels, each exactly one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from incubator.accounts.models import Membership, Organisation, User
from incubator.lib.clock import now
from incubator.notifications import preferences
from incubator.notifications.models import Delivery, WebhookEndpoint
from incubator.notifications.preferences import Wishes
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.models import Event, Pending
from incubator.outbox.registry import EMAIL, IN_APP, WEBHOOK, Kind, Notice, Recipient

log = structlog.get_logger(__name__)

EVENTS_AT_ONCE = 20
ROWS_AT_ONCE = 1_000
POSITION_LOCK = 0x706F7369  # "posi": one dispatcher at a time gives out positions, until its transaction ends


class Target(NamedTuple):
    """One delivery to be: through which channel, to whom."""

    channel: str
    recipient: str
    user_id: UUID | None
    organisation_id: UUID | None
    endpoint_id: UUID | None


@transaction.atomic
def fan_out(limit: int = EVENTS_AT_ONCE) -> int:
    """Write the deliveries of the oldest events that have none yet. Returns how many events were done.

    Skips events that another dispatcher holds. Everything or nothing: killed half-way it leaves the events pending,
    and a second time finds the rows of the first by their unique key.
    """
    pending = list(Pending.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event").order_by("created_at", "event_id")[:limit])
    if not pending:
        return 0
    events = [one.event for one in pending]
    invented = in_sandboxes(events)
    for event in events:
        deliver_to_all(event, in_sandbox=event.pk in invented)
    give_positions(events)
    Pending.objects.filter(pk__in=[event.pk for event in events]).delete()
    return len(events)


def give_positions(events: Sequence[Event]) -> None:
    """Number the events in the order in which they become visible to readers of the feed.

    The lock is held until the transaction ends: no number is seen before a lower one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSITION_LOCK])
    last = Event.objects.aggregate(last=Max("position"))["last"] or 0
    for position, event in enumerate(events, last + 1):
        Event.objects.filter(pk=event.pk, position__isnull=True).update(position=position)


def in_sandboxes(events: Sequence[Event]) -> set[UUID]:
    """The ids of those that happened in an invented world: an organisation of one acted, or is to be told. One query."""
    named = {event.pk: {str(event.actor_organisation_id), *(told["organisation"] for told in event.told)} - {None, "None"} for event in events}
    invented = Organisation.objects.filter(pk__in=set().union(*named.values()), is_sandbox=True).values_list("pk", flat=True)
    return {pk for pk, organisations in named.items() if organisations & {str(one) for one in invented}}


def deliver_to_all(event: Event, *, in_sandbox: bool = False) -> None:
    """The delivery rows of one event, in chunks. Whoever stands in two of its audiences is told as the first.

    What happens in a sandbox is told to the endpoints of its own organisation and to nobody else.
    """
    try:
        kind = registry.get(event.kind)
    except registry.Unregistered:
        log.error("event_of_unknown_kind", kind=event.kind, event_id=str(event.pk))
        return
    for number, told in enumerate(event.told):
        if in_sandbox:
            told = {**told, "organisation_kind": "", "users": []}
        rows = _rows(event, kind, number, told)
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            Delivery.objects.bulk_create(chunk, ignore_conflicts=True)


def _rows(event: Event, kind: Kind, number: int, told: Mapping[str, Any]) -> Iterator[Delivery]:
    """In the chunks in which they are stored, so that the wishes of a chunk's people are read at once."""
    meant = targets(event, kind, told)
    while chunk := list(islice(meant, ROWS_AT_ONCE)):
        wishes = preferences.wishes({one.user_id for one in chunk if one.user_id}, [kind.name])
        for target in chunk:
            yield _row(event, kind, number, told, target, wishes)


def _row(event: Event, kind: Kind, number: int, told: Mapping[str, Any], target: Target, wishes: Wishes) -> Delivery:
    created, expires = now(), event.at + kind.time_to_live
    recipient = Recipient(told["audience"], target.user_id, target.organisation_id, told["facts"])
    notice = kind.audiences[told["audience"]]
    verdict = wishes.verdict(target.user_id, kind.name, target.channel, notice, at=created, expires_at=expires)
    state = verdict.state if kind.still_allowed(event, recipient) else DeliveryState.SUPPRESSED
    return Delivery(
        event=event,
        kind=event.kind,
        channel=target.channel,
        recipient=target.recipient,
        told=number,
        user_id=target.user_id,
        organisation_id=target.organisation_id,
        endpoint_id=target.endpoint_id,
        state=state,
        due_at=verdict.until or Now(),
        expires_at=expires,
        note=verdict.note,
        held_for=verdict.held_for,
        created_at=created,
        finished_at=created if state == DeliveryState.SUPPRESSED else None,
    )


def targets(event: Event, kind: Kind, told: Mapping[str, Any]) -> Iterator[Target]:
    """Whom one entry of `event.told` means, and through which channels. Two queries at most, streamed."""
    notice = kind.audiences[told["audience"]]
    channels = [channel for channel in (IN_APP, EMAIL) if channel in notice.channels]
    address = told["facts"].get("address")
    for user_id, organisation_id in people(told, notice) if channels else ():
        for channel in channels:
            yield Target(channel, f"user:{user_id}", user_id, organisation_id, None)
    if address and not told["users"] and EMAIL in channels:
        yield Target(EMAIL, f"address:{address}"[:330], None, None, None)
    if notice.resource and (told["organisation"] or told["organisation_kind"]):
        for endpoint in endpoints(event.kind, told):
            yield Target(WEBHOOK, f"endpoint:{endpoint.pk}", None, endpoint.organisation_id, endpoint.pk)


def people(told: Mapping[str, Any], notice: Notice) -> Iterable[tuple[UUID, UUID | None]]:
    """The people of one entry with the organisation they are told for. Nobody whose organisation lost its access, unless that is the news."""
    if told["users"]:
        organisation = UUID(told["organisation"]) if told["organisation"] else None
        found = User.objects.get_queryset().filter(pk__in=told["users"], is_active=True).order_by("pk").values_list("pk", flat=True)
        return ((user, organisation) for user in found.iterator())
    members: QuerySet[Membership] = Membership.objects.filter(user__is_active=True) if notice.despite_no_access else Membership.objects.with_access()
    # The people of a sandbox are invented too.
    members = members.filter(organisation__is_sandbox=False)
    if told["organisation"]:
        members = members.filter(organisation_id=told["organisation"])
    elif told["organisation_kind"]:
        members = members.filter(organisation__kind=told["organisation_kind"])
    else:
        return ()
    if told["roles"]:
        members = members.filter(role__in=told["roles"])
    return members.order_by("user_id", "organisation_id").values_list("user_id", "organisation_id").distinct().iterator()


def endpoints(kind: str, told: Mapping[str, Any]) -> list[WebhookEndpoint]:
    """The endpoints of the entry's organisations that want this kind; a test message names the one it is for."""
    meant = {"pk": told["organisation"]} if told["organisation"] else {"kind": told["organisation_kind"], "is_sandbox": False}
    open_now = Organisation.objects.with_access().filter(**meant)
    kept = WebhookEndpoint.objects.kept().filter(organisation__in=open_now).order_by("pk")
    if only := told["facts"].get("endpoint"):
        return list(kept.filter(pk=only))
    return [endpoint for endpoint in kept if endpoint.wants(kind)]
