"""The programs under measurement, what they cost, and databases of their own. Loopback and sockets only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg2

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


class Server:
    """gunicorn with two workers on a free port of the loopback interface. It closes each connection, as gunicorn does."""

    def __init__(self, app: str, environment: dict[str, str], log: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            app,
            "-w",
            str(WORKERS),
            "-b",
            "127.0.0.1:0",
            "--no-control-socket",
            "--timeout",
            "120",
            "--log-level",
            "info",
        ]
        self.log = log.open("w")
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=self.log, stderr=subprocess.STDOUT)
        self.port = self._port(log)

    def _port(self, log: Path) -> int:
        for _ in range(600):
            text = log.read_text()
            if "Listening at: http://127.0.0.1:" in text:
                return int(text.split("Listening at: http://127.0.0.1:")[1].split()[0])
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"The server did not start:\n{log.read_text()}")

    def memory(self) -> float:
        """The most that one worker takes, in MB, what it shares counted by halves (PSS)."""
        workers = psutil.Process(self.process.pid).children()
        return float(max(worker.memory_full_info().pss for worker in workers)) / 2**20

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def cpu(root: int) -> float:
    """Seconds of CPU that this process and its children have used, ended children included."""
    process = psutil.Process(root)
    times = process.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True):
        try:
            spent = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
    return float(total)


@contextmanager
def database(name: str) -> Iterator[str]:
    """A database of its own beside the one in the environment; dropped at the end."""
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    admin = psycopg2.connect(owner)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(owner)._replace(path=f"/{name}"))
    finally:
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.close()


def postmaster(url: str) -> int:
    connection = psycopg2.connect(url)
    try:
        return int(psutil.Process(connection.info.backend_pid).ppid())
    finally:
        connection.close()
