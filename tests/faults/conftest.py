"""A stack of its own: a database, queues, a mail server, and real processes that may be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.databases import copied
from tests.incubator.notifications import kinds  # noqa: F401 - the kinds that the tests here record
from tests.receivers import PostOffice

ROOT = Path(__file__).resolve().parents[2]
SCALE = 0.05  # a lease of three seconds


@dataclass
class Stack:
    """Starts processes against the database of the test; ends whatever is left."""

    environment: dict[str, str]
    log: Path
    office: PostOffice
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen([sys.executable, *command], env=self.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        self.running.append(process)
        return process

    def worker(self, concurrency: int = 2) -> subprocess.Popen[bytes]:
        queues = "mail,hook,fanout,slow"
        options = ("--queues", queues, "--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
        return self.start("-m", "celery", "--app", "tests.faults.app", "worker", *options)

    def dispatcher(self) -> subprocess.Popen[bytes]:
        """As `manage.py dispatch`, with the kinds of the tests."""
        return self.start("-c", "import tests.faults.app; from incubator.notifications.dispatching import Dispatcher; Dispatcher().run()")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, with all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"not within {seconds} s; the processes said:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def children(self, process: subprocess.Popen[bytes]) -> list[psutil.Process]:
        return psutil.Process(process.pid).children()

    def stop(self) -> None:
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
            self.kill(process)


@pytest.fixture
def stack(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Stack]:
    """Rows that the test writes are committed; they live in a database that goes with the test."""
    own = f"faults_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    office = PostOffice()
    office.controller.start()
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        with copied(own):
            use(own)
            stack = Stack(environment(own, office.port), tmp_path / "processes.log", office)
            try:
                yield stack
            finally:
                stack.stop()
                office.controller.stop()
                use(before)


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def environment(database: str, mail_port: int) -> dict[str, str]:
    url = urlunsplit(urlsplit(settings.DATABASE_OWNER_URL)._replace(path=f"/{database}"))
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "REDIS_URL": settings.REDIS_URL,
        "REDIS_PREFIX": f"{database}-{os.getpid()}-{time.monotonic_ns()}",
        "TIME_SCALE": str(SCALE),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_port),
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **own}
