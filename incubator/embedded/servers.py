"""Postgres and Valkey together, for `make run`, for the tests and for single commands."""

import os
from pathlib import Path

from incubator.embedded.places import Lock, Sockets
from incubator.embedded.postgres import OWNER, WEB, WORKER, Postgres
from incubator.embedded.processes import Reaper
from incubator.embedded.valkey import Valkey


def outside_servers() -> bool:
    """Whether the caller has named real servers; then nothing embedded is started."""
    return "DATABASE_URL" in os.environ or "REDIS_URL" in os.environ


class Servers:
    """Both servers over one data folder. The caller holds the folder's lock."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.sockets = Sockets(data)
        self.postgres = Postgres(data, self.sockets, durable=durable)
        self.valkey = Valkey(data, self.sockets, durable=durable)

    def start(self) -> None:
        try:
            self.postgres.start()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise

    def pids(self) -> list[int]:
        return [server.process.pid for server in (self.valkey, self.postgres) if server.process is not None]

    def environment(self) -> dict[str, str]:
        """What tells the platform where they are."""
        return {
            "DATABASE_URL": self.postgres.url(WEB),
            "DATABASE_WORKER_URL": self.postgres.url(WORKER),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER),
            "REDIS_URL": self.valkey.url,
            "CELERY_BROKER_URL": self.valkey.url.replace("unix://", "redis+socket://", 1),
        }

    def stop(self) -> None:
        """Redis first: whoever still works is then not woken again."""
        self.valkey.stop()
        self.postgres.stop()
        self.sockets.remove()


class TestServers:
    """Servers for one test run or one command, in the first folder under `base` that no other run is using."""

    __test__ = False

    def __init__(self, base: Path) -> None:
        number = 1
        while not (lock := Lock(folder := base if number == 1 else base.with_name(f"{base.name}-{number}"))).take():
            number += 1
        self._lock, self.folder = lock, folder
        self.servers = Servers(folder, durable=False)
        self.servers.start()
        self._reaper = Reaper(self.servers.pids())

    def environment(self) -> dict[str, str]:
        return self.servers.environment()

    def stop(self) -> None:
        self._reaper.dismiss()
        self.servers.stop()
        self._lock.release()
