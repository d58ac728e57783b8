"""Postgres and Valkey together, for `make run`, for the tests and for single commands."""

import os
from pathlib import Path

from incubator.embedded.places import Lock, Sockets
from incubator.embedded.postgres import OWNER, WEB, WORKER, Postgres
from incubator.embedded.processes import Reaper
from incubator.embedded.valkey import Valkey


class Servers:
    """Both servers over one data folder, less those for which the caller has named a real one. The caller holds the folder's lock."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.sockets = Sockets(data)
        self.postgres = None if os.environ.get("DATABASE_URL") else Postgres(data, self.sockets, durable=durable)
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey(data, self.sockets, durable=durable)

    def start(self) -> None:
        """Return when both answer. Raises CannotStart; nothing is left running then."""
        try:
            for server in (self.postgres, self.valkey):
                if server:
                    server.start()
        except BaseException:
            self.stop()
            raise

    def pids(self) -> list[int]:
        return [server.process.pid for server in (self.valkey, self.postgres) if server and server.process]

    def environment(self) -> dict[str, str]:
        """What tells the platform where they are, the named ones included."""
        variables: dict[str, str] = {}
        if self.postgres:
            urls = {"DATABASE_URL": WEB, "DATABASE_WORKER_URL": WORKER, "DATABASE_OWNER_URL": OWNER}
            variables |= {name: self.postgres.url(role) for name, role in urls.items()}
        else:
            url = os.environ["DATABASE_URL"]
            variables |= {"DATABASE_URL": url}
            variables |= {name: os.environ.get(name) or url for name in ("DATABASE_WORKER_URL", "DATABASE_OWNER_URL")}
        redis_url = self.valkey.url if self.valkey else os.environ["REDIS_URL"]
        broker_url = redis_url.replace("unix://", "redis+socket://", 1)  # Celery's spelling
        return {**variables, "REDIS_URL": redis_url, "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL") or broker_url}

    def stop(self) -> None:
        """Redis first: whoever still works is then not woken again."""
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()
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
        self._reaper = Reaper(self.servers.pids(), lock=lock.fileno())

    def environment(self) -> dict[str, str]:
        return self.servers.environment()

    def stop(self) -> None:
        self._reaper.dismiss()
        self.servers.stop()
        self._lock.release()
