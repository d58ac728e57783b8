"""Which interests; who may see them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from incubator.accounts.querysets import for_staff
from incubator.lib.actor import Actor
from investments.investors.access import may_look

if TYPE_CHECKING:
    from investments.interests.models import Interest


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, actor: Actor) -> InterestQuerySet:
        """The park's investment people see all; an investor its own; a founder those that asked for the startup.

        Watching is the investor's own business. Programme officers see none: roles are kept apart.
        """
        if actor.kind == "system" or may_look(actor):
            return for_staff(self, actor)
        if actor.organisation_id is None:
            return self.none()
        if actor.organisation_kind in ("partner", "investor"):
            return self.filter(organisation_id=actor.organisation_id)
        if actor.organisation_kind == "startup":
            return self.filter(round__startup__organisation_id=actor.organisation_id, asked_at__isnull=False)
        return self.none()

    def to_follow_up(self, today: date) -> InterestQuerySet:
        """Those the clock has to look at: an answer is overdue, or the round has ended under them."""
        overdue = Q(status="consent_pending", answer_due_on__lt=today)
        called_off = Q(status__in=("watching", "consent_pending"), round__status="cancelled")
        over = Q(status="watching") & (Q(round__status="closed") | Q(round__closes_on__lt=today))
        return self.filter(overdue | called_off | over).order_by("answer_due_on", "pk")

    def locked(self, pk: UUID) -> Interest:
        return self.select_for_update(of=("self",)).select_related("organisation", "round__startup__organisation").get(pk=pk)
