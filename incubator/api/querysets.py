"""Which requests and which long jobs: due, under way, over; and whose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from incubator.lib.actor import Actor


class RequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> RequestQuerySet:
        """An organisation's own people see its own; nobody else sees any."""
        if actor.organisation_kind in ("partner", "investor") and actor.organisation_id:
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()


class OperationQuerySet(models.QuerySet["Operation"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> OperationQuerySet:
        """The organisation's own, whoever of it asked."""
        if actor.organisation_kind in ("partner", "investor") and actor.organisation_id:
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()

    def unfinished(self) -> OperationQuerySet:
        return self.filter(state__in=("pending", "running"))

    def due(self, at: datetime, claims: int) -> OperationQuerySet:
        """Never begun, or left by a worker whose lease ran out."""
        return self._free(at).filter(claims__lt=claims)

    def worn_out(self, at: datetime, claims: int) -> OperationQuerySet:
        """Begun so often without an end that trying again helps nobody."""
        return self._free(at).filter(claims__gte=claims)

    def _free(self, at: datetime) -> OperationQuerySet:
        return self.unfinished().filter(Q(state="pending") | Q(lease_until__lt=at))

    def past_their_time(self, at: datetime) -> OperationQuerySet:
        return self.filter(state="succeeded", expires_at__lte=at)

    def ended_before(self, at: datetime) -> OperationQuerySet:
        return self.filter(state__in=("failed", "cancelled", "expired"), finished_at__lt=at)
