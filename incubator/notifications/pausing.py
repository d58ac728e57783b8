"""Pausing a channel: nothing leaves by it, what is due stays due. The inbox is never paused, it leaves no house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from incubator.lib.actor import Actor
from incubator.lib.refusals import NotAllowed, Refusal
from incubator.notifications import access, events
from incubator.notifications.models import Channel
from incubator.outbox.models import Event
from incubator.outbox.operations import transition
from incubator.sending.models import ChannelSwitch
from incubator.sending.states import SwitchState

PAUSABLE = (Channel.EMAIL, Channel.WEBHOOK)


def paused() -> Sequence[ChannelSwitch]:
    """The channels that are paused now, with who did it and why. One query."""
    return list(ChannelSwitch.objects.filter(status=SwitchState.PAUSED).order_by("channel"))


def history() -> Sequence[Event]:
    """Who paused and resumed what, and why; the latest ten."""
    kinds = (events.channel_paused.name, events.channel_resumed.name)
    return list(Event.objects.filter(subject_label="sending.channelswitch", kind__in=kinds).order_by("-at", "-id")[:10])


@transaction.atomic
def pause(channel: str, *, reason: str, by: Actor, at: datetime) -> ChannelSwitch:
    """Let nothing leave by the channel until it is resumed. Raises NotAllowed, ReasonNeeded, IllegalTransition if it is paused."""
    changes = {"reason": reason.strip()[:200], "changed_by": str(by.name)[:200], "changed_at": at}
    return transition(
        _locked(channel, by, at), SwitchState.PAUSED, by=by, at=at, event=events.channel_paused, reason=reason, facts={"channel": channel}, changes=changes
    )


@transaction.atomic
def resume(channel: str, *, by: Actor, at: datetime) -> ChannelSwitch:
    """Let what is due leave again; what came too late meanwhile expires. Raises NotAllowed, IllegalTransition if it is not paused."""
    changes = {"reason": "", "changed_by": str(by.name)[:200], "changed_at": at}
    return transition(_locked(channel, by, at), SwitchState.ON, by=by, at=at, event=events.channel_resumed, facts={"channel": channel}, changes=changes)


def _locked(channel: str, by: Actor, at: datetime) -> ChannelSwitch:
    if not access.may_read_deliveries(by):
        raise NotAllowed
    if channel not in PAUSABLE:
        raise Refusal(code="not_pausable")
    ChannelSwitch.objects.get_or_create(channel=channel, defaults={"created_at": at, "updated_at": at})
    row: ChannelSwitch = ChannelSwitch.objects.select_for_update().get(channel=channel)
    return row
