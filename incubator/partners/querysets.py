"""Which partners and agreements; who may see them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from incubator.accounts.models import Organisation
from incubator.accounts.querysets import for_staff
from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor

if TYPE_CHECKING:
    from incubator.partners.models import Agreement, Commitment, Partner

# What a partner does not see yet: the text may still change.
HIDDEN_AGREEMENTS = ("draft", "negotiation")


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
        return self.filter(partner__organisation_id=actor.organisation_id).exclude(status__in=HIDDEN_AGREEMENTS)

    def over(self, today: date) -> AgreementQuerySet:
        """Still called active although the last day is over."""
        return self.filter(status="active", ends_on__lt=today)

    def ending_by(self, today: date, day: date) -> AgreementQuerySet:
        return self.filter(status="active", ends_on__gte=today, ends_on__lte=day)

    def locked(self, pk: UUID) -> Agreement:
        return self.select_for_update(of=("self",)).select_related("partner__organisation").get(pk=pk)


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, actor: Actor) -> CommitmentQuerySet:
        """Staff see all; a partner those of the agreements it may read."""
        if is_staff(actor):
            return for_staff(self, actor, "workstream__agreement__partner__organisation")
        if not actor.organisation_id:
            return self.none()
        return self.out_of_drafting().filter(workstream__agreement__partner__organisation_id=actor.organisation_id)

    def out_of_drafting(self) -> CommitmentQuerySet:
        """Those whose agreement the partner may read."""
        return self.exclude(workstream__agreement__status__in=HIDDEN_AGREEMENTS)

    def with_actual(self) -> CommitmentQuerySet:
        """Annotates `actual`: the sum of the contributions. It is stored nowhere."""
        ledger = apps.get_model("partners", "Contribution")._default_manager
        total = ledger.filter(commitment=OuterRef("pk")).order_by().values("commitment").annotate(total=Sum("amount")).values("total")
        return self.annotate(actual=Coalesce(Subquery(total), Value(Decimal(0)), output_field=models.DecimalField(max_digits=11, decimal_places=2)))

    def of(self, agreement: Agreement) -> CommitmentQuerySet:
        """Those of one agreement, as they stand on its page: by workstream, then by day."""
        rows = self.filter(workstream__agreement=agreement).select_related("workstream__agreement__partner__organisation")
        return rows.order_by("workstream__name", "due_on", "pk")

    def counting(self, organisation_id: UUID, kind: str, unit: str, day: date) -> CommitmentQuerySet:
        """Running commitments for which such a thing counts on this day, the earliest due first."""
        return self.filter(
            workstream__agreement__partner__organisation_id=organisation_id,
            workstream__agreement__status="active",
            status__in=("agreed", "in_progress"),
            kind=kind,
            unit=unit,
            starts_on__lte=day,
            due_on__gte=day,
        ).order_by("due_on", "pk")

    def overdue(self, today: date) -> CommitmentQuerySet:
        """Owed under an active agreement although the day is over."""
        return self.filter(status__in=("agreed", "in_progress", "disputed"), due_on__lt=today, workstream__agreement__status="active")

    def locked(self, pk: UUID) -> Commitment:
        return self.select_for_update(of=("self",)).select_related("workstream__agreement__partner__organisation").get(pk=pk)


class ContributionQuerySet(models.QuerySet["Contribution"]):  # type: ignore[name-defined]
    def visible_to(self, actor: Actor) -> ContributionQuerySet:
        """With the commitment they belong to."""
        commitments = apps.get_model("partners", "Commitment")._default_manager
        return self.filter(commitment__in=commitments.visible_to(actor))


def webhook_hosts(organisation_id: UUID) -> list[str]:
    """The hosts an organisation's webhooks may go to; none for one that is no partner. settings.WEBHOOK_HOSTS names this.

    Test webhooks go where the real ones may.
    """
    from incubator.partners.models import Partner

    itself = Q(organisation_id=organisation_id, organisation__is_sandbox=False)
    tried_out_by = Organisation.objects.filter(pk=organisation_id).values("sandbox_of")
    found = Partner.objects.filter(itself | Q(organisation__in=tried_out_by)).values_list("webhook_domains", flat=True).first()
    return list(found or ())
