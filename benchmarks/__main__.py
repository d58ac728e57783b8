"""`make bench`: the API and the floor side by side on the same rows, one table of ratios. Bounded in requests and time.

Before anything is measured, the typed client of the API reads and writes what will be: a fast wrong answer is no result.

The gate is CPU per request (web workers and Postgres together): other load on the machine does not disturb it.
Loopback only; databases of its own, dropped at the end. Above 1,000 rows a second park of 1,000 is measured in the same
rounds, for the growth. GATE=1 fails when a goal is not met; ONLY=list,detail measures only those works.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.counting import count_statements
from benchmarks.load import measure
from benchmarks.servers import ROOT, Server, database, postmaster
from benchmarks.table import Park, show
from benchmarks.typed import Client
from benchmarks.works import works

SMALL = 1_000
SECRETS = {
    "SECRET_KEY": "for-benchmarks-only-and-nothing-else-0123456789-abcdefghijkl",
    "FIELD_KEYS": "1:" + "A" * 43 + "=",
    "API_KEY_PEPPERS": "1:" + "B" * 42 + "A=",
}


def seeded(environment: dict[str, str]) -> dict[str, Any]:
    run: dict[str, Any] = {"cwd": ROOT, "env": {**os.environ, **environment}}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True, **run)
    print(f"Filling {int(environment['BENCH_ROWS']):,} startups …", flush=True)
    made = subprocess.run([sys.executable, "-m", "benchmarks.seed"], capture_output=True, text=True, **run)
    if made.returncode:
        raise SystemExit(made.stderr)
    seed: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return seed


def opened(stack: ExitStack, rows: int, folder: Path, client: Client) -> tuple[Park, str]:
    """A database with so many rows, the API and the floor on it. Exits if the API does not answer what its schema says."""
    url = stack.enter_context(database(f"bench_{os.getpid()}_{rows}"))
    environment = {
        **SECRETS,
        "DJANGO_SETTINGS_MODULE": "incubator.settings.demo",
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "API_RATE_READ": "100000000/m",
        "API_RATE_WRITE": "100000000/m",
        "BENCH_ROWS": str(rows),
    }
    seed = seeded(environment)

    def server(app: str, name: str, **more: str) -> Server:
        started = Server(app, {**environment, **more}, folder / f"{name}-{rows}.log")
        stack.callback(started.stop)
        return started

    app = server("incubator.wsgi:application", "app")
    client.check(app.port, seed)
    floor = server("benchmarks.floor:app", "floor", BENCH_ORGANISATION=seed["organisation"])
    asked = works(seed, app, floor, server("benchmarks.empty:app", "empty"))
    if only := os.environ.get("ONLY"):
        asked = [one for one in asked if one.name.startswith(tuple(only.split(",")))]
    count_statements(asked, environment)
    return Park(rows, asked, app), url


def main() -> int:
    rows = int(os.environ.get("ROWS") or 10_000)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        client = Client(folder, SECRETS)
        parks = []
        for number in dict.fromkeys((SMALL, rows) if rows > SMALL else (rows,)):
            park, url = opened(stack, number, folder, client)
            parks.append(park)
        measure([target for park in parks for work in park.works for target in (work.app, work.floor)], postmaster(url))
        for park in parks:
            park.memory = park.app.memory()
    met = show(parks)
    return 0 if met or not os.environ.get("GATE") else 1


if __name__ == "__main__":
    sys.exit(main())
