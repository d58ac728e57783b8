"""Which rounds; who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from incubator.accounts.querysets import for_staff
from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.lib.statements import Slot, instances
from incubator.startups.models import Startup

if TYPE_CHECKING:
    from investments.rounds.models import Round


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, actor: Actor) -> RoundQuerySet:
        """Staff see all; a startup its own; partners and investors those listed to them by startups they may see."""
        if is_staff(actor):
            return for_staff(self, actor, "startup__organisation")
        if actor.organisation_id is None:
            return self.none()
        if actor.organisation_kind == "startup":
            return self.filter(startup__organisation_id=actor.organisation_id)
        if actor.organisation_kind not in ("partner", "investor"):
            return self.none()
        audience = Q(audience="investors")
        if actor.organisation_kind == "partner":
            audience |= Q(audience="partners")
        return self.filter(audience, status="listed", closes_on__gte=today(), startup__in=Startup.objects.visible_to(actor))

    def under_way(self) -> RoundQuerySet:
        """Sent to the park, listed or paused: one per startup at most."""
        return self.filter(status__in=("under_review", "listed", "paused"))

    def locked(self, pk: UUID) -> Round:
        """The row, locked, with its startup. One statement; for the plain manager, since it starts from all rows."""

        def build() -> RoundQuerySet:
            rows: RoundQuerySet = self.model._default_manager.select_for_update(of=("self",)).select_related("startup")
            return rows.defer("startup__search").filter(pk=Slot("pk", models.UUIDField()))

        found: Round = instances("rounds.locked", build).one({"pk": pk})
        return found
