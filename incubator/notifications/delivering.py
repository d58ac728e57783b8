"""Sending a batch: claim, ask again whether it may be told, send, finish each row as soon as it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from incubator.lib.clock import now
from incubator.notifications import broadcasting, claims, preferences, retries
from incubator.notifications.channels import in_app, sender
from incubator.notifications.channels.contract import Sender
from incubator.notifications.channels.email import address
from incubator.notifications.claims import Batch, Outcome
from incubator.notifications.models import Channel, Delivery
from incubator.notifications.preferences import AT_ONCE
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.registry import Recipient
from incubator.sending.models import ChannelSwitch
from incubator.sending.states import SwitchState

log = structlog.get_logger(__name__)

ASKED_EVERY = 1.0


def deliver(channel: str, ids: Sequence[UUID]) -> int:
    """Send what can be claimed of these deliveries. Returns how many were claimed.

    Safe to call with the same ids many times at once, and to be killed at any moment: what is not finished comes
    back when its lease ends.
    """
    batch = claims.claim(channel, ids)
    rows = list(batch.rows)
    if not rows:
        return 0
    if channel == Channel.IN_APP:
        _deliver_in_app(batch)
        return len(rows)
    begun, asked = 0, Asked(rows)
    try:
        with sender(channel) as channel_sender:
            for row in rows:
                if batch.is_late() or not channel_sender.may_go_on() or asked.is_paused():
                    break
                begun += 1
                _deliver_one(row, batch.token, channel_sender, asked)
    finally:
        claims.give_back(rows[begun:], batch.token)
    return len(rows)


def _deliver_one(row: Delivery, token: UUID, channel_sender: Sender, asked: Asked) -> None:
    begun = monotonic()
    try:
        if withheld(row, token, asked):
            return
        outcome = channel_sender.send(row)
    except Exception as error:
        log.exception("delivery_failed", delivery=str(row.pk), kind=row.kind)
        outcome = retries.again(settings.EMAIL_RETRIES, row.tries, note=f"{type(error).__name__} while the message was made", milliseconds=_since(begun))
    ours = claims.finish([row], token, outcome)
    channel_sender.finished(row, outcome, ours=bool(ours))


class Asked:
    """What is asked once for a batch: its people's wishes, which may be other ones than at fan-out; and each second
    anew whether somebody stopped its acts or paused its channel."""

    def __init__(self, rows: Sequence[Delivery]) -> None:
        self._channel = rows[0].channel
        self.wishes = preferences.wishes({row.user_id for row in rows if row.user_id}, {row.kind for row in rows})
        self._events = list({row.event_id: row.event for row in rows}.values())
        self._stops, self._asked_at, self._is_paused = broadcasting.stops(self._events), monotonic(), False

    def _ask(self) -> None:
        self._stops, self._asked_at = broadcasting.stops(self._events), monotonic()
        self._is_paused = ChannelSwitch.objects.filter(channel=self._channel, status=SwitchState.PAUSED).exists()

    def is_paused(self) -> bool:
        """Whether somebody paused the channel; what is not begun is given back then."""
        if monotonic() - self._asked_at > ASKED_EVERY:
            self._ask()
        return self._is_paused

    def stop(self, row: Delivery) -> str:
        """Why the row's act was stopped; empty if it was not."""
        if monotonic() - self._asked_at > ASKED_EVERY:
            self._ask()
        return self._stops.get(row.event_id, "")


def withheld(row: Delivery, token: UUID, asked: Asked) -> bool:
    """End a delivery that must not be sent, or let it wait, and say so. Asked just before each sending."""
    wishes = asked.wishes
    if stop := asked.stop(row):
        claims.end_unsent(row, token, DeliveryState.SUPPRESSED, stop)
        return True
    if reason := unwanted(row):
        claims.end_unsent(row, token, *reason)
        return True
    if row.channel == Channel.EMAIL and wishes.is_refused(row.user_id, address(row)):
        claims.end_unsent(row, token, DeliveryState.SUPPRESSED, "The address refuses mail.")
        return True
    notice = registry.get(row.kind).audiences[row.event.told[row.told]["audience"]]
    verdict = wishes.verdict(row.user_id, row.kind, row.channel, notice, at=now(), expires_at=row.expires_at)
    if verdict.until is not None:
        claims.postpone(row, token, verdict.until)
    elif verdict.held_for:
        claims.hold(row, token, verdict.held_for)
    elif verdict.state != DeliveryState.PENDING:
        claims.end_unsent(row, token, verdict.state, verdict.note)
    return verdict != AT_ONCE


def unwanted(row: Delivery) -> tuple[DeliveryState, str] | None:
    """Why a delivery may not be sent (any more), whatever its person wishes; or None."""
    if row.expires_at <= now():
        return DeliveryState.EXPIRED, "Too late to be of use."
    if row.user is not None and not row.user.is_active:
        return DeliveryState.SUPPRESSED, "The person's account is closed."
    told = row.event.told[row.told]
    kind = registry.get(row.kind)
    if row.organisation is not None and not row.organisation.is_open() and not kind.audiences[told["audience"]].despite_no_access:
        return DeliveryState.SUPPRESSED, "The organisation has no access any more."
    recipient = Recipient(told["audience"], row.user_id, row.organisation_id, told["facts"])
    if not kind.still_allowed(row.event, recipient):
        return DeliveryState.SUPPRESSED, "No longer allowed to be told."
    return None


def _deliver_in_app(batch: Batch) -> None:
    """Write the inbox lines of a whole batch in the transaction that finishes it: each exactly once."""
    begun, asked = monotonic(), Asked(batch.rows)
    wanted: list[Delivery] = []
    failed: list[in_app.Failure] = []
    for row in batch.rows:
        try:
            if not withheld(row, batch.token, asked):
                wanted.append(row)
        except Exception as error:
            failed.append((row, error))
    lines, unmade = in_app.lines(wanted)
    for row, problem in [*failed, *unmade]:
        log.error("delivery_failed", delivery=str(row.pk), kind=row.kind, exc_info=problem)
        note = f"{type(problem).__name__} while the message was made"
        claims.finish([row], batch.token, retries.again(settings.EMAIL_RETRIES, row.tries, note=note, milliseconds=_since(begun)))
    with transaction.atomic():
        outcome = Outcome(DeliveryState.SENT, milliseconds=_since(begun))
        ours = claims.finish([line.delivery for line in lines], batch.token, outcome)
        in_app.write([line for line in lines if line.delivery_id in ours])


def _since(begun: float) -> int:
    return int((monotonic() - begun) * 1_000)
