"""Which requests; who may see them."""

from __future__ import annotations

from typing import Any

from django.db import models

from incubator.lib.actor import Actor


class RequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> RequestQuerySet:
        """An organisation's own people see its own; nobody else sees any."""
        if actor.organisation_kind in ("partner", "investor") and actor.organisation_id:
            return self.filter(organisation_id=actor.organisation_id)
        return self.none()
