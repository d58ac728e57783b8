"""Telling Celery that there is something to do. The bell may be lost or ring twice: the rows stay due until done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError

from incubator.notifications.claims import BATCH, CLAIMS_ALONE, IN_FLIGHT_PER_ENDPOINT
from incubator.notifications.models import Channel

log = structlog.get_logger(__name__)

FRONT = 40 * BATCH
QUEUES = {Channel.IN_APP: "fanout", Channel.EMAIL: "mail", Channel.WEBHOOK: "hook"}

UNRUNG = "(rung_at IS NULL OR rung_at < statement_timestamp() - %(again)s)"
RETURNING = "RETURNING delivery.id, delivery.channel, delivery.endpoint_id, delivery.claims"

IS_PAUSED = "EXISTS (SELECT FROM sending_channelswitch switch WHERE switch.channel = {channel} AND switch.status = 'paused')"

# The front of the queue of one channel. What stands behind it is rung for when the front is claimed: so the broker
# holds some dozens of messages however much is due, and a channel that is stuck holds no other up.
PEOPLE = f"""
UPDATE notifications_delivery delivery SET rung_at = statement_timestamp() FROM (
    SELECT id FROM notifications_delivery WHERE state = 'pending' AND {UNRUNG} AND id IN (
        SELECT id FROM notifications_delivery
        WHERE channel = %(channel)s AND state = 'pending' AND due_at <= statement_timestamp() AND NOT {IS_PAUSED.format(channel="%(channel)s")}
        ORDER BY due_at, id LIMIT {FRONT}
    ) FOR UPDATE SKIP LOCKED
) due WHERE delivery.id = due.id {RETURNING}
"""  # noqa: S608 - constants of this module

LEFT_BEHIND = f"""
UPDATE notifications_delivery delivery SET rung_at = statement_timestamp() FROM (
    SELECT id FROM notifications_delivery left_behind
    WHERE state = 'sending' AND lease_until < statement_timestamp() AND {UNRUNG} AND NOT {IS_PAUSED.format(channel="left_behind.channel")}
    ORDER BY lease_until, id LIMIT {FRONT} FOR UPDATE SKIP LOCKED
) due WHERE delivery.id = due.id {RETURNING}
"""  # noqa: S608 - constants of this module

# For each endpoint that is on, as many as two batches hold, less what is out already.
ENDPOINTS = f"""
UPDATE notifications_delivery delivery SET rung_at = statement_timestamp() FROM (
    SELECT picked.id FROM notifications_webhookendpoint endpoint
    CROSS JOIN LATERAL (
        SELECT count(*) AS rows FROM notifications_delivery
        WHERE endpoint_id = endpoint.id AND (
            (state = 'pending' AND rung_at >= statement_timestamp() - %(again)s) OR (state = 'sending' AND lease_until >= statement_timestamp())
        )
    ) out
    CROSS JOIN LATERAL (
        SELECT id FROM notifications_delivery
        WHERE endpoint_id = endpoint.id AND state = 'pending' AND due_at <= statement_timestamp() AND {UNRUNG}
        ORDER BY due_at, id LIMIT greatest(0, {IN_FLIGHT_PER_ENDPOINT * BATCH} - out.rows) FOR UPDATE SKIP LOCKED
    ) picked
    WHERE endpoint.status = 'active' AND (endpoint.broken_until IS NULL OR endpoint.broken_until <= statement_timestamp())
        AND NOT {IS_PAUSED.format(channel="'webhook'")}
) due WHERE delivery.id = due.id {RETURNING}
"""  # noqa: S608 - constants of this module

Bell = tuple[str, list[UUID]]


def ring() -> int:
    """Ring for all that is due and was not rung for lately. Returns how many messages were sent.

    A broker that does not answer is no error: what could not be rung for is marked as not rung, for the next time.
    Raises OperationalError then, so that the caller can slow down.
    """
    from incubator.notifications.tasks import deliver

    bells = list(_bells(_due()))
    for number, (channel, ids) in enumerate(bells):
        try:
            deliver.apply_async(args=(channel, [str(one) for one in ids]), queue=QUEUES[Channel(channel)], retry=False)
        except OperationalError:
            _unring([one for _, unrung in bells[number:] for one in unrung])
            log.warning("broker_does_not_answer", unrung=len(bells) - number)
            raise
    return len(bells)


def _due() -> list[tuple[UUID, str, UUID | None, int]]:
    values: dict[str, Any] = {"again": timedelta(seconds=settings.DELIVERY_RING_AGAIN)}
    found: list[tuple[UUID, str, UUID | None, int]] = []
    with connection.cursor() as cursor:
        for statement, channel in ((PEOPLE, Channel.EMAIL), (PEOPLE, Channel.IN_APP), (ENDPOINTS, Channel.WEBHOOK), (LEFT_BEHIND, "")):
            cursor.execute(statement, {**values, "channel": str(channel)})
            found.extend(cursor.fetchall())
    return found


def _bells(rows: Sequence[tuple[UUID, str, UUID | None, int]]) -> Iterator[Bell]:
    """Up to a hundred deliveries of one channel and endpoint each; suspicious rows alone."""
    groups: dict[tuple[str, UUID | None], list[UUID]] = defaultdict(list)
    for pk, channel, endpoint, claims in rows:
        if claims >= CLAIMS_ALONE:
            yield channel, [pk]
        else:
            groups[channel, endpoint].append(pk)
    for (channel, _), ids in groups.items():
        for start in range(0, len(ids), BATCH):
            yield channel, ids[start : start + BATCH]


def _unring(ids: Sequence[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_delivery SET rung_at = NULL WHERE id = ANY(%s::uuid[])", [[str(one) for one in ids]])
