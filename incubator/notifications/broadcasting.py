"""What many are told: deliveries written by workers in chunks, how far that is, and the way to stop it.

A chunk is one transaction: its rows, and the person up to whom they go. Killed, it never was; done twice, the second
finds the rows of the first by their unique key. Whoever has no wishes about the kind is written by one
`INSERT … SELECT`; the few others, and kinds that ask for each person, as a small audience is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from incubator.lib.clock import now
from incubator.notifications import people
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.models import Event
from incubator.outbox.registry import Kind
from incubator.sending.models import Broadcast

CHUNK = 5_000  # people; about half a second
CHUNK_ASKED = 1_000  # where each person is asked for in Python

# A version 7 id made by Postgres 15: 48 bits of time, the rest by chance, four bits for the version.
NEW_ID = """encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid"""

WRITE = f"""
WITH chunk (user_id, organisation_id) AS MATERIALIZED ({{people}}),
asked AS MATERIALIZED (
    SELECT user_id, organisation_id FROM chunk WHERE %s = '' AND (
        EXISTS (SELECT FROM notifications_preference WHERE user_id = chunk.user_id AND kind = %s)
        OR EXISTS (SELECT FROM notifications_reach WHERE user_id = chunk.user_id AND quiet_begin IS NOT NULL)
    )
),
written AS (
    INSERT INTO notifications_delivery (id, event_id, kind, channel, recipient, told, user_id, organisation_id, state, held_for, due_at, expires_at,
        claims, attempts, tries, note, created_at, finished_at)
    SELECT {NEW_ID}, %s, %s, channel, 'user:' || user_id, %s, user_id, organisation_id, %s, '', statement_timestamp(), %s,
        0, 0, 0, %s, statement_timestamp(), CASE WHEN %s = 'suppressed' THEN statement_timestamp() END
    FROM chunk CROSS JOIN unnest(%s::text[]) channel WHERE user_id NOT IN (SELECT user_id FROM asked)
    ON CONFLICT (event_id, channel, recipient) DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM chunk), (SELECT user_id FROM chunk ORDER BY user_id DESC LIMIT 1), (SELECT count(*) FROM written),
    (SELECT coalesce(json_agg(json_build_array(user_id, organisation_id)), '[]') FROM asked)
"""  # noqa: S608 - constants of this module; the place for the people is filled with what Django made

RING = """
UPDATE sending_broadcast SET rung_at = statement_timestamp()
WHERE (finished_at IS NULL OR (status = 'stopped' AND NOT is_swept)) AND (rung_at IS NULL OR rung_at < statement_timestamp() - %s)
RETURNING id
"""

OF_THE_ACT = "SELECT id FROM outbox_event WHERE id = %(act)s UNION SELECT id FROM outbox_event WHERE batch_id = %(act)s"

TAKE_BACK = f"""
UPDATE notifications_delivery SET state = 'suppressed', note = %(note)s, finished_at = statement_timestamp(), held_for = ''
WHERE id IN (
    SELECT id FROM notifications_delivery WHERE event_id IN ({OF_THE_ACT}) AND state IN ('pending', 'held') LIMIT {CHUNK} FOR UPDATE SKIP LOCKED
)
"""  # noqa: S608 - constants of this module


# ── By the dispatcher ───────────────────────────────────────────────────────
def begin(event: Event, kind: Kind) -> None:
    """Leave the people of an event to the workers. Call in the transaction that takes the event out of `Pending`."""
    total = sum(people.told(event, kind, one).count() * len(people.channels(kind.audiences[one["audience"]])) for one in event.told)
    at = now()
    values = {"event": event, "total": total, "created_at": at, "updated_at": at}
    row, made = Broadcast.objects.get_or_create(pk=event.pk, defaults=values)
    if not made and row.event_id is None:  # it was stopped before it began
        Broadcast.objects.filter(pk=row.pk).update(event=event, total=total, finished_at=None, updated_at=at)


def begin_batches(events: Iterable[Event]) -> None:
    """Note the acts that several events belong to. One statement for all."""
    at = now()
    acts = {event.batch_id for event in events if event.batch_id}
    if acts:
        rows = [Broadcast(pk=act, created_at=at, updated_at=at, finished_at=at) for act in acts]
        Broadcast.objects.bulk_create(rows, ignore_conflicts=True)


def stops(events: Sequence[Event]) -> dict[UUID, str]:
    """For those of the events whose act was stopped: the note of what is therefore not sent. One query."""
    acts = [act for event in events for act in (event.pk, event.batch_id)]
    stopped = {row.pk: note(row) for row in Broadcast.objects.stopped(*acts)}
    found = {event.pk: stopped.get(event.pk) or stopped.get(event.batch_id) for event in events}
    return {pk: why for pk, why in found.items() if why}


def note(row: Broadcast) -> str:
    return f"Stopped by {row.stopped_by}: {row.reason}"[:200]


def ring() -> int:
    """Ring for what the workers have left to do. Raises OperationalError when the broker does not answer."""
    from incubator.notifications.tasks import broadcast

    again: list[Any] = [timedelta(seconds=settings.DELIVERY_RING_AGAIN)]
    with connection.cursor() as cursor:
        cursor.execute(RING, again)
        acts = [row[0] for row in cursor.fetchall()]
    for number, act in enumerate(acts):
        try:
            broadcast.apply_async(args=(str(act),), queue="fanout", retry=False)
        except OperationalError:
            Broadcast.objects.filter(pk__in=acts[number:]).update(rung_at=None)
            raise
    return len(acts)


# ── By the workers ──────────────────────────────────────────────────────────
def go_on(act: UUID) -> None:
    """Write, or take back, chunk after chunk, for as long as a batch may take. Twice at once does no harm."""
    begun = monotonic()
    while _chunk(act):
        if monotonic() - begun > settings.DELIVERY_START_WITHIN:
            Broadcast.objects.open().filter(pk=act).update(rung_at=None)
            return


@transaction.atomic
def _chunk(act: UUID) -> bool:
    """The next step; whether there may be another. One that another worker takes is left to it."""
    row = Broadcast.objects.open().select_for_update(skip_locked=True, of=("self",)).select_related("event").filter(pk=act).first()
    if row is None:
        return False
    if row.finished_at is None:
        _write_chunk(row)
    else:
        _take_back(row)
    return True


def _write_chunk(row: Broadcast) -> None:
    event = row.event
    assert event is not None
    stop = stops([event]).get(event.pk, "")
    try:
        kind = registry.get(event.kind)
    except registry.Unregistered:  # nobody can be told; the log of the dispatcher says so
        row.told = len(event.told)
    if row.told < len(event.told):
        asks_each = kind.still_allowed is not registry.anybody and not stop
        count, last, written = (_write_asked if asks_each else _write_at_once)(event, kind, row, stop)
        row.written += written
        row.after = last
        if count < (CHUNK_ASKED if asks_each else CHUNK):
            row.told, row.after = row.told + 1, None
    values = {"told": row.told, "after": row.after, "written": row.written, "updated_at": Now()}
    if row.told >= len(event.told):
        values |= {"finished_at": Now(), "rung_at": None}
    Broadcast.objects.filter(pk=row.pk).update(**values)


def _write_at_once(event: Event, kind: Kind, row: Broadcast, stop: str) -> tuple[int, UUID | None, int]:
    entry = event.told[row.told]
    ways = people.channels(kind.audiences[entry["audience"]])
    sql, values = people.told(event, kind, entry, after=row.after)[:CHUNK].query.sql_with_params()
    state = DeliveryState.SUPPRESSED.value if stop else DeliveryState.PENDING.value
    more: list[Any] = [stop, kind.name, event.pk, kind.name, row.told, state, event.at + kind.time_to_live, stop, state, ways]
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(people=sql), [*values, *more])
        count, last, written, asked = cursor.fetchone()
    return count, last, written + _write_people(event, kind, row, [(UUID(user), UUID(one) if one else None) for user, one in asked], stop)


def _write_asked(event: Event, kind: Kind, row: Broadcast, stop: str) -> tuple[int, UUID | None, int]:
    found = list(people.told(event, kind, event.told[row.told], after=row.after)[:CHUNK_ASKED])
    return len(found), found[-1][0] if found else None, _write_people(event, kind, row, found, stop)


def _write_people(event: Event, kind: Kind, row: Broadcast, found: Sequence[people.Person], stop: str) -> int:
    """As a small audience is written. Gives how many rows were meant."""
    from incubator.notifications import fanout

    made = fanout.rows(event, kind, row.told, list(fanout.targets_of(found, kind.audiences[event.told[row.told]["audience"]])), stop=stop)
    fanout.write(made)
    return len(made)


def _take_back(row: Broadcast) -> None:
    """End what waits of a stopped act. What is being sent at this moment goes out; what comes back later is asked again."""
    values: dict[str, Any] = {"act": row.pk, "note": note(row)}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, values)
        done = cursor.rowcount < CHUNK
    if done:
        Broadcast.objects.filter(pk=row.pk).update(is_swept=True, rung_at=None, updated_at=Now())
