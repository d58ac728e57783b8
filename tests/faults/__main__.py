"""`make faults`: the long form. Twenty thousand deliveries, five hundred kills, and a table of what the receivers got."""

from __future__ import annotations

import os
import sys
import time

import django

django.setup()

from tests.faults import storm  # noqa: E402
from tests.faults.park import park  # noqa: E402

# Deliveries and kills of each row; the first is without any fault.
DELIVERIES, KILLS = int(os.environ.get("DELIVERIES") or 20_000), int(os.environ.get("KILLS") or 500)


def main() -> int:
    rows: list[tuple[str, storm.Result, float]] = []
    with park(workers=2) as made:
        for name, deliveries, kills, postgres, redis in (
            ("no fault", max(DELIVERIES // 20, 100), 0, 0, 0),
            ("processes", DELIVERIES // 2, KILLS // 2, 0, 0),
            ("and servers", DELIVERIES // 2, KILLS // 2, max(KILLS // 100, 2), max(KILLS // 100, 2)),
        ):
            begun = time.monotonic()
            made.office.mails.clear()
            made.receiver.accepted.clear()
            result = storm.run(made, deliveries=deliveries, kills=kills, postgres=postgres, redis=redis, seed=len(rows) + 1, patience=1_800)
            rows.append((name, result, time.monotonic() - begun))
            print(f"{name}: {result}", flush=True)
    print(f"\n{'faults':12} {'deliveries':>10} {'kills':>6} {'lost':>5} {'repeats':>8} {'ceiling':>8} {'most of one':>12} {'drained in':>11} {'in all':>8}")
    good = True
    for name, one, seconds in rows:
        met = not one.lost and one.repeats <= one.ceiling
        good &= met
        figures = f"{one.deliveries:10,} {one.kills.total():6} {one.lost:5} {one.repeats:8} {one.ceiling:8} {one.most_of_one:12}"
        print(f"{name:12} {figures} {one.drained_in:9.0f} s {seconds:6.0f} s{'' if met else '   MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
