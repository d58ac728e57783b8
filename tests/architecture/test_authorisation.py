"""D1: every address × method × member of the cast has an answer that somebody has read and agreed to.

`authorisation.csv` holds one line per address and method: who gets in, and what everybody else gets. An address that
is not listed fails; so does an answer that differs. `AUTHORISATION_REWRITE=1` writes the file anew from what the site
answers now: then read the difference line by line, because that is the review.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.routes import skipped, target
from tests.architecture.world import CANARIES, CAST, World, events, world
from tests.cast import Member

__all__ = ["world"]

FILE = Path(__file__).with_name("authorisation.csv")
METHODS = ("GET", "POST")
OUTCOMES = ("in", "login", "missing", "forbidden", "away", "no_method")
REWRITE = bool(os.environ.get("AUTHORISATION_REWRITE"))


def routes(resolver: Any = None, namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The full names of all addresses of the site; nameless ones by their pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        elif isinstance(entry, URLPattern):
            yield ":".join([*namespaces, entry.name or f"({entry.pattern})"])


def pages() -> list[str]:
    """What the matrix covers: all but the API, which has a matrix of its own, and allauth's own addresses."""
    return sorted({name for name in routes() if not skipped(name)})


def outcome(response: HttpResponse) -> str:
    status, away = response.status_code, response.headers.get("Location", "")
    if status == 405:
        return "no_method"
    if status == 404:
        return "missing"
    if status == 403:
        return "forbidden"
    if status in (301, 302) and away.startswith("/accounts/login/"):
        return "login"
    if status in (301, 302) and away.partition("?")[0] == reverse("my:startups:create"):
        return "away"
    assert status < 500, f"{status}"
    return "in"


def listed() -> dict[tuple[str, str], dict[str, set[str]]]:
    with FILE.open(newline="") as file:
        return {(row["route"], row["method"]): {name: set(row[name].split()) for name in OUTCOMES} for row in csv.DictReader(file)}


TABLE = {} if REWRITE else listed()
CHUNKS = [pages()[start::6] for start in range(6)]


def knock(member: Member, method: str, address: str) -> tuple[str, HttpResponse, int]:
    """Try an address and take back what it did. Gives the outcome, the answer, and how many events there were then, of a refusal."""
    cookies = copy(member.client.cookies)
    point = transaction.savepoint()
    call = member.client.get if method == "GET" else member.client.post
    response = call(address)
    if response.streaming:
        b"".join(response)
    got = outcome(response)
    left = events() if got != "in" else 0
    transaction.savepoint_rollback(point)
    member.client.cookies = cookies  # whoever signed out is in again
    return got, response, left


@pytest.mark.django_db
@pytest.mark.parametrize("chunk", range(len(CHUNKS)))
def test_every_address_answers_everybody_as_agreed(world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr("incubator.web.navigation.BADGE_SECONDS", 60)  # the numbers are the same on all of these pages
    before = events()
    cast = {name: request.getfixturevalue(name) for name in CAST}
    wrong: list[str] = []
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for route in CHUNKS[chunk]:
        kwargs = target(route, world)
        address = _address(route, kwargs)
        for method in METHODS:
            answers: dict[str, list[str]] = {name: [] for name in OUTCOMES}
            bodies: set[bytes] = set()
            for name, member in cast.items():
                got, response, left = knock(member, method, address)
                answers[got].append(name)
                if got != "in" and left != before:
                    wrong.append(f"{method} {route} as {name}: refused ({got}), but {left - before} events were recorded")
                if got == "missing":
                    bodies.add(_plain(response))
                wrong += [f"{method} {route} as {name}: shows {leak}" for leak in _leaks(name, response)]
            found[route, method] = answers
            if not REWRITE:
                wrong += _differences(route, method, answers)
    if REWRITE:
        _write(found, first=chunk == 0)
    assert not wrong, "\n".join(wrong)


def _address(route: str, kwargs: dict[str, Any]) -> str:
    return str(reverse(route, kwargs=kwargs))


def _plain(response: HttpResponse) -> bytes:
    """The body without what differs from request to request."""
    return re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}|csrf[^>]+>", b"", response.content)


def _leaks(name: str, response: HttpResponse) -> list[str]:
    if getattr(response, "streaming", False):
        return []
    text = response.content.decode(errors="replace")
    return [canary for canary, holders in CANARIES.items() if canary in text and name not in holders]


def _differences(route: str, method: str, answers: dict[str, list[str]]) -> list[str]:
    agreed = TABLE.get((route, method))
    if agreed is None:
        return [f"{method} {route} stands in no line of {FILE.name}: who may come in?"]
    return [
        f"{method} {route}: {one} got «{name}», agreed is «{next((o for o in OUTCOMES if one in agreed[o]), 'nothing')}»"
        for name in OUTCOMES
        for one in answers[name]
        if one not in agreed[name]
    ]


def _write(found: dict[tuple[str, str], dict[str, list[str]]], *, first: bool) -> None:
    known = {} if first or not FILE.exists() else listed()
    for key, answers in found.items():
        known[key] = {name: set(members) for name, members in answers.items()}
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["route", "method", *OUTCOMES])
        for (route, method), answers in sorted(known.items()):
            writer.writerow([route, method, *(" ".join(one for one in CAST if one in answers[name]) for name in OUTCOMES)])


def test_the_file_lists_no_address_that_is_gone() -> None:
    gone = {route for route, _method in TABLE} - set(pages())
    assert not gone, f"lines of {FILE.name} without an address: {sorted(gone)}"


def test_a_thing_one_may_not_see_answers_like_one_that_does_not_exist(world: World, stranger: Member) -> None:
    """Byte for byte, but for the request's own id."""
    foreign = stranger.client.get(reverse("my:applications:detail", kwargs={"pk": world.draft.pk}))
    none = stranger.client.get(reverse("my:applications:detail", kwargs={"pk": UUID(int=1)}))
    assert foreign.status_code == none.status_code == 404
    assert _plain(foreign) == _plain(none)
