"""Limits of one credential, in Redis: requests a minute, requests at once, files a minute.

Without Redis small ones in this process hold the line.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from threading import Lock
from typing import Any, cast
from uuid import UUID

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from incubator.api.problems import Problem
from incubator.api.wire import Wire, packed, packed_part, wire

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds that a full bucket takes to refill
SAFE_METHODS = frozenset({"GET", "HEAD"})
# Without Redis each process lets through this share of the limit: several processes together stay near the promise.
SHARE_ALONE = 0.1
RETRY_REDIS = 5.0  # seconds to leave Redis alone after it failed, so that not every request waits for the time-out
USED_KEPT = 200 * 24 * 3600  # longer than any key lives
BUCKETS_ALONE = 10_000

SLOT_KEPT = 30_000  # milliseconds after which a request that never ended counts no more: its process was killed
AT_ONCE_ALONE = 2

# KEYS: bucket, last use, requests under way. ARGV: capacity, tokens a second, seconds to keep last use, how many may be
# under way, milliseconds after which one is forgotten, the name of this request (empty: it is under way already).
# Time is Redis's own. Gives: 1 allowed, 0 bucket empty, -1 too many at once; whole tokens left; milliseconds until
# the next token. Who is refused takes no token and no place.
BUCKET = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local capacity, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local stored = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(stored[1]) or capacity
local at = tonumber(stored[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - at) * rate / 1000)
local allowed = 0
if tokens >= 1 then
  allowed = 1
  if ARGV[6] ~= '' then
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ARGV[5])
    if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[4]) then
      allowed = -1
    else
      redis.call('ZADD', KEYS[3], now, ARGV[6])
      redis.call('PEXPIRE', KEYS[3], ARGV[5])
    end
  end
end
if allowed == 1 then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000) + 1000)
redis.call('SET', KEYS[2], math.floor(now / 1000), 'EX', ARGV[3])
return {allowed, math.floor(tokens), math.ceil(math.max(0, 1 - tokens) / rate * 1000)}
"""
DIGEST = hashlib.sha1(BUCKET.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a minute."""

    name: str
    quota: int


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one request among those under way. `member` is its name in Redis; empty: in this process."""

    credential_id: UUID
    member: str


@dataclass(frozen=True, slots=True)
class State:
    """What is left of a limit after this request. `crowded`: refused because too many are under way."""

    limit: Limit
    allowed: bool
    left: int
    wait: float
    crowded: bool = False
    slot: Slot | None = None

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit` as structured fields."""
        return {
            "RateLimit-Policy": f'"{self.limit.name}";q={self.limit.quota};w={WINDOW}',
            "RateLimit": f'"{self.limit.name}";r={self.left};t={max(1, round(self.wait)) if self.left == 0 else 0}',
        }


def limits() -> dict[str, Limit]:
    """The limits of one credential, from the settings («600/m»)."""
    return _limits(settings.API_RATE_READ, settings.API_RATE_WRITE, settings.API_RATE_FILE)


@cache
def _limits(*rates: str) -> dict[str, Limit]:
    return {name: Limit(name, int(rate.partition("/")[0])) for name, rate in zip(("read", "write", "file"), rates, strict=True)}


@cache
def client(url: str) -> redis.Redis:
    """The API's way to Redis: it would rather do without than wait."""
    # One quick second try mends a connection that Redis closed at a restart; more would only make the caller wait.
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1))


@lru_cache(maxsize=4096)
def _command(name: str, script: str, credential_id: UUID, limit: Limit, prefix: str, at_once: int) -> bytes:
    """The call of the script for this credential, packed but for its last argument, which names the request."""
    keys = [f"{prefix}:api:bucket:{limit.name}:{credential_id}", _used_key(credential_id), _slots_key(credential_id)]
    return packed(name, script, len(keys), *keys, limit.quota, limit.quota / WINDOW, USED_KEPT, at_once, SLOT_KEPT, "").removesuffix(packed_part(b""))


def _run(credential_id: UUID, limit: Limit, member: str) -> Any:
    """What the script gives. Redis knows it by its digest; after a restart it has to be told again."""
    whose, last, to_redis = (credential_id, limit, settings.REDIS_PREFIX, settings.API_AT_ONCE), packed_part(member.encode()), _redis()
    try:
        return to_redis.ask(_command("EVALSHA", DIGEST, *whose) + last)
    except redis.exceptions.NoScriptError:
        return to_redis.ask(_command("EVAL", BUCKET, *whose) + last)


def _redis() -> Wire:
    return wire(client(settings.REDIS_URL))


_redis_rests_until = 0.0


def enter(credential_id: UUID, bucket: str) -> State:
    """Take one token for a request and a place among those under way; `leave` gives the place back. One Redis call.

    Redis takes what one connection sends, and what several send, in the order of arrival: `leave` need not wait to have
    happened before the caller's next request.
    """
    return _take(credential_id, bucket, secrets.token_hex(8))


def spend(credential_id: UUID, bucket: str) -> State:
    """Take one token of a limit beside the request's own: «file» for each file, «write» for each access token."""
    return _take(credential_id, bucket, "")


def _take(credential_id: UUID, bucket: str, member: str) -> State:
    """Never raises; one Redis call."""
    global _redis_rests_until
    limit = limits()[bucket]
    if time.monotonic() >= _redis_rests_until:
        try:
            allowed, left, wait = _run(credential_id, limit, member)
            slot = Slot(credential_id, member) if allowed == 1 and member else None
            return State(limit, allowed == 1, int(left), wait / 1000, allowed == -1, slot)
        except redis.RedisError as failure:
            _redis_rests_until = time.monotonic() + RETRY_REDIS
            logger.warning("api_limits_without_redis: %s", failure)
    return _alone(credential_id, limit, at_once=bool(member))


def leave(slot: Slot) -> None:
    """The request is over. Never raises; a place that cannot be given back is free again after 30 seconds."""
    if not slot.member:
        with _lock:
            left = _under_way.pop(slot.credential_id, 1) - 1
            if left > 0:
                _under_way[slot.credential_id] = left
    elif time.monotonic() >= _redis_rests_until:
        try:
            _redis().tell(packed("ZREM", _slots_key(slot.credential_id), slot.member))
        except redis.RedisError as failure:
            logger.warning("api_limits_without_redis: %s", failure)


def refuse(state: State) -> Problem:
    """The 429 for an empty bucket, or for too many at once."""
    if state.crowded:
        return Problem("too_many_at_once", headers={"Retry-After": "1"})
    return Problem("rate_limited", headers={"Retry-After": str(max(1, round(state.wait + 0.5)))})


def _slots_key(credential_id: UUID) -> str:
    return f"{settings.REDIS_PREFIX}:api:under-way:{credential_id}"


def _used_key(credential_id: UUID) -> str:
    return f"{settings.REDIS_PREFIX}:api:used:{credential_id}"


def last_used(credential_ids: list[UUID]) -> dict[UUID, datetime]:
    """When each credential was last used; nothing for one never used, and nothing at all without Redis."""
    if not credential_ids:
        return {}
    try:
        stamps = cast(list[bytes | None], client(settings.REDIS_URL).mget([_used_key(one) for one in credential_ids]))
    except redis.RedisError:
        return {}
    return {one: datetime.fromtimestamp(int(stamp), UTC) for one, stamp in zip(credential_ids, stamps, strict=True) if stamp is not None}


_buckets: OrderedDict[tuple[UUID, str], tuple[float, float]] = OrderedDict()
_under_way: dict[UUID, int] = {}
_lock = Lock()


def _alone(credential_id: UUID, limit: Limit, *, at_once: bool) -> State:
    """The same limits, smaller, in this process."""
    capacity = max(1.0, limit.quota * SHARE_ALONE)
    rate = capacity / WINDOW
    at = time.monotonic()
    key = (credential_id, limit.name)
    with _lock:
        tokens, before = _buckets.get(key, (capacity, at))
        tokens = min(capacity, tokens + (at - before) * rate)
        crowded = tokens >= 1 and at_once and _under_way.get(credential_id, 0) >= AT_ONCE_ALONE
        allowed = tokens >= 1 and not crowded
        if allowed:
            tokens -= 1
            if at_once:
                _under_way[credential_id] = _under_way.get(credential_id, 0) + 1
        _buckets[key] = (tokens, at)
        _buckets.move_to_end(key)
        while len(_buckets) > BUCKETS_ALONE:
            _buckets.popitem(last=False)
    slot = Slot(credential_id, "") if allowed and at_once else None
    return State(limit, allowed, int(tokens), max(0.0, 1 - tokens) / rate, crowded, slot)
