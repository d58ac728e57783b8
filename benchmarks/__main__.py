"""`make bench`: the API and the floor side by side on the same rows, one table of ratios. Bounded in requests and time.

The gate is CPU per request (web workers and Postgres together): other load on the machine does not disturb it.
Loopback only; a database of its own, dropped at the end. GATE=1 fails when a goal is not met.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psutil
import psycopg2

ROOT = Path(__file__).resolve().parent.parent
CLIENTS, WORKERS, ROUNDS = 8, 2, 2
# Requests of one sample at 8 clients and at one; a sample also ends after so many seconds.
MANY, FEW, SECONDS = 240, 60, 6.0
GOALS = {"list": 0.55, "detail": 0.38, "create": 0.45}
SECRETS = {
    "SECRET_KEY": "for-benchmarks-only-and-nothing-else-0123456789-abcdefghijkl",
    "FIELD_KEYS": "1:" + "A" * 43 + "=",
    "API_KEY_PEPPERS": "1:" + "B" * 42 + "A=",
}


@dataclass
class Sample:
    """What one burst of requests took."""

    requests: int
    seconds: float
    cpu: float
    times: list[float]


@dataclass
class Target:
    """One kind of work at one server. `request` gives method, path, headers and body of the next request."""

    request: Callable[[], tuple[str, str, dict[str, str], bytes | None]]
    server: Server
    expected: int
    many: list[Sample] = field(default_factory=list)
    few: list[Sample] = field(default_factory=list)


class Server:
    """gunicorn with two workers on a free port of the loopback interface."""

    def __init__(self, app: str, environment: dict[str, str], log: Path) -> None:
        command = [sys.executable, "-m", "gunicorn", app, "-w", str(WORKERS), "-b", "127.0.0.1:0", "--no-control-socket", "--log-level", "info"]
        self.log = log.open("w")
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=self.log, stderr=subprocess.STDOUT)
        self.port = self._port(log)

    def _port(self, log: Path) -> int:
        for _ in range(300):
            text = log.read_text()
            if "Listening at: http://127.0.0.1:" in text:
                return int(text.split("Listening at: http://127.0.0.1:")[1].split()[0])
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"The server did not start:\n{log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.log.close()


def cpu(*roots: int) -> float:
    """Seconds of CPU that these processes and their children have used, ended children included."""
    total = 0.0
    for root in roots:
        process = psutil.Process(root)
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
        for child in process.children(recursive=True):
            try:
                spent = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += spent.user + spent.system
    return total


def burst(target: Target, clients: int, number: int, postgres: int) -> Sample:
    """`number` requests from `clients` threads. Exits with the answer if one is not what was expected."""
    left, lock = [number], threading.Lock()
    times: list[float] = []
    wrong: list[str] = []
    end = time.monotonic() + SECONDS

    def client() -> None:
        while not wrong and time.monotonic() < end:
            with lock:
                if left[0] <= 0:
                    return
                left[0] -= 1
                method, path, headers, body = target.request()
            begun = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", target.server.port, timeout=30)
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
            except OSError as problem:
                wrong.append(f"{method} {path}: {problem!r}")
                return
            finally:
                connection.close()
            times.append(time.perf_counter() - begun)
            if answer.status != target.expected:
                wrong.append(f"{method} {path}: {answer.status} {content[:500]!r}")

    before, begun = cpu(target.server.process.pid, postgres), time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(wrong[0])
    return Sample(len(times), time.perf_counter() - begun, cpu(target.server.process.pid, postgres) - before, times)


@contextmanager
def database() -> Iterator[str]:
    """A database of its own beside the one in the environment; dropped at the end."""
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    name = f"bench_{os.getpid()}"
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


def targets(seed: dict[str, Any], app: Server, floor: Server) -> dict[str, tuple[Target, Target]]:
    bearer = {"Authorization": f"Bearer {seed['key']}"}
    rounds, floor_rounds = iter(seed["rounds"]), cycle([str(uuid4())])

    def declare(round_: str, headers: dict[str, str]) -> tuple[str, dict[str, str], bytes]:
        body = {"round": round_, "amount_min": "1000000", "amount_max": "2000000", "role": "follow", "note": "We run the terminals your merchants use."}
        return "POST", {**headers, "Content-Type": "application/json"}, json.dumps(body).encode()

    def create() -> tuple[str, str, dict[str, str], bytes]:
        method, headers, body = declare(next(rounds), {**bearer, "Idempotency-Key": str(uuid4())})
        return method, "/api/v1/interests", headers, body

    def floor_create() -> tuple[str, str, dict[str, str], bytes]:
        next(floor_rounds)
        method, headers, body = declare(str(uuid4()), {})
        return method, "/create", headers, body

    def reads(path: str, headers: dict[str, str]) -> Callable[[], tuple[str, str, dict[str, str], None]]:
        return lambda: ("GET", path, headers, None)

    return {
        "list": (Target(reads("/api/v1/startups?page_size=50", bearer), app, 200), Target(reads("/list", {}), floor, 200)),
        "detail": (Target(reads(f"/api/v1/startups/{seed['startup']}", bearer), app, 200), Target(reads(f"/detail/{seed['startup']}", {}), floor, 200)),
        "create": (Target(create, app, 201), Target(floor_create, floor, 201)),
    }


def measure(works: dict[str, tuple[Target, Target]], postgres: int) -> None:
    """Rounds with the order turned around each time, so that what the machine does beside hits both alike."""
    for pair in works.values():
        for target in pair:
            burst(target, CLIENTS, 16, postgres)  # the first requests of a worker load its code
    for number in range(ROUNDS):
        for pair in works.values():
            for target in pair if number % 2 == 0 else reversed(pair):
                target.many.append(burst(target, CLIENTS, MANY, postgres))
                target.few.append(burst(target, 1, FEW, postgres))


def show(works: dict[str, tuple[Target, Target]], rows: int) -> bool:
    """Print the table. Whether every goal is met."""
    met = True
    print(f"\n{rows:,} startups, page of 50; {WORKERS} workers; ratios are floor : app, 1.00 is the floor itself\n")
    print(f"{'work':8} {'':6} {'CPU ms':>8} {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8}   {'by CPU':>7} {'goal':>5} {'req/s':>6} {'median':>7}")
    for name, pair in works.items():
        figures = []
        for target in pair:
            per_request = 1000 * sum(one.cpu for one in target.many) / sum(one.requests for one in target.many)
            rate = statistics.median(one.requests / one.seconds for one in target.many)
            times = sorted(time for one in target.few for time in one.times)
            figures.append((per_request, rate, 1000 * statistics.median(times), 1000 * times[int(len(times) * 0.95)]))
        (app, floor), goal = figures, GOALS[name]
        ratio = floor[0] / app[0]
        met = met and ratio >= goal
        print(
            f"{name:8} {'app':6} {app[0]:8.2f} {app[1]:8.0f} {app[2]:8.1f} {app[3]:8.1f}   {ratio:7.2f} {goal:5.2f} {app[1] / floor[1]:6.2f} {app[2] / floor[2]:6.1f}x"
        )
        print(f"{'':8} {'floor':6} {floor[0]:8.2f} {floor[1]:8.0f} {floor[2]:8.1f} {floor[3]:8.1f}")
    return met


def main() -> int:
    rows = int(os.environ.get("ROWS") or 10_000)
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = {
            **SECRETS,
            "DJANGO_SETTINGS_MODULE": "incubator.settings.demo",
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": url,
            "API_RATE_READ": "100000000/m",
            "API_RATE_WRITE": "100000000/m",
            "BENCH_ROWS": str(rows),
        }
        run = {"cwd": ROOT, "env": {**os.environ, **environment}, "check": True}
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], **run)  # type: ignore[call-overload]
        print(f"Filling {rows:,} startups …", flush=True)
        made = subprocess.run([sys.executable, "-m", "benchmarks.seed"], capture_output=True, text=True, **{**run, "check": False})  # type: ignore[call-overload]
        if made.returncode:
            raise SystemExit(made.stderr)
        seed = json.loads(made.stdout.splitlines()[-1])
        app = Server("incubator.wsgi:application", environment, Path(folder) / "app.log")
        floor = Server("benchmarks.floor:app", {**environment, "BENCH_ORGANISATION": seed["organisation"]}, Path(folder) / "floor.log")
        try:
            works = targets(seed, app, floor)
            measure(works, postmaster(url))
        finally:
            app.stop()
            floor.stop()
        met = show(works, rows)
        return 0 if met or not os.environ.get("GATE") else 1


if __name__ == "__main__":
    sys.exit(main())
