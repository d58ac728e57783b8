"""Addresses that refuse mail: marked by a hard bounce, at once or as the provider tells later (`tracking.py`), not written to until somebody says that they work again.

Their people are told in the portal, since mail cannot tell them. Staff see all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from incubator.accounts.actors import system_actor
from incubator.accounts.models import User
from incubator.lib.actor import Actor
from incubator.notifications import events
from incubator.notifications.models import Delivery, Reach
from incubator.outbox.operations import Tell, record

SHOWN = 10
# Answers to RCPT that are about the mailbox for good. 552 is a full one, 554 may be about us.
UNKNOWN_MAILBOX = frozenset({550, 551, 553})
NOTHING = {"refused_address": "", "refused_said": "", "refused_at": None}


@transaction.atomic
def mark(address: str, user: User | None, *, said: str, at: datetime) -> None:
    """Note that the address refused mail for good, and tell its person in the portal. A second time changes nothing.

    An address of nobody with an account is not marked: nothing but its invitation is ever sent there.
    """
    if user is None:
        return
    Reach.objects.get_or_create(user=user)
    reach = Reach.objects.select_for_update().get(user=user)
    if reach.refused_address == address.lower():
        return
    Reach.objects.filter(user=user).update(refused_address=address.lower(), refused_said=said[:200], refused_at=at)
    facts = {"refused": address, "said": said[:200]}
    record(events.address_bounced, reach, by=system_actor(), at=at, facts=facts, tell=[Tell("person", facts, users=(user.pk,))])


def marked_for(user: User) -> Reach | None:
    """The person's address that refuses mail, with what it said; None if none does. One query."""
    return Reach.objects.filter(user=user, refused_at__isnull=False).first()


def latest() -> Sequence[Reach]:
    """What refused mail last, for the staff page. One query."""
    return list(Reach.objects.filter(refused_at__isnull=False).select_related("user").order_by("-refused_at")[:SHOWN])


@transaction.atomic
def lift(user: User, *, by: Actor, at: datetime) -> bool:
    """The person says that their address works again: mail goes there from now on. False if none is marked."""
    reach = Reach.objects.select_for_update().filter(user=user, refused_at__isnull=False).first()
    if reach is None:
        return False
    Reach.objects.filter(user=user).update(**NOTHING)
    record(events.address_works, reach, by=by, at=at, facts={"address": reach.refused_address})
    return True


def try_again(delivery: Delivery, address: str) -> None:
    """Staff send a message again: the address gets another chance."""
    Reach.objects.filter(user=delivery.user_id, refused_address=address.lower()).update(**NOTHING)
