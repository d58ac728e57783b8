"""The cache of pages and of sign-in limits: Redis, and while that does not answer the memory of this process.

No page may fail or hang because Redis does. What is counted in a process's own memory holds the line meanwhile: each
process lets through what one limit allows.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)

REST = 5.0  # seconds to leave Redis alone after it failed, so that not every page waits for the time-out


class RedisOrOwnMemory(RedisCache):
    """`answers` says whether Redis is there: everything else answers either way."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # One quick second try mends a connection that Redis closed at a restart; more would only make the reader wait.
        options = {**params.get("OPTIONS", {}), "retry": Retry(NoBackoff(), 1)}
        super().__init__(server, {**params, "OPTIONS": options})
        self._own = LocMemCache("while-redis-is-away", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})

    def answers(self) -> bool:
        """Whether Redis answers now."""
        try:
            super().get("is-redis-there")
        except RedisError:
            return False
        return True

    def _first(self, method: str, *arguments: Any, **options: Any) -> Any:
        if monotonic() >= _rests_until[0]:
            try:
                act: Callable[..., Any] = getattr(super(), method)
                return act(*arguments, **options)
            except RedisError:
                _rests_until[0] = monotonic() + REST
                log.warning("cache_does_without_redis")
        return getattr(self._own, method)(*arguments, **options)

    def get(self, *arguments: Any, **options: Any) -> Any:
        return self._first("get", *arguments, **options)

    def add(self, *arguments: Any, **options: Any) -> Any:
        return self._first("add", *arguments, **options)

    def set(self, *arguments: Any, **options: Any) -> Any:
        return self._first("set", *arguments, **options)

    def touch(self, *arguments: Any, **options: Any) -> Any:
        return self._first("touch", *arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> Any:
        return self._first("delete", *arguments, **options)

    def incr(self, *arguments: Any, **options: Any) -> Any:
        return self._first("incr", *arguments, **options)

    def has_key(self, *arguments: Any, **options: Any) -> Any:
        return self._first("has_key", *arguments, **options)

    def get_many(self, *arguments: Any, **options: Any) -> Any:
        return self._first("get_many", *arguments, **options)

    def set_many(self, *arguments: Any, **options: Any) -> Any:
        return self._first("set_many", *arguments, **options)

    def delete_many(self, *arguments: Any, **options: Any) -> Any:
        return self._first("delete_many", *arguments, **options)


_rests_until = [0.0]  # one Redis for all threads of the process
