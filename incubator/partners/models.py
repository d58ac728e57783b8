"""Partner and Agreement; the commitments of an agreement, and the ledger of what was done for them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.files.models import StoredFile
from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate, state_trigger
from incubator.partners import states
from incubator.partners.querysets import AgreementQuerySet, CommitmentQuerySet, ContributionQuerySet, PartnerQuerySet


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


class Workstream(models.Model):
    """A strand of an agreement under which its commitments stand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="workstreams")
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("workstream")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "name"], name="partners_workstream_once", violation_error_message=_("There is a workstream of this name already.")
            )
        ]

    def __str__(self) -> str:
        return self.name


class Side(models.TextChoices):
    PARK = "park", _("The park")
    PARTNER = "partner", _("The partner")


class Commitment(Aggregate):
    """What one side owes the other by a day: a number to reach. How much is done is the sum of its contributions."""

    class Kind(models.TextChoices):
        EXPERTISE = "expertise", _("Expertise")
        FACILITY = "facility", _("Facilities")
        CASE_STUDY = "case_study", _("Case studies")
        INVESTMENT = "investment", _("Investment")
        PROGRAMME = "programme", _("Programmes")
        EVENT = "event", _("Events")
        PLATFORM = "platform", _("Innovation platform")

    class Unit(models.TextChoices):
        HOURS = "hours", _("hours")
        PROOFS = "proofs_of_concept", _("proofs of concept")
        CASE_STUDIES = "case_studies", _("case studies")
        INTRODUCTIONS = "introductions", _("introductions")
        PROGRAMMES = "programmes", _("programmes")
        CHALLENGES = "challenges", _("challenges")
        EVENTS = "events", _("events")

    class Ask(models.TextChoices):
        DEFER = "defer", _("to defer it")
        CANCEL = "cancel", _("to cancel it")

    machine = states.COMMITMENT

    workstream = models.ForeignKey(Workstream, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("workstream"))
    side = models.CharField(_("who owes it"), max_length=8, choices=Side.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("what is promised"), max_length=200)
    target = models.DecimalField(_("number to reach"), max_digits=9, decimal_places=2)
    unit = models.CharField(_("counted in"), max_length=20, choices=Unit.choices)
    starts_on = models.DateField(_("from"))
    due_on = models.DateField(_("due on"))
    proposed_by = models.CharField(_("proposed by"), max_length=8, choices=Side.choices, editable=False)
    asked = models.CharField(_("one side asks"), max_length=8, choices=Ask.choices, blank=True, editable=False)
    asked_by = models.CharField(max_length=8, choices=Side.choices, blank=True, editable=False)
    asked_reason = models.TextField(max_length=1000, blank=True, editable=False)
    evidence = models.TextField(_("evidence of delivery"), max_length=2000, blank=True, editable=False)
    evidence_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    reminded_at = models.DateTimeField(null=True, editable=False)
    status = models.CharField(_("state"), max_length=12, choices=states.CommitmentState.choices, default=states.CommitmentState.PROPOSED)

    objects: ClassVar[CommitmentQuerySet] = CommitmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("commitment")
        constraints = [
            models.CheckConstraint(condition=models.Q(target__gt=0), name="partners_commitment_target", violation_error_message=_("Give a number above 0.")),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("starts_on")),
                name="partners_commitment_dates",
                violation_error_message=_("It cannot be due before it begins."),
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on", "id"], name="partners_commitment_due")]
        triggers = [state_trigger(states.COMMITMENT)]

    def __str__(self) -> str:
        return self.title

    @property
    def agreement(self) -> Agreement:
        return self.workstream.agreement

    @property
    def is_overdue(self) -> bool:
        """Not delivered although its day is over."""
        return self.status in states.OWED and self.due_on < today()

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.agreement.partner.organisation_id,)

    def side_of(self, actor: Actor) -> str:
        """The side this actor speaks for; empty for anybody else."""
        roles = super().roles_of(actor)
        if actor.organisation_kind == "park":
            return Side.PARK if "partnership" in roles else ""
        return Side.PARTNER if "partner" in roles else ""

    def roles_of(self, actor: Actor) -> AbstractSet[str]:
        """The parts of the machine: `party`, and `owner` of what is owed or the `other`."""
        if actor.kind == "system":
            return super().roles_of(actor)
        side = self.side_of(actor)
        return frozenset({"party", "owner" if side == self.side else "other"}) if side else frozenset()


class Contribution(models.Model):
    """One entry of the ledger: so much was done for a commitment, and where one sees it. Append-only.

    `evidence_label` and `evidence_id` name the thing that counts, once; without one, the words and the file tell.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="contributions")
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=2)
    happened_on = models.DateField(_("on"))
    words = models.CharField(_("what was done"), max_length=300)
    evidence_label = models.CharField(max_length=80, blank=True, help_text="app_label.model")
    evidence_id = models.UUIDField(null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField()

    objects: ClassVar[ContributionQuerySet] = ContributionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("contribution")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="partners_contribution_amount", violation_error_message=_("Give a number above 0.")),
            models.UniqueConstraint(
                fields=["evidence_label", "evidence_id"], condition=models.Q(evidence_id__isnull=False), name="partners_contribution_counts_once"
            ),
        ]
        indexes = [models.Index(fields=["commitment", "-happened_on", "-id"], include=["amount"], name="partners_contribution_ledger")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.amount} {self.words}"
