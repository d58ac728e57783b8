"""Broadcast, ChannelSwitch, Resending."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate, Event, state_trigger
from incubator.sending import states
from incubator.sending.querysets import BroadcastQuerySet, ResendingQuerySet


class Broadcast(Aggregate):
    """One act that tells many. Its id is that of the act: the event's, or the batch's that several events share.

    With an `event`, workers write its deliveries in chunks and note here how far they are; without one the row only
    says that the act exists, and whether somebody stopped it.
    """

    machine = states.BROADCAST

    event = models.OneToOneField(Event, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(
        _("state"), max_length=8, choices=states.BroadcastState.choices, default=states.BroadcastState.RUNNING, db_default="running", editable=False
    )
    total = models.PositiveIntegerField(default=0, help_text=_("Messages expected when it began."))
    written = models.PositiveIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=0, help_text=_("The entry of the event's list of whom to tell that is being written."))
    after = models.UUIDField(null=True, help_text=_("The last person of that entry who was written."))
    rung_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, help_text=_("When the last delivery was written."))
    stopped_by = models.CharField(max_length=200, blank=True)
    stopped_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    is_swept = models.BooleanField(default=False, help_text=_("Stopped, and nothing of it waits any more."))

    objects: ClassVar[BroadcastQuerySet] = BroadcastQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("broadcast")
        indexes = [models.Index(fields=["rung_at"], name="sending_broadcast_open", condition=Q(finished_at__isnull=True) | Q(status="stopped", is_swept=False))]
        triggers = [state_trigger(states.BROADCAST)]

    def __str__(self) -> str:
        return str(self.pk)


class ChannelSwitch(Aggregate):
    """Whether messages may leave by a channel. No row: they may. Workers leave what is due of a paused one due."""

    machine = states.SWITCH

    channel = models.CharField(_("channel"), max_length=8, unique=True, help_text="email or webhook")
    status = models.CharField(_("state"), max_length=8, choices=states.SwitchState.choices, default=states.SwitchState.ON, editable=False)
    reason = models.CharField(max_length=200, blank=True)
    changed_by = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("channel")
        triggers = [state_trigger(states.SWITCH)]

    def __str__(self) -> str:
        return self.channel


class Resending(models.Model):
    """Many messages that staff send again: exactly those that were counted when they were asked, and how far that is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deliveries = ArrayField(models.UUIDField())
    done = models.PositiveIntegerField(default=0)
    restarted = models.PositiveIntegerField(default=0, help_text=_("The others had been sent again, or had become useless, meanwhile."))
    begun_by = models.CharField(max_length=200)
    begun_by_user_id = models.UUIDField(null=True)
    begun_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[ResendingQuerySet] = ResendingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["rung_at"], name="sending_resending_open", condition=Q(finished_at__isnull=True))]

    def __str__(self) -> str:
        return str(self.pk)
