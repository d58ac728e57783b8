"""Dates as iCalendar (RFC 5545): a feed to subscribe to, and one date to attach to a mail.

Instants are written in UTC, so that no reader has to know our time zone; days are days wherever one is. An entry keeps
its UID for good, and its SEQUENCE grows with every change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Incubator//Calendar//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """A deadline: an instant, or a whole day. `changed_at` is when it last became as it is."""

    uid: str
    title: str
    url: str
    due: datetime | date
    version: int
    changed_at: datetime
    text: str = ""


def feed(entries: Iterable[Entry], name: str) -> bytes:
    """All of them as a calendar of this name, asked for anew every hour."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def single(entry: Entry) -> bytes:
    """One of them, for a mail: it updates the same entry of the feed where both are read."""
    calendar = _calendar()
    calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.version)
    if isinstance(entry.due, datetime):
        due = entry.due.astimezone(UTC).replace(microsecond=0)
        event.add("dtstart", due - timedelta(minutes=30))  # the half hour that ends with the deadline: no program hides it
        event.add("dtend", due)
    else:
        event.add("dtstart", entry.due)
        event.add("dtend", entry.due + timedelta(days=1))
    event.add("summary", entry.title)
    if entry.text:
        event.add("description", entry.text)
    event.add("url", entry.url)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
