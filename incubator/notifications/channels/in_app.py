"""The inbox. A line of it is a row of ours, so it is written together with the delivery's end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from incubator.lib.clock import now
from incubator.notifications import rendering
from incubator.notifications.models import Delivery, Notification
from incubator.notifications.rendering import Message, message

Failure = tuple[Delivery, Exception]
TEXT_AT_MOST = 4_000


def lines(rows: Sequence[Delivery]) -> tuple[list[Notification], list[Failure]]:
    """The unsaved inbox lines of the deliveries, and those whose message could not be made.

    Rendered once per event, audience and organisation, whatever the number of people.
    """
    rendered: dict[tuple[object, ...], Message | Exception] = {}
    made: list[Notification] = []
    failed: list[Failure] = []
    for row in rows:
        key = rendering.key(row)
        if key not in rendered:
            try:
                rendered[key] = message(row, row.organisation.name if row.organisation else "")
            except Exception as error:
                rendered[key] = error
        found = rendered[key]
        if isinstance(found, Exception):
            failed.append((row, found))
        else:
            made.append(_line(row, found))
    return made, failed


def _line(row: Delivery, words: Message) -> Notification:
    words = words.for_person(row.user.name if row.user else "")
    return Notification(
        delivery=row,
        user=row.user,
        organisation=row.organisation,
        portal=words.portal(),
        kind=row.kind,
        subject_id=row.event.subject_id,
        title=words.subject,
        text="\n\n".join(words.paragraphs)[:TEXT_AT_MOST],
        path=words.path[:500],
        created_at=now(),
    )


def write(made: Iterable[Notification]) -> None:
    Notification.objects.bulk_create(made)
