"""Which programmes and intakes; who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from programmes.catalogue.models import Intake, Programme

LISTED = ("published", "paused")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, actor: Actor) -> ProgrammeQuerySet:
        """Everybody sees what is published; staff see all."""
        return self if is_staff(actor) else self.filter(status__in=LISTED)

    def locked(self, pk: UUID) -> Programme:
        return self.select_for_update().get(pk=pk)


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, actor: Actor) -> IntakeQuerySet:
        """Everybody sees the calls of published programmes from the day they are scheduled; staff see all."""
        if is_staff(actor):
            return self
        return self.filter(programme__status__in=LISTED).exclude(status__in=("draft", "cancelled"))

    def accepting(self, at: datetime) -> IntakeQuerySet:
        """Those that take applications now, by date."""
        return self.filter(status__in=("scheduled", "open"), opens_at__lte=at, closes_at__gt=at, programme__status="published")

    def locked(self, pk: UUID) -> Intake:
        return self.select_for_update(of=("self",)).select_related("programme").get(pk=pk)
