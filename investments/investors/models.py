"""InvestorProfile."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.files.models import StoredFile
from incubator.outbox.models import Aggregate, state_trigger
from investments.investors import states
from investments.investors.querysets import InvestorQuerySet


class InvestorProfile(Aggregate):
    """An organisation as an investor: a partner company or an investor of its own. Verified for twelve months."""

    class Kind(models.TextChoices):
        CORPORATE = "corporate", _("Corporate investor")
        FUND = "fund", _("Venture fund")
        ANGEL = "angel", _("Angel")
        FAMILY_OFFICE = "family_office", _("Family office")

    class Ground(models.TextChoices):
        """Why the person counts as professional (Hong Kong: Securities and Futures (Professional Investor) Rules)."""

        PORTFOLIO = "portfolio", _("Portfolio of HK$8 million or more")
        ASSETS = "assets", _("Total assets of HK$40 million or more")
        LICENSED = "licensed", _("Licensed institution")

    machine = states.INVESTOR

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="investor_profile")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    ground = models.CharField(_("professional investor because of"), max_length=12, choices=Ground.choices)
    statement = models.TextField(_("how you meet it"), max_length=2000, blank=True, help_text=_("What you can show: accounts, licence number, certificate."))
    evidence_note = models.TextField(_("evidence seen"), max_length=2000, blank=True)
    evidence = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    focus_areas = ArrayField(models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("focus areas"))
    ticket_min = models.DecimalField(_("smallest ticket"), max_digits=14, decimal_places=2, null=True, blank=True)
    ticket_max = models.DecimalField(_("largest ticket"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="HKD")
    verified_until = models.DateField(_("verified until"), null=True, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=states.InvestorState.choices, default=states.InvestorState.PENDING)

    objects: ClassVar[InvestorQuerySet] = InvestorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("investor profile")
        triggers = [state_trigger(states.INVESTOR)]

    def __str__(self) -> str:
        return self.organisation.name

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)

    def is_verified(self, day: date) -> bool:
        """Whether offers may be shown to it on this day; the date decides, not the job that records the expiry."""
        return self.status == states.InvestorState.VERIFIED and self.verified_until is not None and self.verified_until >= day
