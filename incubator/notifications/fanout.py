"""From an event to its deliveries: who is told, through which channels, each exactly one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now

from incubator.accounts.models import Organisation
from incubator.lib.clock import now
from incubator.notifications import broadcasting, people, preferences
from incubator.notifications.models import Delivery, WebhookEndpoint
from incubator.notifications.preferences import Verdict, Wishes
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.models import Event, Pending
from incubator.outbox.registry import EMAIL, WEBHOOK, Kind, Notice, Recipient

log = structlog.get_logger(__name__)

EVENTS_AT_ONCE = 20
ROWS_AT_ONCE = 1_000
LARGE = 500  # people; what more are told, workers write in chunks
POSITION_LOCK = 0x706F7369  # "posi": one dispatcher at a time gives out positions, until its transaction ends


NUMBER = """
UPDATE outbox_event event SET position = last.position + numbered.place
FROM (SELECT coalesce(max(position), 0) AS position FROM outbox_event) last, unnest(%s::uuid[]) WITH ORDINALITY numbered (id, place)
WHERE event.id = numbered.id AND event.position IS NULL
"""


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
    and a second time finds the rows of the first by their unique key. What many are told is left to the workers.
    """
    pending = list(Pending.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event").order_by("created_at", "event_id")[:limit])
    if not pending:
        return 0
    events = [one.event for one in pending]
    invented = in_sandboxes(events)
    broadcasting.begin_batches([event for event in events if event.pk not in invented])
    stops = broadcasting.stops(events)
    for event in events:
        deliver_to_all(event, in_sandbox=event.pk in invented, stop=stops.get(event.pk, ""))
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
        cursor.execute(NUMBER, [[str(event.pk) for event in events]])


def in_sandboxes(events: Sequence[Event]) -> set[UUID]:
    """The ids of those that happened in an invented world: an organisation of one acted, or is to be told. One query."""
    named = {event.pk: {str(event.actor_organisation_id), *(told["organisation"] for told in event.told)} - {None, "None"} for event in events}
    invented = Organisation.objects.filter(pk__in=set().union(*named.values()), is_sandbox=True).values_list("pk", flat=True)
    return {pk for pk, organisations in named.items() if organisations & {str(one) for one in invented}}


def deliver_to_all(event: Event, *, in_sandbox: bool = False, stop: str = "") -> None:
    """The delivery rows of one event. Whoever stands in two of its audiences is told as the first.

    What happens in a sandbox is told to the endpoints of its own organisation and to nobody else. With `stop`, the
    reason why somebody stopped the act, everything is written as suppressed.
    """
    try:
        kind = registry.get(event.kind)
    except registry.Unregistered:
        log.error("event_of_unknown_kind", kind=event.kind, event_id=str(event.pk))
        return
    entries = [{**told, "organisation_kind": "", "users": []} for told in event.told] if in_sandbox else event.told
    found = [[] if in_sandbox else list(people.told(event, kind, told)[: LARGE + 1]) for told in entries]
    is_large = any(len(some) > LARGE for some in found)
    for number, (told, some) in enumerate(zip(entries, found, strict=True)):
        meant = [*targets_of(some if not is_large else [], kind.audiences[told["audience"]]), *others(event, kind, told)]
        write(rows(event, kind, number, meant, stop=stop))
    if is_large:
        broadcasting.begin(event, kind)


def write(made: Sequence[Delivery]) -> None:
    """Store rows; those that exist already stay as they are."""
    for start in range(0, len(made), ROWS_AT_ONCE):
        Delivery.objects.bulk_create(made[start : start + ROWS_AT_ONCE], ignore_conflicts=True)


def rows(event: Event, kind: Kind, number: int, meant: Sequence[Target], *, stop: str = "") -> list[Delivery]:
    """The unsaved rows of one entry, as its people wish. Two queries."""
    wishes = preferences.wishes({one.user_id for one in meant if one.user_id}, [kind.name])
    return [_row(event, kind, number, target, wishes, stop) for target in meant]


def _row(event: Event, kind: Kind, number: int, target: Target, wishes: Wishes, stop: str) -> Delivery:
    told = event.told[number]
    created, expires = now(), event.at + kind.time_to_live
    recipient = Recipient(told["audience"], target.user_id, target.organisation_id, told["facts"])
    verdict = wishes.verdict(target.user_id, kind.name, target.channel, kind.audiences[told["audience"]], at=created, expires_at=expires)
    if stop:
        verdict = Verdict(DeliveryState.SUPPRESSED, stop)
    elif not kind.still_allowed(event, recipient):
        verdict = verdict._replace(state=DeliveryState.SUPPRESSED)
    return Delivery(
        event=event,
        kind=event.kind,
        channel=target.channel,
        recipient=target.recipient,
        told=number,
        user_id=target.user_id,
        organisation_id=target.organisation_id,
        endpoint_id=target.endpoint_id,
        state=verdict.state,
        due_at=verdict.until or Now(),
        expires_at=expires,
        note=verdict.note,
        held_for=verdict.held_for,
        created_at=created,
        finished_at=created if verdict.state == DeliveryState.SUPPRESSED else None,
    )


def targets_of(found: Iterable[people.Person], notice: Notice) -> Iterator[Target]:
    """One for each person and channel."""
    for user_id, organisation_id in found:
        for channel in people.channels(notice):
            yield Target(channel, f"user:{user_id}", user_id, organisation_id, None)


def others(event: Event, kind: Kind, told: Mapping[str, Any]) -> Iterator[Target]:
    """Whom one entry of `event.told` means beside people with accounts: an address, and endpoints. One query at most."""
    notice = kind.audiences[told["audience"]]
    address = told["facts"].get("address")
    if address and not told["users"] and EMAIL in notice.channels:
        yield Target(EMAIL, f"address:{address}"[:330], None, None, None)
    if notice.resource and (told["organisation"] or told["organisation_kind"]):
        for endpoint in endpoints(event.kind, told):
            yield Target(WEBHOOK, f"endpoint:{endpoint.pk}", None, endpoint.organisation_id, endpoint.pk)


def endpoints(kind: str, told: Mapping[str, Any]) -> list[WebhookEndpoint]:
    """The endpoints of the entry's organisations that want this kind; a test message names the one it is for."""
    meant = {"pk": told["organisation"]} if told["organisation"] else {"kind": told["organisation_kind"], "is_sandbox": False}
    open_now = Organisation.objects.with_access().filter(**meant)
    kept = WebhookEndpoint.objects.kept().filter(organisation__in=open_now).order_by("pk")
    if only := told["facts"].get("endpoint"):
        return list(kept.filter(pk=only))
    return [endpoint for endpoint in kept if endpoint.wants(kind)]
