"""Claim, finish, give back: the statements that decide who sends a delivery, and that nothing is lost or done twice.

A claim is a lease with a token. Every later write names the token, so that a worker whose lease ran out changes
nothing. No transaction is open while a message is being sent. The only clock is Postgres'.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from incubator.lib.prepared import Prepared
from incubator.notifications.models import Channel, Delivery, WebhookEndpoint
from incubator.notifications.states import DeliveryState

BATCH = 100
CLAIMS_ALONE = 2  # a row that was claimed this often without a finish may be what kills the worker: it goes alone
CLAIMS_AT_MOST = 5
IN_FLIGHT_PER_ENDPOINT = 2

IS_PAUSED = "EXISTS (SELECT FROM sending_channelswitch WHERE channel = %s AND status = 'paused')"
IS_DUE = "((state = 'pending' AND due_at <= statement_timestamp()) OR (state = 'sending' AND lease_until < statement_timestamp()))"

BURY = f"""
UPDATE notifications_delivery SET state = 'dead', token = NULL, lease_until = NULL, finished_at = statement_timestamp(), note = %s
WHERE id = ANY(%s::uuid[]) AND claims >= {CLAIMS_AT_MOST} AND {IS_DUE}
"""  # noqa: S608 - constants of this module

CLAIM = f"""
UPDATE notifications_delivery SET state = 'sending', token = %s, lease_until = statement_timestamp() + %s, claims = claims + 1
WHERE id IN (
    SELECT id FROM notifications_delivery
    WHERE id = ANY(%s::uuid[]) AND channel = %s AND claims < %s AND {IS_DUE} AND NOT {IS_PAUSED}
    ORDER BY due_at, id LIMIT {BATCH} FOR UPDATE SKIP LOCKED
)
RETURNING id
"""  # noqa: S608 - constants of this module

FINISH = Prepared(
    """
WITH done AS (
    UPDATE notifications_delivery SET
        state = %(state)s, token = NULL, lease_until = NULL, rung_at = NULL, claims = 0, note = %(note)s,
        attempts = attempts + 1, tries = tries + 1,
        due_at = CASE WHEN %(state)s = 'pending' THEN statement_timestamp() + %(wait)s ELSE due_at END,
        finished_at = CASE WHEN %(state)s = 'pending' THEN NULL ELSE statement_timestamp() END
    WHERE id = ANY(%(ids)s::uuid[]) AND token = %(token)s AND state = 'sending'
    RETURNING id, attempts
)
INSERT INTO notifications_attempt (delivery_id, number, started_at, milliseconds, outcome, response_code, detail,
    request_id, request_headers, request_body, response_headers, response_excerpt)
SELECT id, attempts, statement_timestamp() - make_interval(secs => %(milliseconds)s / 1000.0), %(milliseconds)s, %(state)s, %(code)s, %(note)s,
    %(request_id)s, %(request_headers)s::jsonb, %(request_body)s, %(response_headers)s::jsonb, %(response_excerpt)s
FROM done
RETURNING delivery_id
""",
    {
        **dict.fromkeys(("state", "note", "request_id", "request_body", "request_headers", "response_headers", "response_excerpt"), "text"),
        "wait": "interval",
        "ids": "text[]",
        "token": "uuid",
        "milliseconds": "integer",
        "code": "integer",
    },
)

END_UNSENT = """
UPDATE notifications_delivery SET state = %s, token = NULL, lease_until = NULL, claims = 0, note = %s, finished_at = statement_timestamp()
WHERE id = %s AND token = %s AND state = 'sending'
"""

POSTPONE = """
UPDATE notifications_delivery SET state = 'pending', token = NULL, lease_until = NULL, rung_at = NULL, claims = 0, due_at = %s
WHERE id = %s AND token = %s AND state = 'sending'
"""

HOLD = """
UPDATE notifications_delivery SET state = 'held', token = NULL, lease_until = NULL, rung_at = NULL, claims = 0, held_for = %s
WHERE id = %s AND token = %s AND state = 'sending'
"""

GIVE_BACK = """
UPDATE notifications_delivery SET state = 'pending', token = NULL, lease_until = NULL, rung_at = NULL, claims = claims - 1
WHERE id = ANY(%s::uuid[]) AND token = %s AND state = 'sending'
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went over the wire in one try of a webhook, as it may be shown to the receiver's developers."""

    request_id: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended. `pending` means: again after `wait`."""

    state: DeliveryState
    note: str = ""
    code: int | None = None
    milliseconds: int = 0
    wait: timedelta = timedelta(0)
    exchange: Exchange = Exchange()


@dataclass(slots=True)
class Batch:
    """What one claim got. `rows` come with event, person, organisation and endpoint."""

    token: UUID
    rows: Sequence[Delivery]
    claimed_at: float = field(default_factory=time.monotonic)

    def is_late(self) -> bool:
        """Whether another sending may no longer begin: it could outlive the lease."""
        return time.monotonic() - self.claimed_at > settings.DELIVERY_START_WITHIN


def claim(channel: str, ids: Sequence[UUID]) -> Batch:
    """Take those of the deliveries that are due and that nobody else has. Two to five short statements.

    Nothing of a paused channel. Rows that killed their worker before are taken only when they are alone in `ids`; after five claims they are dead.
    Of one endpoint's rows at most two batches are out at a time.
    """
    wanted = [str(one) for one in ids][:BATCH]
    token = uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BURY, ["The worker ended during each of five tries.", wanted])
        if channel == Channel.WEBHOOK and not _endpoint_has_room(wanted):
            return Batch(token, [])
        most = CLAIMS_AT_MOST if len(wanted) == 1 else CLAIMS_ALONE
        lease = timedelta(seconds=settings.DELIVERY_LEASE)
        values: list[Any] = [token, lease, wanted, channel, most, channel]
        cursor.execute(CLAIM, values)
        got = [row[0] for row in cursor.fetchall()]
    if not got:
        return Batch(token, [])
    rows = Delivery.objects.filter(pk__in=got, token=token).select_related("event", "user", "organisation", "endpoint").order_by("due_at", "id")
    return Batch(token, list(rows))


def _endpoint_has_room(ids: Sequence[str]) -> bool:
    """Lock the endpoint of the deliveries; whether it is ready and fewer than two batches to it are under way."""
    owner = Delivery.objects.filter(pk__in=ids[:1]).values("endpoint")
    endpoint = WebhookEndpoint.objects.ready().select_for_update().filter(pk__in=owner).first()
    if endpoint is None:
        return False
    under_way = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.SENDING, lease_until__gt=Now())
    return under_way.values("token").distinct().count() < IN_FLIGHT_PER_ENDPOINT


def finish(rows: Sequence[Delivery], token: UUID, outcome: Outcome) -> set[UUID]:
    """Write how a try ended, with its Attempt, in one statement. Returns the deliveries that were still ours."""
    values: dict[str, Any] = {
        "ids": [str(row.pk) for row in rows],
        "token": token,
        "state": outcome.state.value,
        "note": outcome.note[:200],
        "code": outcome.code,
        "milliseconds": outcome.milliseconds,
        "wait": outcome.wait,
        "request_id": outcome.exchange.request_id,
        "request_headers": json.dumps(dict(outcome.exchange.request_headers)),
        "request_body": outcome.exchange.request_body,
        "response_headers": json.dumps(dict(outcome.exchange.response_headers)),
        "response_excerpt": outcome.exchange.response_excerpt,
    }
    return {row[0] for row in FINISH.run(values)}


def end_unsent(row: Delivery, token: UUID, state: DeliveryState, note: str) -> bool:
    """End a delivery without a try: it may no longer be told, or it is too late. Whether it was still ours."""
    with connection.cursor() as cursor:
        cursor.execute(END_UNSENT, [state.value, note[:200], row.pk, token])
        return bool(cursor.rowcount == 1)


def postpone(row: Delivery, token: UUID, until: datetime) -> None:
    """Let a delivery wait, as if it had never been due; no try is counted."""
    with connection.cursor() as cursor:
        cursor.execute(POSTPONE, [until, row.pk, token])


def hold(row: Delivery, token: UUID, rhythm: str) -> None:
    """Let a delivery wait for its person's digest."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [rhythm, row.pk, token])


def give_back(rows: Sequence[Delivery], token: UUID) -> None:
    """Rows that were claimed and not begun become due again, as if they had not been claimed."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [[str(row.pk) for row in rows], token])
