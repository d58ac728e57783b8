"""Rate limits: a token bucket per credential in Redis. Without Redis a small one in this process holds the line."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any, cast
from uuid import UUID

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from incubator.api.problems import Problem

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds that a full bucket takes to refill
SAFE_METHODS = frozenset({"GET", "HEAD"})
# Without Redis each process lets through this share of the limit: several processes together stay near the promise.
SHARE_ALONE = 0.1
RETRY_REDIS = 5.0  # seconds to leave Redis alone after it failed, so that not every request waits for the time-out
USED_KEPT = 200 * 24 * 3600  # longer than any key lives
BUCKETS_ALONE = 10_000

# KEYS: bucket, last use. ARGV: capacity, tokens a second, seconds to keep last use. Time is Redis's own.
# Gives: allowed (0 or 1), whole tokens left, milliseconds until the next token.
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
  tokens = tokens - 1
  allowed = 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000) + 1000)
redis.call('SET', KEYS[2], math.floor(now / 1000), 'EX', ARGV[3])
return {allowed, math.floor(tokens), math.ceil(math.max(0, 1 - tokens) / rate * 1000)}
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a minute."""

    name: str
    quota: int


@dataclass(frozen=True, slots=True)
class State:
    """What is left of a limit after this request."""

    limit: Limit
    allowed: bool
    left: int
    wait: float

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit` as structured fields."""
        return {
            "RateLimit-Policy": f'"{self.limit.name}";q={self.limit.quota};w={WINDOW}',
            "RateLimit": f'"{self.limit.name}";r={self.left};t={max(1, round(self.wait)) if self.left == 0 else 0}',
        }


def limits() -> dict[str, Limit]:
    """The limits of one credential, from the settings («600/m»)."""
    rates = {"read": settings.API_RATE_READ, "write": settings.API_RATE_WRITE, "file": settings.API_RATE_FILE}
    return {name: Limit(name, int(setting.partition("/")[0])) for name, setting in rates.items()}


@cache
def _client(url: str) -> redis.Redis:
    # One quick second try mends a connection that Redis closed at a restart; more would only make the caller wait.
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1))


@cache
def _script(url: str) -> Any:
    return _client(url).register_script(BUCKET)


_redis_rests_until = 0.0


def spend(credential_id: UUID, bucket: str) -> State:
    """Take one token of this bucket of the credential and note its use. Never raises; one Redis call."""
    global _redis_rests_until
    limit = limits()[bucket]
    if time.monotonic() >= _redis_rests_until:
        try:
            keys = [f"{settings.REDIS_PREFIX}:api:bucket:{limit.name}:{credential_id}", _used_key(credential_id)]
            allowed, left, wait = _script(settings.REDIS_URL)(keys=keys, args=[limit.quota, limit.quota / WINDOW, USED_KEPT])
            return State(limit, bool(allowed), int(left), wait / 1000)
        except redis.RedisError as failure:
            _redis_rests_until = time.monotonic() + RETRY_REDIS
            logger.warning("api_limits_without_redis: %s", failure)
    return _alone(credential_id, limit)


def refuse(state: State) -> Problem:
    """The 429 for an empty bucket."""
    return Problem("rate_limited", headers={"Retry-After": str(max(1, round(state.wait + 0.5)))})


def _used_key(credential_id: UUID) -> str:
    return f"{settings.REDIS_PREFIX}:api:used:{credential_id}"


def last_used(credential_ids: list[UUID]) -> dict[UUID, datetime]:
    """When each credential was last used; nothing for one never used, and nothing at all without Redis."""
    if not credential_ids:
        return {}
    try:
        stamps = cast(list[bytes | None], _client(settings.REDIS_URL).mget([_used_key(one) for one in credential_ids]))
    except redis.RedisError:
        return {}
    return {one: datetime.fromtimestamp(int(stamp), UTC) for one, stamp in zip(credential_ids, stamps, strict=True) if stamp is not None}


_buckets: OrderedDict[tuple[UUID, str], tuple[float, float]] = OrderedDict()
_lock = Lock()


def _alone(credential_id: UUID, limit: Limit) -> State:
    """The same bucket, smaller, in this process."""
    capacity = max(1.0, limit.quota * SHARE_ALONE)
    rate = capacity / WINDOW
    at = time.monotonic()
    key = (credential_id, limit.name)
    with _lock:
        tokens, before = _buckets.get(key, (capacity, at))
        tokens = min(capacity, tokens + (at - before) * rate)
        allowed = tokens >= 1
        tokens -= 1 if allowed else 0
        _buckets[key] = (tokens, at)
        _buckets.move_to_end(key)
        while len(_buckets) > BUCKETS_ALONE:
            _buckets.popitem(last=False)
    return State(limit, allowed, int(tokens), max(0.0, 1 - tokens) / rate)
