"""What waits for a person: the registry that each app's `waiting.py` fills, for the portals' homes, inboxes and calendars.

Nothing is stored. A kind of work names the rows that wait for an actor as they stand now, so what is done is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse

from incubator.lib import calendars, clock
from incubator.lib.actor import Actor
from incubator.web import times
from incubator.web.navigation import MOST
from incubator.web.parts import Words

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: what, with a note; where it is done; since when; by when.

    `plain` is what a calendar may say of it, which lies on devices that know no second factor. `version` stands for the
    row's own where the date belongs to another row as well.
    """

    label: Words
    url: str
    note: Words = ""
    since: datetime | None = None
    due: datetime | date | None = None
    plain: Words = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work in one portal: who does it, which rows wait (the most urgent first), and how one is shown.

    No `roles` means everybody. `badge` is the line of the navigation it counts for, `all_page` lists all of its rows.
    `is_late` marks kinds whose time has passed already. What is not `to_do` is a date to know and stands in calendars
    only; `in_calendar` is off where another kind of the same name has the dates. `subject` is the field of the
    rows that names what events are about.
    """

    name: str
    portal: str
    title: Words
    rows: Callable[[Actor], QuerySet[Any]]
    show: Callable[[Any], Item]
    roles: frozenset[str] = field(default_factory=frozenset)
    icon: str = "circle-dot"
    all_page: str = ""
    query: str = ""
    badge: str = ""
    is_late: bool = False
    to_do: bool = True
    in_calendar: bool = True
    subject: str = "pk"

    @property
    def url(self) -> str:
        return reverse(self.all_page) + self.query if self.all_page else ""

    def is_for(self, actor: Actor) -> bool:
        return not self.roles or bool(self.roles & actor.roles)


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits of one kind: the first few, and how many in all (counted to a hundred)."""

    work: Work
    shown: Sequence[Item]
    count: str
    url: str


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits, among things of other kinds."""

    work: Work
    item: Item

    @property
    def order(self) -> tuple[bool, date]:
        """The nearest date first; what has none comes last."""
        due = self.item.due
        day = times.local_day(due) if isinstance(due, datetime) else due
        return day is None, day or date.max

    @property
    def is_late(self) -> bool:
        return self.work.is_late or self.order[1] < clock.today()


@dataclass(frozen=True, slots=True)
class Dated:
    """One date for a calendar. `version` grows with every change of its row."""

    work: Work
    item: Item
    row_id: UUID
    version: int
    changed_at: datetime | None


_work: dict[tuple[str, str, bool], Work] = {}


def register(*work: Work) -> None:
    """Add kinds of work. Raises ValueError for a name that its portal has already."""
    for one in work:
        key = (one.portal, one.name, one.to_do)
        if key in _work:
            raise ValueError(f"{one.name} is registered twice in {one.portal}")
        _work[key] = one


def mine(actor: Actor, portal: str) -> list[Work]:
    """The kinds of work that this person does in the portal."""
    return [one for one in _work.values() if one.portal == portal and one.to_do and one.is_for(actor)]


def piles(actor: Actor, portal: str) -> list[Pile]:
    """What waits for this person, kind by kind; kinds with nothing are left out. One query per kind, each bounded."""
    found = []
    for work in mine(actor, portal):
        rows = list(work.rows(actor)[: MOST + 1])
        if rows:
            count = str(len(rows)) if len(rows) <= MOST else f"{MOST}+"
            found.append(Pile(work, [work.show(row) for row in rows[:SHOWN]], count, work.url))
    return found


def tasks(actor: Actor, portal: str, *, most: int = SHOWN) -> tuple[list[Task], int]:
    """What waits for this person, the nearest date first, and how many more there are. One query per kind, each bounded."""
    found = [Task(work, work.show(row)) for work in mine(actor, portal) for row in work.rows(actor)[:MOST]]
    found.sort(key=lambda task: task.order)
    return found[:most], max(0, len(found) - most)


def dated(actor: Actor, portal: str) -> Iterator[Dated]:
    """The dates of this person's calendar in the portal. One query per kind, each bounded."""
    for work in _dated(actor, portal):
        for row in work.rows(actor)[:MOST]:
            item = work.show(row)
            if item.due is not None:
                yield _date(work, row, item)


def deadline(actor: Actor, portal: str, *, app: str, subject_id: UUID) -> Dated | None:
    """The date that this person has about one thing of an app, as it stands now. One query per kind of the app, until one is found."""
    for work in _dated(actor, portal):
        if work.name.partition(".")[0] == app and (row := work.rows(actor).filter(**{work.subject: subject_id}).first()) is not None:
            item = work.show(row)
            if item.due is not None:
                return _date(work, row, item)
    return None


def _dated(actor: Actor, portal: str) -> list[Work]:
    return [one for one in _work.values() if one.portal == portal and one.in_calendar and one.is_for(actor)]


def _date(work: Work, row: Any, item: Item) -> Dated:
    return Dated(work, item, row.pk, item.version or getattr(row, "version", 0), getattr(row, "updated_at", None))


def entry(one: Dated) -> calendars.Entry:
    """A date as calendars take it. Its UID stays the same for good."""
    due = one.item.due
    assert due is not None
    title = f"{one.work.title}: {one.item.plain}" if one.item.plain else str(one.work.title)
    text = times.moment(due) if isinstance(due, datetime) else times.day(due)
    uid = f"{one.work.portal}.{one.work.name}.{one.row_id}@{urlsplit(settings.BASE_URL).hostname}"
    changed_at = one.changed_at or one.item.since or datetime(2026, 1, 1, tzinfo=UTC)
    return calendars.Entry(uid, title, settings.BASE_URL + one.item.url, due, one.version, changed_at, text)


def badges(request: HttpRequest) -> dict[str, int]:
    """The numbers of the portal's navigation: all kinds in one statement, each counted to a hundred."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    counts = _counted(actor, [one for one in mine(actor, request.portal) if one.badge])  # type: ignore[attr-defined]
    return {**counts, "today": sum(counts.values())}


def _counted(actor: Actor, work: Iterable[Work]) -> Counter[str]:
    parts = [one.rows(actor).order_by().annotate(badge_key=Value(one.badge)).values_list("badge_key", flat=True)[: MOST + 1] for one in work]
    if not parts:
        return Counter()
    first, *others = parts
    return Counter(first.union(*others, all=True) if others else first)
