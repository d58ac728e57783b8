"""Which announcements; who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from incubator.announcements.states import AUTHORS
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from incubator.announcements.models import Announcement


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def visible_to(self, actor: Actor) -> AnnouncementQuerySet:
        """Those who write them see all; who was told one reads it by way of the notice."""
        if actor.kind == "system" or (actor.organisation_kind == "park" and actor.roles & frozenset(AUTHORS)):
            return self
        return self.none()

    def kept(self) -> AnnouncementQuerySet:
        return self.exclude(status="discarded")

    def due(self, at: datetime) -> AnnouncementQuerySet:
        return self.filter(status="scheduled", send_at__lte=at)

    def locked(self, pk: UUID) -> Announcement:
        return self.select_for_update().get(pk=pk)
