"""Servers that may be killed, and a whole park of processes on them: shared by the scenarios of one file or one long run."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import Error, connection

from incubator.embedded.places import Sockets
from incubator.embedded.postgres import OWNER, Postgres
from incubator.embedded.valkey import Valkey
from tests.databases import ensure_template
from tests.faults.conftest import Stack, environment
from tests.park import free_port
from tests.receivers import PostOffice, Receiver, receiving


class Servers:
    """A Postgres and a Valkey of our own that keep what they were given, as in production."""

    def __init__(self, folder: Path) -> None:
        self.sockets = Sockets(folder)
        self.postgres, self.valkey = Postgres(folder, self.sockets), Valkey(folder, self.sockets)
        self.postgres.start()
        self.valkey.start()
        self.url = self.postgres.url(OWNER)

    def fill(self) -> None:
        """The schema of the test run's migrated database."""
        source = urlsplit(settings.DATABASE_OWNER_URL)._replace(path=f"/{ensure_template()}").geturl()
        dump = subprocess.run([self.postgres.bin / "pg_dump", source], check=True, capture_output=True)
        subprocess.run([self.postgres.bin / "psql", "-q", "-v", "ON_ERROR_STOP=1", self.url], input=dump.stdout, check=True, stdout=subprocess.DEVNULL)

    def restart_postgres(self) -> None:
        """As `pg_ctl restart -m immediate`: no checkpoint, no farewell to anybody."""
        assert self.postgres.process
        self.postgres.process.send_signal(signal.SIGQUIT)
        self.postgres.process.wait(30)
        self.postgres.start()

    def kill_valkey(self) -> None:
        assert self.valkey.process
        self.valkey.process.kill()
        self.valkey.process.wait(30)

    def stop(self) -> None:
        if self.valkey.process:
            with suppress(ProcessLookupError):
                self.valkey.process.send_signal(signal.SIGCONT)
        self.valkey.stop()
        self.postgres.stop()
        self.sockets.remove()


class Park(Stack):
    """Web, workers, dispatcher and clock. Whatever is killed is started again by `mend`."""

    def __init__(self, servers: Servers, folder: Path, office: PostOffice, receiver: Receiver, *, workers: int = 1) -> None:
        super().__init__(self._variables(servers, office, receiver), folder / "processes.log", office)
        self.servers, self.receiver, self.folder = servers, receiver, folder
        self.port = free_port()
        self.members: dict[str, subprocess.Popen[bytes]] = {}
        self.roles = ["web", "dispatcher", "beat", *(f"worker{number}" for number in range(workers))]

    @staticmethod
    def _variables(servers: Servers, office: PostOffice, receiver: Receiver) -> dict[str, str]:
        broker = servers.valkey.url.replace("unix://", "redis+socket://", 1)
        own = {"DATABASE_URL": servers.url, "DATABASE_OWNER_URL": servers.url, "REDIS_URL": servers.valkey.url, "CELERY_BROKER_URL": broker}
        own |= {"BASE_URL": "http://localhost", "WEBHOOK_TEST_TARGET": receiver.url.removesuffix("/hook")}
        return {**environment("faults", office.port), **own}

    def begin(self, role: str) -> None:
        if role == "web":
            self.members[role] = self.start("-m", "gunicorn", "incubator.wsgi", "--bind", f"127.0.0.1:{self.port}", "--no-control-socket", "--timeout", "60")
        elif role == "dispatcher":
            self.members[role] = self.dispatcher()
        elif role == "beat":
            options = ("--schedule", str(self.folder / f"beat-{time.monotonic_ns()}"), "--pidfile=", "--loglevel", "WARNING")
            self.members[role] = self.start("-m", "celery", "--app", "tests.faults.app", "beat", *options)
        else:
            self.members[role] = self.worker()

    def mend(self) -> None:
        """Start what does not run."""
        for role in self.roles:
            if role not in self.members or self.members[role].poll() is not None:
                self.begin(role)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 120) -> None:
        """With a supervisor at work."""

        def mended() -> bool:
            self.supervise()
            return condition()

        super().wait_for(mended, seconds)

    def supervise(self) -> None:
        """Start again what has ended by itself: a worker does when Redis refuses it, or a child dies while it starts."""
        for role, member in list(self.members.items()):
            if member.poll() is not None:
                self.begin(role)

    def mend_only(self, *roles: str) -> None:
        """These run, and no others."""
        for role in self.roles:
            if role not in roles:
                self.end(role)
            elif role not in self.members or self.members[role].poll() is not None:
                self.begin(role)

    def read_only(self, on: bool) -> None:
        """Let Postgres refuse every write, as with a full disk."""
        admin = self.servers.postgres.connect("postgres")
        with admin.cursor() as cursor:
            cursor.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if on else 'off'}")
            cursor.execute("SELECT pg_reload_conf()")
        admin.close()

    def end(self, role: str) -> None:
        if member := self.members.pop(role, None):
            self.kill(member)

    def children_of_workers(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for role, member in self.members.items():
            with suppress(psutil.Error):
                found += self.children(member) if role.startswith("worker") else []
        return found

    def kill_a_child(self, chance: random.Random) -> bool:
        """kill -9 of one process of a worker's pool, once there is one; whether there was in five seconds."""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            self.supervise()
            if children := self.children_of_workers():
                with suppress(psutil.Error):
                    chance.choice(children).kill()
                    return True
            time.sleep(0.05)
        return False

    def ask(self, sql: str, *values: Any) -> Any:
        """One value from the database, which may have gone away since."""
        for _ in range(100):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(sql, values)
                    return cursor.fetchone()[0]
            except Error:
                connection.close()
                time.sleep(0.1)
        raise AssertionError("the database does not come back")

    def unended(self) -> int:
        return int(
            self.ask("SELECT count(*) FROM notifications_delivery WHERE state IN ('pending', 'sending')") + self.ask("SELECT count(*) FROM outbox_pending")
        )


@contextmanager
def park(*, workers: int = 1) -> Iterator[Park]:
    """A park on servers of its own; the database of this process is its database meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    office = PostOffice()
    office.controller.start()
    before = dict(connection.settings_dict)
    servers = Servers(folder)
    try:
        servers.fill()
        connection.close()
        connection.settings_dict.update({"NAME": "incubator", "HOST": str(servers.sockets.postgres), "USER": OWNER, "PORT": ""})
        with receiving() as receiver:
            made = Park(servers, folder, office, receiver, workers=workers)
            try:
                yield made
            finally:
                made.stop()
    finally:
        connection.close()
        connection.settings_dict.update(before)
        servers.stop()
        office.controller.stop()
        shutil.rmtree(folder, ignore_errors=True)


def python(made: Stack, code: str) -> subprocess.CompletedProcess[bytes]:
    """Run some lines in a process of their own, with the platform set up."""
    lines = "import os, signal\nfrom tests.faults.app import app\n" + code
    return subprocess.run([sys.executable, "-c", lines], env=made.environment, cwd=os.getcwd(), capture_output=True, check=False)
