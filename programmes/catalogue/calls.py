"""What a visitor is told about a programme's calls: which one counts now, and how a call lies in the year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from programmes.catalogue.models import Intake

MONTHS_SHOWN = 12
WIDTH = 1_000  # of the calendar's drawing, in its own units


def current(calls: Iterable[Intake], at: datetime) -> Intake | None:
    """The call one may apply to that closes first; else the announced one that opens first; else none."""
    known = list(calls)
    accepting = [call for call in known if call.is_accepting(at)]
    if accepting:
        return min(accepting, key=lambda call: call.closes_at)
    announced = [call for call in known if call.status == "scheduled" and call.opens_at > at]
    return min(announced, key=lambda call: call.opens_at) if announced else None


def latest_past(calls: Iterable[Intake], at: datetime) -> Intake | None:
    """The call that closed last."""
    past = [call for call in calls if call.closes_at <= at]
    return max(past, key=lambda call: call.closes_at) if past else None


@dataclass(frozen=True, slots=True)
class Month:
    """A column of the calendar."""

    on: date
    x: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A call in the calendar: its window and the day applicants hear, in units of the drawing."""

    call: Intake
    x: int
    width: int
    decision_x: int | None


@dataclass(frozen=True, slots=True)
class Calendar:
    months: Sequence[Month]
    bars: Sequence[Bar]
    today_x: int


def calendar(calls: Iterable[Intake], at: datetime) -> Calendar:
    """The calls from the first of last month over a year; what lies outside is left out or cut off."""
    first = (timezone.localdate(at).replace(day=1) - timedelta(days=1)).replace(day=1)
    starts = [first]
    while len(starts) <= MONTHS_SHOWN:
        starts.append((starts[-1] + timedelta(days=32)).replace(day=1))
    last = starts.pop()
    span = (last - first).days

    def x(on: date) -> int:
        return round(WIDTH * min(max((on - first).days, 0), span) / span)

    bars = []
    for call in calls:
        opens, closes = timezone.localdate(call.opens_at), timezone.localdate(call.closes_at)
        if closes < first or opens >= last:
            continue
        decision = x(call.decision_on) if first <= call.decision_on < last else None
        bars.append(Bar(call, x(opens), max(x(closes) - x(opens), 6), decision))
    return Calendar([Month(on, x(on)) for on in starts], bars, x(timezone.localdate(at)))
