"""Which interests; who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from investments.interests.models import Interest

INVESTMENT_STAFF = frozenset({"invest", "manager", "admin", "partnership"})


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, actor: Actor) -> InterestQuerySet:
        """The park's investment people see all; an investor its own; a founder those that asked for the startup.

        Watching is the investor's own business. Programme officers see none: roles are kept apart.
        """
        if actor.kind == "system" or (actor.organisation_kind == "park" and actor.roles & INVESTMENT_STAFF):
            return self
        if actor.organisation_id is None:
            return self.none()
        if actor.organisation_kind in ("partner", "investor"):
            return self.filter(organisation_id=actor.organisation_id)
        if actor.organisation_kind == "startup":
            return self.filter(round__startup__organisation_id=actor.organisation_id, asked_at__isnull=False)
        return self.none()

    def locked(self, pk: UUID) -> Interest:
        return self.select_for_update(of=("self",)).select_related("organisation", "round__startup__organisation").get(pk=pk)
