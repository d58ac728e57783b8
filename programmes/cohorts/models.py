"""Cohort, Offer, CohortMembership."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Aggregate, state_trigger
from incubator.startups.models import Startup
from programmes.applications.models import Application
from programmes.catalogue.models import Intake
from programmes.cohorts import states
from programmes.cohorts.querysets import CohortMembershipQuerySet, OfferQuerySet


class Cohort(Aggregate):
    """The group admitted by one intake; its row is locked to hand out seats."""

    intake = models.OneToOneField(Intake, on_delete=models.PROTECT, related_name="cohort")
    title = models.CharField(_("title"), max_length=120)
    seats = models.PositiveSmallIntegerField(_("seats"))
    starts_on = models.DateField(_("starts on"))

    class Meta:
        verbose_name = _("cohort")

    def __str__(self) -> str:
        return self.title


class Offer(Aggregate):
    """A place offered to an applicant. Its time to answer counts from the release; the date decides, not a job."""

    machine = states.OFFER

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="offer")
    terms = models.TextField(_("terms"), max_length=8000)
    expires_at = models.DateTimeField(_("answer by"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    signed_name = models.CharField(_("signed by"), max_length=120, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    signed_from = models.GenericIPAddressField(null=True)
    terms_sha256 = models.CharField(max_length=64, blank=True)
    decline_reason = models.CharField(_("reason"), max_length=500, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=states.OfferState.choices, default=states.OfferState.PREPARED)

    objects: ClassVar[OfferQuerySet] = OfferQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("offer")
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(status="open"), name="cohorts_offer_expiring")]
        triggers = [state_trigger(states.OFFER)]

    def __str__(self) -> str:
        return str(self.application_id)

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.application.startup.organisation_id,)


class CohortMembership(Aggregate):
    """A startup's place in a cohort. Active once the agreement, identity, induction and bank details are in."""

    machine = states.MEMBERSHIP

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="memberships")
    startup = models.ForeignKey(Startup, on_delete=models.PROTECT, related_name="memberships")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="membership")
    agreement_signed_on = models.DateField(_("agreement signed"), null=True, blank=True)
    identity_checked_on = models.DateField(_("identity checked"), null=True, blank=True)
    induction_on = models.DateField(_("induction"), null=True, blank=True)
    bank_details_on = models.DateField(_("bank details received"), null=True, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    status = models.CharField(_("state"), max_length=12, choices=states.MembershipState.choices, default=states.MembershipState.ONBOARDING)

    objects: ClassVar[CohortMembershipQuerySet] = CohortMembershipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("membership of a cohort")
        constraints = [models.UniqueConstraint(fields=["cohort", "startup"], name="cohorts_membership_once")]
        triggers = [state_trigger(states.MEMBERSHIP)]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.cohort_id}"

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.startup.organisation_id,)
