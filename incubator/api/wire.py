"""A thread's own connection to Redis, for what every request of the API asks: no pool, and no waiting for what is only told."""

from __future__ import annotations

import os
from threading import local
from typing import Any

import redis
from redis.connection import Connection


def packed(*parts: object) -> bytes:
    """A command as Redis reads it, to be sent as often as needed."""
    return b"*%d\r\n%b" % (len(parts), b"".join([packed_part(str(part).encode()) for part in parts]))


def packed_part(part: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(part), part)


class Wire:
    """Asks and tells. The reply to what was only told is read with the next one that is asked for."""

    def __init__(self, client: redis.Redis) -> None:
        pool = client.connection_pool
        self.connection: Connection = pool.connection_class(**pool.connection_kwargs)
        self.owed = 0

    def ask(self, command: bytes) -> Any:
        """The reply. Tried once more if the server has closed the connection meanwhile. Raises RedisError."""
        try:
            return self._ask(command)
        except redis.ConnectionError:
            return self._ask(command)

    def tell(self, command: bytes) -> None:
        """Send it. Raises RedisError if that is not possible."""
        try:
            self.connection.send_packed_command([command], check_health=False)  # type: ignore[no-untyped-call]
            self.owed += 1
        except BaseException:
            self._hang_up()
            raise

    def _ask(self, command: bytes) -> Any:
        self.tell(command)
        try:
            for _ in range(self.owed - 1):
                self.connection.read_response()
            reply = self.connection.read_response()
        except BaseException:
            self._hang_up()
            raise
        self.owed = 0
        return reply

    def _hang_up(self) -> None:
        """Replies that were not read must never be taken for those of the next command."""
        self.owed = 0
        self.connection.disconnect()  # type: ignore[no-untyped-call]


_wires = local()


def wire(client: redis.Redis) -> Wire:
    """This thread's wire to where the client leads; a forked process has one of its own."""
    key, found = getattr(_wires, "found", (None, None))
    if found is None or key != (client, os.getpid()):
        found = Wire(client)
        _wires.found = (client, os.getpid()), found
    return found
