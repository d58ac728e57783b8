"""What is asked of the API and of the floor, and what the API has to reach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import uuid4

from benchmarks.load import Request, Target, ask
from benchmarks.servers import Server


@dataclass(frozen=True)
class Goal:
    """`share` of the floor by CPU; the latency of one client at most `median` and `p95` times the floor's."""

    share: float = 0.0
    median: float = 0.0
    p95: float = 0.0
    sql_ms: float = 0.0
    statements: int = 0


GOALS = {
    "list": Goal(share=0.55, median=1.6, p95=2.0, statements=3),
    "list, sparse": Goal(share=0.55, statements=3),
    "list, last page": Goal(share=0.55, statements=3),
    "detail": Goal(share=0.38, statements=3),
    "search, common": Goal(share=0.45, sql_ms=3.0, statements=3),
    "search, rare": Goal(share=0.45, sql_ms=3.0, statements=3),
    "304, list": Goal(share=0.8, statements=1),
    "304, detail": Goal(share=0.8, statements=1),
    "create": Goal(share=0.45),
}
GROWTH = 1.3
GROWING = ("list", "detail", "search, common", "search, rare", "create")
MEMORY = 110.0


@dataclass
class Work:
    name: str
    app: Target
    floor: Target
    statements: int = 0


def works(seed: dict[str, Any], app: Server, floor: Server, empty: Server) -> list[Work]:
    bearer, sparse = ({"Authorization": f"Bearer {seed[name]}"} for name in ("key", "sparse_key"))
    rounds = product(seed["investor_keys"], seed["rounds"])
    search = "page_size=50&stage=pilot&focus=area-0"

    def reads(server: Server, path: str, headers: dict[str, str] | None = None, expected: int = 200) -> Target:
        return Target(server, lambda: ("GET", path, headers or {}, None), expected)

    def known(path: str) -> Target:
        """The same again, with the tag that it gave."""
        _, _, headers = ask(reads(app, path, bearer))
        return reads(app, path, {**bearer, "If-None-Match": headers["ETag"]}, 304)

    def declares(path: str, round_: str, headers: dict[str, str]) -> Request:
        body = {"round": round_, "amount_min": "1000000", "amount_max": "2000000", "role": "follow", "note": "We run the terminals your merchants use."}
        return "POST", path, {**headers, "Content-Type": "application/json"}, json.dumps(body).encode()

    def create() -> Request:
        key, round_ = next(rounds)
        return declares("/api/v1/interests", round_, {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())})

    def floor_create() -> Request:
        return declares("/create", str(uuid4()), {})

    startups = "/api/v1/startups"
    return [
        Work("list", reads(app, f"{startups}?page_size=50", bearer), reads(floor, "/list")),
        Work("list, sparse", reads(app, f"{startups}?page_size=50", sparse), reads(floor, "/list")),
        Work("list, last page", reads(app, f"{startups}?page_size=50&cursor={seed['last_cursor']}", bearer), reads(floor, "/list")),
        Work("detail", reads(app, f"{startups}/{seed['startup']}", bearer), reads(floor, f"/detail/{seed['startup']}")),
        Work("search, common", reads(app, f"{startups}?q=logistics&{search}", bearer), reads(floor, "/search?logistics")),
        Work("search, rare", reads(app, f"{startups}?q=zeolite&{search}", bearer), reads(floor, "/search?zeolite")),
        Work("304, list", known(f"{startups}?page_size=50"), reads(empty, "/empty")),
        Work("304, detail", known(f"{startups}/{seed['startup']}"), reads(empty, "/empty")),
        Work("create", Target(app, create, 201), Target(floor, floor_create, 201)),
    ]
