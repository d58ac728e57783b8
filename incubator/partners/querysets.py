"""Which partners and agreements; who may see them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from incubator.accounts.models import Organisation
from incubator.accounts.querysets import for_staff
from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from incubator.partners.models import Agreement, Partner


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, actor: Actor) -> PartnerQuerySet:
        if is_staff(actor):
            return for_staff(self, actor)
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def active(self) -> PartnerQuerySet:
        """Those the park works with now, by name: everybody may know them."""
        return self.filter(status="active", organisation__is_sandbox=False).select_related("organisation").order_by("organisation__name", "pk")

    def locked(self, pk: UUID) -> Partner:
        return self.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        if is_staff(actor):
            return for_staff(self, actor, "partner__organisation")
        if not actor.organisation_id:
            return self.none()
        return self.filter(partner__organisation_id=actor.organisation_id).exclude(status__in=("draft", "negotiation"))

    def over(self, today: date) -> AgreementQuerySet:
        """Still called active although the last day is over."""
        return self.filter(status="active", ends_on__lt=today)

    def ending_by(self, today: date, day: date) -> AgreementQuerySet:
        return self.filter(status="active", ends_on__gte=today, ends_on__lte=day)

    def locked(self, pk: UUID) -> Agreement:
        return self.select_for_update(of=("self",)).select_related("partner__organisation").get(pk=pk)


def webhook_hosts(organisation_id: UUID) -> list[str]:
    """The hosts an organisation's webhooks may go to; none for one that is no partner. settings.WEBHOOK_HOSTS names this.

    Test webhooks go where the real ones may.
    """
    from incubator.partners.models import Partner

    itself = Q(organisation_id=organisation_id, organisation__is_sandbox=False)
    tried_out_by = Organisation.objects.filter(pk=organisation_id).values("sandbox_of")
    found = Partner.objects.filter(itself | Q(organisation__in=tried_out_by)).values_list("webhook_domains", flat=True).first()
    return list(found or ())
