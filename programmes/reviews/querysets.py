"""Which assignments; who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from programmes.reviews.models import Assignment


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, actor: Actor) -> AssignmentQuerySet:
        """Staff see all but those of startups they are tied to; a reviewer their own, likewise."""
        if actor.kind == "system":
            return self
        if actor.organisation_kind != "park":
            return self.none()
        from programmes.applications.models import Application

        rows = self.filter(application__in=Application.objects.all().without_conflict(actor))
        return rows if is_staff(actor) else rows.filter(reviewer_id=actor.user_id)

    def locked(self, pk: UUID) -> Assignment:
        return self.select_for_update(of=("self",)).select_related("application__intake").get(pk=pk)
