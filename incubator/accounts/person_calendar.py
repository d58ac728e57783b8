"""A person's own calendar: the deadlines of everything they are asked for, over all portals and organisations.

Its address is the only key to it, so it says nothing that would need a second factor: see `Item.plain`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from incubator.accounts import actors, events
from incubator.accounts.models import CalendarFeed, Membership, User
from incubator.accounts.roles import PORTALS
from incubator.lib import calendars, sealing
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.refusals import NotAllowed
from incubator.outbox.operations import record
from incubator.web import waiting
from incubator.web.waiting import Dated

PLACES_AT_MOST = 20


# ── What stands in it ───────────────────────────────────────────────────────
def dates(user: User) -> list[Dated]:
    """All dates of the person that are not over, the nearest first. A bounded number of queries for each organisation."""
    found = [one for portal, actor in _actors(user) for one in waiting.dated(actor, portal)]
    return sorted((one for one in found if _instant(one) > now()), key=_instant)


def _actors(user: User) -> Iterator[tuple[str, Actor]]:
    """The person in each portal, for each organisation that has access. One query."""
    rows = Membership.objects.with_access().filter(user=user, organisation__is_sandbox=False).select_related("organisation")
    held = list(rows.order_by("organisation_id", "role")[: PLACES_AT_MOST * 4])
    for portal, (kinds, roles) in PORTALS.items():
        places = {one.organisation_id: one.organisation for one in held if one.organisation.kind in kinds and one.role in roles}
        for pk, organisation in list(places.items())[:PLACES_AT_MOST]:
            yield portal, actors.acting_for(user, organisation, frozenset(one.role for one in held if one.organisation_id == pk and one.role in roles))


def _instant(one: Dated) -> datetime:
    due = one.item.due
    assert due is not None
    return due if isinstance(due, datetime) else timezone.make_aware(datetime.combine(due, time.max))


# ── Its address ─────────────────────────────────────────────────────────────
@transaction.atomic
def make(user: User, *, by: Actor, at: datetime) -> str:
    """A new address, shown this once; an old one stops working. Locks the person. Raises NotAllowed for anybody else."""
    _must_be(user, by)
    token = sealing.new_token()
    CalendarFeed.objects.update_or_create(user=user, defaults={"token_hash": sealing.fingerprint(token), "made_at": at})
    record(events.calendar_made, user, by=by, at=at)
    return token


@transaction.atomic
def revoke(user: User, *, by: Actor, at: datetime) -> bool:
    """Nobody reads the calendar any more; False if there was no address. Locks the person. Raises NotAllowed."""
    _must_be(user, by)
    gone, _each = CalendarFeed.objects.filter(user=user).delete()
    if gone:
        record(events.calendar_revoked, user, by=by, at=at)
    return bool(gone)


def made_at(user: User) -> datetime | None:
    return CalendarFeed.objects.filter(user=user).values_list("made_at", flat=True).first()


def behind(token: str) -> Sequence[calendars.Entry] | None:
    """The entries behind an address; None for one that is not, or no longer, ours."""
    found = CalendarFeed.objects.filter(token_hash=sealing.fingerprint(token), user__is_active=True).select_related("user").first()
    return None if found is None else [waiting.entry(one) for one in dates(found.user)]


def _must_be(user: User, by: Actor) -> None:
    if by.user_id != user.pk:
        raise NotAllowed
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
