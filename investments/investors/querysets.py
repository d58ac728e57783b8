"""Which investor profiles; who may see them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from incubator.accounts.querysets import for_staff
from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from investments.investors.models import InvestorProfile


class InvestorQuerySet(models.QuerySet["InvestorProfile"]):
    def verified(self, day: date) -> InvestorQuerySet:
        return self.filter(status="verified", verified_until__gte=day)

    def visible_to(self, actor: Actor) -> InvestorQuerySet:
        if is_staff(actor):
            return for_staff(self, actor)
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def locked(self, pk: UUID) -> InvestorProfile:
        return self.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)
