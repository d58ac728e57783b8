"""How long deliveries are kept, and the job that lets the old ones go. Events stay: they are the history and the audit.

A webhook's delivery outlives the 30 days of the API's feed, which says of each event whether it was received. A mail
or an inbox line is kept for a year, so that «I was never told» can be answered; the line of the inbox goes with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import connection, transaction

from incubator.notifications.states import DELIVERY, DeliveryState

WEBHOOKS_KEPT = timedelta(days=90)
OTHERS_KEPT = timedelta(days=365)
BATCH = 1_000
WORKS_FOR = 15.0  # seconds in which batches begin; what is left waits for the next day's run
UNDER_WAY = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.HELD)
ENDED = sorted(set(DELIVERY.states.values) - set(UNDER_WAY))

# Ids grow with time, so that the old ones are found by indexes that are there already.
OF_ENDPOINTS = """
SELECT old.id FROM notifications_webhookendpoint endpoint CROSS JOIN LATERAL (
    SELECT id FROM notifications_delivery
    WHERE endpoint_id = endpoint.id AND id < %(before)s AND state = ANY(%(ended)s) AND finished_at < %(at)s
    ORDER BY id LIMIT %(batch)s
) old LIMIT %(batch)s
"""
OF_PEOPLE = """
SELECT id FROM notifications_delivery
WHERE endpoint_id IS NULL AND id < %(before)s AND state = ANY(%(ended)s) AND finished_at < %(at)s
ORDER BY id LIMIT %(batch)s
"""
# Looked at again under the lock: one that was sent again meanwhile stays, one that somebody holds waits.
LOCK = "SELECT id FROM notifications_delivery WHERE id = ANY(%(ids)s) AND state = ANY(%(ended)s) FOR UPDATE SKIP LOCKED"
FORGET = (
    "DELETE FROM notifications_attempt WHERE delivery_id = ANY(%(ids)s)",
    "DELETE FROM notifications_notification WHERE delivery_id = ANY(%(ids)s)",
    "DELETE FROM notifications_delivery WHERE id = ANY(%(ids)s)",
)


def forget(*, at: datetime) -> int:
    """Delete what ended so long ago, with its attempts, a batch per transaction. Gives the number. Safe to run twice at once."""
    began, gone = monotonic(), 0
    for query, kept in ((OF_ENDPOINTS, WEBHOOKS_KEPT), (OF_PEOPLE, OTHERS_KEPT)):
        while monotonic() - began < WORKS_FOR and (number := _forget_some(query, at - kept)):
            gone += number
    return gone


@transaction.atomic
def _forget_some(query: str, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, {"before": _first_id_of(before), "ended": ENDED, "at": before, "batch": BATCH})
        cursor.execute(LOCK, {"ids": [pk for (pk,) in cursor.fetchall()], "ended": ENDED})
        ids = [pk for (pk,) in cursor.fetchall()]
        for statement in FORGET if ids else ():
            cursor.execute(statement, {"ids": ids})
    return len(ids)


def _first_id_of(at: datetime) -> UUID:
    """Below every identifier of version 7 that is made at this instant or later."""
    return UUID(int=int(at.timestamp() * 1_000) << 80)
