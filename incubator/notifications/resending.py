"""Sending many again: exactly the messages that were counted on the page that asked, some hundred at once or by a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from incubator.lib.actor import Actor
from incubator.lib.refusals import NotAllowed
from incubator.notifications import access, bounces
from incubator.notifications.channels.email import address
from incubator.notifications.models import Channel, Delivery
from incubator.notifications.querysets import DeliveryQuerySet
from incubator.notifications.states import RESENDABLE, DeliveryState
from incubator.sending.models import Resending

MOST = 10_000
AT_ONCE = 200  # in the request; what is more a worker does
CHUNK = 500


def which(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    """Those of the rows that can be sent again and are still of use."""
    found: DeliveryQuerySet = rows.filter(state__in=[one.value for one in RESENDABLE], expires_at__gt=Now())
    return found


@transaction.atomic
def begin(rows: DeliveryQuerySet, *, by: Actor, at: datetime) -> Resending:
    """Send again what of the rows can be, the oldest first, ten thousand at most. Raises NotAllowed.

    Some hundred are due when this returns; more a worker makes due, and the row says how far it is.
    """
    if not access.may_read_deliveries(by):
        raise NotAllowed
    ids = list(which(rows).order_by("pk").values_list("pk", flat=True)[:MOST])
    row = Resending.objects.create(deliveries=ids, begun_by=str(by.name)[:200], begun_by_user_id=by.user_id, begun_at=at)
    if len(ids) <= AT_ONCE:
        _step(row, AT_ONCE)
    return row


def ring() -> int:
    """Ring for what the workers have left to do. Raises OperationalError when the broker does not answer."""
    from incubator.notifications.tasks import resend

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sending_resending SET rung_at = statement_timestamp() WHERE finished_at IS NULL"
            " AND (rung_at IS NULL OR rung_at < statement_timestamp() - make_interval(secs => %s)) RETURNING id",
            [settings.DELIVERY_RING_AGAIN],
        )
        found = [row[0] for row in cursor.fetchall()]
    for pk in found:
        resend.apply_async(args=(str(pk),), queue="fanout", retry=False)
    return len(found)


def go_on(pk: UUID) -> None:
    """Make chunk after chunk due, for as long as a batch may take. Twice at once does no harm."""
    begun = monotonic()
    while monotonic() - begun <= settings.DELIVERY_START_WITHIN:
        with transaction.atomic():
            row = Resending.objects.select_for_update(skip_locked=True).filter(pk=pk, finished_at__isnull=True).first()
            if row is None:
                return
            _step(row, CHUNK)
    Resending.objects.filter(pk=pk, finished_at__isnull=True).update(rung_at=None)


def _step(row: Resending, number: int) -> None:
    """The next of them, in the transaction that notes how far it is."""
    ids = row.deliveries[row.done : row.done + number]
    again = restart(ids)
    row.done, row.restarted = row.done + len(ids), row.restarted + again
    row.finished_at = Now() if row.done >= len(row.deliveries) else None
    row.save(update_fields=["done", "restarted", "finished_at"])


def restart(ids: Sequence[UUID]) -> int:
    """Put those that can be sent again back to the start of their retry tables. Addresses that bounced get another chance."""
    locked = which(Delivery.objects.filter(pk__in=ids)).select_for_update(of=("self",)).select_related("event", "user").order_by("pk")
    found = list(locked)
    for delivery in found:
        if delivery.channel == Channel.EMAIL and delivery.state == DeliveryState.BOUNCED:
            bounces.try_again(delivery, address(delivery))
    fresh = {"due_at": Now(), "rung_at": None, "claims": 0, "tries": 0, "note": "", "finished_at": None}
    return Delivery.objects.filter(pk__in=[one.pk for one in found]).update(state=DeliveryState.PENDING, **fresh)
