"""Interest, Introduction."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate, state_trigger
from investments.interests import states
from investments.interests.querysets import InterestQuerySet
from investments.rounds.models import Round
from investments.rounds.states import RoundState


class Interest(Aggregate):
    """An organisation's interest in a round: non-binding, one per organisation and round."""

    class Part(models.TextChoices):
        LEAD = "lead", _("Lead")
        FOLLOW = "follow", _("Follow")

    class PassReason(models.TextChoices):
        STAGE = "stage", _("Too early or too late for us")
        FOCUS = "focus", _("Outside our focus")
        TERMS = "terms", _("The terms do not fit")
        CAPACITY = "capacity", _("No capacity now")
        CONFLICT = "conflict", _("Conflicts with a holding of ours")
        OTHER = "other", _("Another reason")

    machine = states.INTEREST

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="interests")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    amount_min = models.DecimalField(_("from"), max_digits=14, decimal_places=2, null=True, blank=True)
    amount_max = models.DecimalField(_("to"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="HKD")
    part = models.CharField(_("role"), max_length=8, choices=Part.choices, blank=True)
    note = models.TextField(_("note to the founder"), max_length=2000, blank=True)
    asked_at = models.DateTimeField(_("founder asked"), null=True)
    answer_due_on = models.DateField(_("answer due"), null=True)
    reminded_at = models.DateTimeField(_("founder reminded"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True)
    pass_reason = models.CharField(_("reason for passing"), max_length=12, choices=PassReason.choices, blank=True)
    answer_note = models.TextField(_("founder's answer"), max_length=2000, blank=True)
    status = models.CharField(_("state"), max_length=20, choices=states.InterestState.choices, default=states.InterestState.WATCHING)

    objects: ClassVar[InterestQuerySet] = InterestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("investment interest")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organisation"],
                name="interests_interest_once",
                violation_error_message=_("Your organisation has declared an interest in this round already."),
            ),
            models.CheckConstraint(
                condition=models.Q(status="watching")
                | models.Q(status__in=["passed", "withdrawn", "lapsed"])
                | models.Q(amount_min__gt=0, amount_max__gte=models.F("amount_min")),
                name="interests_interest_amounts",
                violation_error_message=_("Give an amount above 0, and an upper end not below the lower."),
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="interests_interest_org"),
            models.Index(fields=["status", "-created_at", "-id"], name="interests_interest_status"),
        ]
        triggers = [state_trigger(states.INTEREST)]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.round_id}"

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id, self.round.startup.organisation_id)

    def is_moot(self, day: date) -> bool:
        """Whether its round has ended under it: a watched one is over, an asked one was cancelled."""
        if self.status == states.InterestState.WATCHING:
            return self.round.status in (RoundState.CLOSED, RoundState.CANCELLED) or self.round.closes_on < day
        return self.status == states.InterestState.CONSENT_PENDING and self.round.status == RoundState.CANCELLED

    def roles_of(self, actor: Actor) -> AbstractSet[str]:
        """Whoever acts for the interested organisation does so as `investor`; founders as founders of the startup."""
        if actor.organisation_id is not None and actor.organisation_id == self.organisation_id:
            return frozenset({"investor"})
        return super().roles_of(actor)


class Introduction(models.Model):
    """Names and contact data exchanged after the founder's consent: the one place where they are shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    interest = models.OneToOneField(Interest, on_delete=models.PROTECT, related_name="introduction")
    founder_name = models.CharField(_("founder"), max_length=120)
    founder_email = models.EmailField(_("founder's e-mail address"))
    investor_name = models.CharField(_("investor's contact"), max_length=120)
    investor_email = models.EmailField(_("investor's e-mail address"))
    introduced_at = models.DateTimeField(_("introduced"))

    def __str__(self) -> str:
        return f"{self.founder_name}, {self.investor_name}"

    @property
    def organisation_ids(self) -> tuple[UUID, UUID]:
        return (self.interest.organisation_id, self.interest.round.startup.organisation_id)
