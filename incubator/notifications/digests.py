"""Digests: what a person wants to hear once a day or once a week, in one mail.

What waits is a delivery in the state `held`. A digest takes what waits in the transaction that moves the person's last
day on: so nothing comes twice and nothing is left out, whoever dies and however often this runs.
The mail itself is a delivery like any other, made from the event of the digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Min
from django.db.models.functions import Now

from incubator.accounts.actors import system_actor
from incubator.notifications import events
from incubator.notifications.models import Channel, Delivery, Preference, Reach, Rhythm
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.operations import Tell, record
from incubator.outbox.registry import Recipient

log = structlog.get_logger(__name__)

HOUR = time(8)  # on the person's clock
MONDAY = 0
DAY = {Rhythm.DAILY.value: "daily_on", Rhythm.WEEKLY.value: "weekly_on"}  # where the last one's day stands
ITEMS_AT_MOST = 100  # the rest comes with the next
PEOPLE_AT_ONCE = 500  # well within the time limit of a task


def last_due(rhythm: str, at: datetime, zone: str) -> tuple[date, datetime]:
    """The day of the last digest that was due by `at`, and the instant: what came before it belongs to it.

    The day is the key, so a clock that goes back, or a person who moves, makes no second digest of one day.
    """
    place = ZoneInfo(zone)
    day = at.astimezone(place).date()
    if datetime.combine(day, HOUR, place).astimezone(UTC) > at:
        day -= timedelta(days=1)
    if rhythm == Rhythm.WEEKLY:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    return day, datetime.combine(day, HOUR, place).astimezone(UTC)


def make_due(*, at: datetime) -> int:
    """Make digests that are due, each in a transaction of its own; the next run makes the rest. Returns how many.

    Safe to run many times at once.
    """
    held = Delivery.objects.filter(state=DeliveryState.HELD).order_by("user_id", "held_for")
    waiting = held.values_list("user_id", "held_for", "user__time_zone").annotate(oldest=Min("created_at"))
    due = ((user_id, rhythm, oldest, *last_due(rhythm, at, zone)) for user_id, rhythm, zone, oldest in list(waiting))
    next_few = islice((one for one in due if one[2] < one[4]), PEOPLE_AT_ONCE)
    return sum(make(user_id, rhythm, day, until, at=at) for user_id, rhythm, _oldest, day, until in next_few)


@transaction.atomic
def make(user_id: UUID, rhythm: str, day: date, until: datetime, *, at: datetime) -> bool:
    """One person's digest of one day from what waited before `until`; False if it was made, or there is nothing to tell.

    Locks the person's reach: another worker that makes the same waits here, and then finds the day taken.
    """
    Reach.objects.get_or_create(user_id=user_id)
    reach = Reach.objects.select_for_update().get(user_id=user_id)
    field = DAY[rhythm]
    last: date | None = getattr(reach, field)
    if last is not None and last >= day:
        return False
    setattr(reach, field, day)
    reach.save(update_fields=[field])
    waiting = Delivery.objects.select_for_update(of=("self",)).filter(user=user_id, held_for=rhythm, state=DeliveryState.HELD, created_at__lt=until)
    rows = list(waiting.select_related("event", "user", "organisation").order_by("created_at", "id")[:ITEMS_AT_MOST])
    unwanted = set(Preference.objects.filter(user=user_id, channel=Channel.EMAIL, rhythm=Rhythm.OFF).values_list("kind", flat=True))
    told: list[UUID] = []
    dropped: list[UUID] = []
    for row in rows:
        try:
            (told if row.kind not in unwanted and may_be_told(row) else dropped).append(row.pk)
        except DatabaseError:
            raise
        except Exception:  # one bad item stays held and does not stop the others
            log.exception("digest_item_failed", delivery=str(row.pk), kind=row.kind)
    Delivery.objects.filter(pk__in=dropped).update(state=DeliveryState.SUPPRESSED, note="No longer allowed to be told, or switched off.", finished_at=Now())
    if told:
        facts = {"number": len(told), "rhythm": rhythm, "day": day.isoformat()}
        digest = record(events.digest_made, reach, by=system_actor(), at=at, facts=facts, tell=[Tell("person", facts, users=(user_id,))])
        Delivery.objects.filter(pk__in=told).update(state=DeliveryState.DIGESTED, digest=digest, finished_at=Now())
    return bool(told)


def may_be_told(row: Delivery) -> bool:
    """Whether the person may still learn of it: asked when the digest is made and again when its mail is."""
    try:
        kind = registry.get(row.kind)
    except registry.Unregistered:
        return False
    told = row.event.told[row.told]
    if row.user is None or not row.user.is_active:
        return False
    if row.organisation is not None and not row.organisation.is_open() and not kind.audiences[told["audience"]].despite_no_access:
        return False
    return kind.still_allowed(row.event, Recipient(told["audience"], row.user_id, row.organisation_id, told["facts"]))


def items(event_id: UUID) -> Sequence[Delivery]:
    """What a digest tells, the oldest first, without what may not be told any more."""
    rows = Delivery.objects.filter(digest=event_id, state=DeliveryState.DIGESTED).select_related("event", "user", "organisation")
    return [row for row in rows.order_by("created_at", "id") if may_be_told(row)]
