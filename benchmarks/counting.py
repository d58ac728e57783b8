"""How many statements one request takes: the same request, asked of the platform in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from benchmarks.servers import ROOT
from benchmarks.works import Work


def count_statements(works: list[Work], environment: dict[str, str]) -> None:
    """Fill in `statements` of each work. Asked three times, so that no first use is counted."""
    asked = [[method, path, headers, (body or b"").decode()] for work in works for method, path, headers, body in (work.app.request() for _ in range(3))]
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.counting"], input=json.dumps(asked), capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}
    )
    if made.returncode:
        raise SystemExit(made.stderr)
    counts = json.loads(made.stdout.splitlines()[-1])
    for number, work in enumerate(works):
        work.statements = counts[number * 3 + 2]


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    counts = []
    for method, path, headers, body in json.load(sys.stdin):
        with CaptureQueriesContext(connection) as statements:
            answer = Client(headers=headers).generic(method, path, body, content_type="application/json")
        if answer.status_code >= 400:
            raise SystemExit(f"{path}: {answer.content!r}")
        counts.append(len(statements))
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
