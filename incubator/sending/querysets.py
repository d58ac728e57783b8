"""Which acts, and which messages sent again."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from incubator.lib.actor import Actor
from incubator.sending.states import STEERERS


def may_steer(actor: Actor) -> bool:
    """Officers, managers and administrators of the park, and the system."""
    return actor.kind == "system" or (actor.organisation_kind == "park" and bool(actor.roles & set(STEERERS)))


class BroadcastQuerySet(models.QuerySet["Broadcast"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> BroadcastQuerySet:
        return self if may_steer(actor) else self.none()

    def open(self) -> BroadcastQuerySet:
        """With something left for the workers: rows to write, or to take back."""
        return self.filter(Q(finished_at__isnull=True) | Q(status="stopped", is_swept=False))

    def stopped(self, *acts: UUID | None) -> BroadcastQuerySet:
        """Those of the acts that somebody stopped."""
        return self.filter(pk__in={act for act in acts if act is not None}, status="stopped")


class ResendingQuerySet(models.QuerySet["Resending"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> ResendingQuerySet:
        return self if may_steer(actor) else self.none()
