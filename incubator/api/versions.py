"""Dated versions of the contract within /v1/. A breaking change gets a new date; additive ones do not.

The code speaks today's version. For a caller of an older one each later `Change` turns today's answer into what it was
before, and a body of then into one of today; so a resource itself knows no versions. docs/api/versions.md says what
breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from incubator.api.problems import Problem, error

HEADER = "API-Version"
VERSIONS: tuple[str, ...] = ("2026-12-01",)
CURRENT = VERSIONS[-1]

Turn = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One breaking change: the version that brought it, the routes it concerns, and the way back and forth.

    `answer` turns one representation (of a list: each row) into what it was in the version before; `body` turns a
    body of that version into one of today's.
    """

    since: str
    routes: frozenset[str]
    answer: Turn | None = None
    body: Turn | None = None


CHANGES: tuple[Change, ...] = ()  # oldest first


def chosen(header: str | None, pinned: str) -> str:
    """The version this request speaks: the header's, else the credential's, else today's. Raises Problem."""
    if header is None:
        return pinned if pinned in VERSIONS else CURRENT
    if header not in VERSIONS:
        raise Problem("unknown_version", errors=[error(HEADER, "unknown_version", f"Known versions: {', '.join(VERSIONS)}.")])
    return header


def headers(version: str) -> dict[str, str]:
    """The version spoken. An older one was deprecated by its successor (RFC 9745) and goes a year later (RFC 8594)."""
    if version == CURRENT:
        return {HEADER: version}
    successor = date.fromisoformat(VERSIONS[VERSIONS.index(version) + 1])
    since = int(datetime.combine(successor, time(), UTC).timestamp())
    until = datetime.combine(successor.replace(year=successor.year + 1), time(), UTC)
    return {HEADER: version, "Deprecation": f"@{since}", "Sunset": http_date(until.timestamp())}


def answered(response: HttpResponseBase, version: str, route: str) -> HttpResponseBase:
    """Today's answer as the version has it. What is no JSON of ours is left alone."""
    turns = [one.answer for one in reversed(CHANGES) if one.since > version and route in one.routes and one.answer]
    if not turns or not isinstance(response, HttpResponse) or response.headers.get("Content-Type") != "application/json":
        return response
    body = orjson.loads(response.content)
    for turn in turns:
        body = {**body, "data": [turn(row) for row in body["data"]]} if _is_list(body) else turn(body)
    response.content = orjson.dumps(body)
    return response


def understood(data: Mapping[str, Any], version: str, route: str) -> dict[str, Any]:
    """A body of the version as today's code reads it."""
    body = dict(data)
    for one in CHANGES:
        if one.since > version and route in one.routes and one.body:
            body = one.body(body)
    return body


def _is_list(body: Mapping[str, Any]) -> bool:
    return body.keys() == {"data", "next"}
