"""Partner and Agreement."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.files.models import StoredFile
from incubator.outbox.models import Aggregate, state_trigger
from incubator.partners import states
from incubator.partners.querysets import AgreementQuerySet, PartnerQuerySet


class Partner(Aggregate):
    """A company the park works with: one-to-one with its organisation."""

    machine = states.PARTNER

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="partner")
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    website = models.URLField(_("website"), blank=True)
    expertise_areas = ArrayField(models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("areas of expertise"))
    webhook_domains = ArrayField(
        models.CharField(max_length=253),
        default=list,
        blank=True,
        verbose_name=_("approved webhook domains"),
        help_text=_("Webhooks go only to these hosts and their subdomains."),
    )
    status = models.CharField(_("state"), max_length=12, choices=states.PartnerState.choices, default=states.PartnerState.PROSPECT)

    objects: ClassVar[PartnerQuerySet] = PartnerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("partner")
        triggers = [state_trigger(states.PARTNER)]

    def __str__(self) -> str:
        return self.organisation.name

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)


class Agreement(Aggregate):
    """A memorandum of understanding. While one is active, the partner's people and keys have access."""

    machine = states.AGREEMENT

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    reference = models.CharField(_("reference"), max_length=24, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=4000, blank=True)
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    signed_by_park_at = models.DateTimeField(_("signed by the park"), null=True, editable=False)
    signed_by_park_name = models.CharField(_("signatory of the park"), max_length=120, blank=True, editable=False)
    signed_by_partner_at = models.DateTimeField(_("signed by the partner"), null=True, editable=False)
    signed_by_partner_name = models.CharField(_("signatory of the partner"), max_length=120, blank=True, editable=False)
    terminated_on = models.DateField(_("terminated on"), null=True, blank=True, editable=False)
    status = models.CharField(_("state"), max_length=20, choices=states.AgreementState.choices, default=states.AgreementState.DRAFT)

    objects: ClassVar[AgreementQuerySet] = AgreementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("agreement")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="partners_agreement_dates",
                violation_error_message=_("The end must come after the start."),
            ),
            models.UniqueConstraint(
                fields=["partner"],
                condition=models.Q(status="active"),
                name="partners_agreement_one_active",
                violation_error_message=_("This partner has an active agreement already."),
            ),
        ]
        triggers = [state_trigger(states.AGREEMENT)]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def signed_at(self, side: str) -> datetime | None:
        """When this side («park» or «partner») signed."""
        return self.signed_by_park_at if side == "park" else self.signed_by_partner_at

    def days_left(self, today: date) -> int:
        return (self.ends_on - today).days

    def is_expiring(self, today: date) -> bool:
        """Active, and over within ninety days."""
        return self.status == states.AgreementState.ACTIVE and 0 <= self.days_left(today) <= 90

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.partner.organisation_id,)
