"""The partners' request log: from an answered request through this process and a list in Redis into the table.

A request pays for one append to a list in memory. A thread carries what has gathered to Redis, twice a second at
most; a job by the clock writes it into the table in batches. What is under way when a process or Redis ends is lost:
this is a log for the partner's developers. What was read and done is recorded elsewhere, in the transaction itself.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter, deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any, cast
from uuid import UUID

import orjson
import redis
from django.conf import settings
from django.db import connection, transaction

from incubator.api import throttling
from incubator.api.authentication import Credential
from incubator.api.models import RequestHour, RequestRecord
from incubator.lib.ids import uuid7

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
IN_MEMORY, IN_REDIS = 10_000, 100_000  # the oldest go first
PAUSE = 0.5  # seconds in which records gather before they are carried away
BATCH, BATCHES = 1_000, 50

_gathered: deque[tuple[Any, ...]] = deque(maxlen=IN_MEMORY)
_something = Event()
_starting = Lock()
_carrier: tuple[int, Thread] | None = None


def note(credential: Credential, method: str, path: str, status: int, milliseconds: int, request_id: str) -> None:
    """Remember an answered request. Touches neither Redis nor the database."""
    _gathered.append((time.time(), str(credential.organisation_id), credential.key_id, method[:7], path[:200], status, milliseconds, request_id))
    if not _something.is_set():
        _ensure_carrier()
        _something.set()


def _ensure_carrier() -> None:
    """One thread in each process; a fork has none of its parent's."""
    global _carrier
    with _starting:
        if _carrier is None or _carrier[0] != os.getpid() or not _carrier[1].is_alive():
            _carrier = os.getpid(), Thread(target=_carry, name="request-log", daemon=True)
            _carrier[1].start()


def _carry() -> None:
    while True:
        _something.wait()
        time.sleep(PAUSE)
        _something.clear()
        carry_now()


def carry_now() -> None:
    """Move what has gathered in this process to Redis. Without Redis it is dropped."""
    records = []
    while _gathered:
        records.append(orjson.dumps(_gathered.popleft()))
    if records:
        try:
            pipe = _redis().pipeline(transaction=False)
            pipe.rpush(_list(), *records)
            pipe.ltrim(_list(), -IN_REDIS, -1)
            pipe.execute()
        except redis.RedisError as failure:
            logger.warning("request_log_without_redis: %s", failure)


def write_down() -> int:
    """Move the list into the table, a batch at a time. Gives the number. Two at once take different batches."""
    written = 0
    for _ in range(BATCHES):
        found = cast(list[bytes] | None, _redis().lpop(_list(), BATCH))
        if not found:
            break
        _store([orjson.loads(one) for one in found])
        written += len(found)
    return written


@transaction.atomic
def _store(lines: Sequence[Sequence[Any]]) -> None:
    rows = [
        RequestRecord(
            at=datetime.fromtimestamp(at, UTC),
            organisation_id=UUID(organisation),
            key_id=key_id,
            method=method,
            path=path,
            status=status,
            milliseconds=milliseconds,
            request_id=request_id,
        )
        for at, organisation, key_id, method, path, status, milliseconds, request_id in lines
    ]
    RequestRecord.objects.bulk_create(rows)
    _add_up(rows)


ADD = """
INSERT INTO api_requesthour (id, organisation_id, key_id, hour, requests, errors, refused, milliseconds) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, hour, key_id) DO UPDATE SET
requests = api_requesthour.requests + excluded.requests, errors = api_requesthour.errors + excluded.errors,
refused = api_requesthour.refused + excluded.refused, milliseconds = api_requesthour.milliseconds + excluded.milliseconds
"""


def _add_up(rows: Sequence[RequestRecord]) -> None:
    sums: dict[tuple[UUID, str, datetime], Counter[str]] = {}
    for row in rows:
        hour = row.at.replace(minute=0, second=0, microsecond=0)
        refused = row.status == 429
        found = sums.setdefault((row.organisation_id, row.key_id, hour), Counter())
        found.update(requests=1, errors=int(row.status >= 400 and not refused), refused=int(refused), milliseconds=row.milliseconds)
    with connection.cursor() as cursor:
        for (organisation, key_id, hour), found in sorted(sums.items()):
            values = [found[name] for name in ("requests", "errors", "refused", "milliseconds")]
            cursor.execute(ADD, [uuid7(), organisation, key_id, hour, *values])


def forget(*, at: datetime) -> int:
    """Delete what is older than seven days."""
    RequestHour.objects.filter(hour__lt=at - KEPT).delete()
    old = RequestRecord.objects.filter(at__lt=at - KEPT)
    return old._raw_delete(old.db)


def _redis() -> redis.Redis:
    return throttling.client(settings.REDIS_URL)


def _list() -> str:
    return f"{settings.REDIS_PREFIX}:api:requests"
