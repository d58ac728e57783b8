"""One table with the ratios, and whether each goal is met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.servers import WORKERS, Server
from benchmarks.works import GOALS, GROWING, GROWTH, MEMORY, Work


@dataclass
class Park:
    """A number of rows, and what was measured on them."""

    rows: int
    works: list[Work]
    app: Server
    memory: float = 0.0

    def cost(self, name: str) -> float | None:
        """Milliseconds of CPU of the API's answer to this work, if it was measured."""
        return next((work.app.cost for work in self.works if work.name == name), None)


def show(parks: list[Park]) -> bool:
    """Print the table. Whether every goal is met."""
    lines = [line for park in parks for line in (*_of_park(park), ("", True))]
    if len(parks) == 2:
        lines += _growth(*parks)
    for text, met in lines:
        print(text + ("" if met else "   MISSED"))
    return all(met for _, met in lines)


def _of_park(park: Park) -> Iterator[tuple[str, bool]]:
    yield f"\n{park.rows:,} startups, page of 50; {WORKERS} workers; CPU and times in ms; 1.00 is the floor itself\n", True
    yield (
        f"{'work':16} {'':6} {'web':>6} {'Postgres':>8} {'CPU':>6} {'req/s':>6} {'median':>7} {'p95':>7}   {'of the floor':>12} {'goal':>5} {'req/s':>6} {'median':>7} {'p95':>7} {'SQL':>4}",
        True,
    )
    for work in park.works:
        goal, app, floor = GOALS[work.name], work.app, work.floor
        share, median, p95 = floor.cost / app.cost, app.latency(0.5) / floor.latency(0.5), app.latency(0.95) / floor.latency(0.95)
        met = (
            share >= goal.share
            and (not goal.median or median <= goal.median)
            and (not goal.p95 or p95 <= goal.p95)
            and (not goal.sql_ms or app.postgres <= goal.sql_ms)
            and (not goal.statements or work.statements <= goal.statements)
        )
        figures = f"{share:12.2f} {goal.share:5.2f} {app.rate / floor.rate:6.2f} {median:6.2f}x {p95:6.2f}x {work.statements:4}"
        for name, one, after in ((work.name, app, figures), ("", floor, "")):
            kind = "app" if after else "floor"
            line = f"{name:16} {kind:6} {one.web:6.2f} {one.postgres:8.2f} {one.cost:6.2f} {one.rate:6.0f} {one.latency(0.5):7.1f} {one.latency(0.95):7.1f}"
            yield f"{line}   {after}".rstrip(), met or not after
    first, last = park.cost("list"), park.cost("list, last page")
    if first and last:
        yield f"last page / first page: {last / first:.2f} by CPU (goal 1.30)", last <= 1.3 * first
    yield f"memory of a web worker: {park.memory:.0f} MB (goal {MEMORY:.0f})", park.memory <= MEMORY


def _growth(small: Park, large: Park) -> Iterator[tuple[str, bool]]:
    for name in GROWING:
        before, after = small.cost(name), large.cost(name)
        if before and after:
            yield f"growth from {small.rows:,} to {large.rows:,} rows, {name}: {after / before:.2f} by CPU (goal {GROWTH})", after <= GROWTH * before
