"""Which offers and memberships; who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from programmes.cohorts.models import CohortMembership, Offer


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, actor: Actor) -> OfferQuerySet:
        """Staff see all; a founder the own one, once the decision is released."""
        if is_staff(actor):
            return self
        if actor.organisation_kind != "startup" or actor.organisation_id is None:
            return self.none()
        return self.filter(application__startup__organisation_id=actor.organisation_id).exclude(status="prepared")

    def expired(self, at: datetime) -> OfferQuerySet:
        return self.filter(status="open", expires_at__lte=at)

    def locked(self, pk: UUID) -> Offer:
        return self.select_for_update(of=("self",)).select_related("application__startup", "application__intake__programme").get(pk=pk)


class CohortMembershipQuerySet(models.QuerySet["CohortMembership"]):
    def visible_to(self, actor: Actor) -> CohortMembershipQuerySet:
        if is_staff(actor):
            return self
        if actor.organisation_kind != "startup" or actor.organisation_id is None:
            return self.none()
        return self.filter(startup__organisation_id=actor.organisation_id)

    def locked(self, pk: UUID) -> CohortMembership:
        return self.select_for_update(of=("self",)).select_related("startup", "cohort__intake").get(pk=pk)
