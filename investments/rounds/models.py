"""Round."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Aggregate, state_trigger
from incubator.startups.models import Disclosure, Startup
from investments.rounds import states
from investments.rounds.querysets import RoundQuerySet


class Round(Aggregate):
    """A startup raises money. Listed only to verified investors of the audience the founder consented to."""

    class Instrument(models.TextChoices):
        EQUITY = "equity", _("Equity")
        SAFE = "safe", _("SAFE")
        NOTE = "note", _("Convertible note")

    class Audience(models.TextChoices):
        PARTNERS = "partners", _("Partners who invest")
        INVESTORS = "investors", _("All verified investors")

    machine = states.ROUND

    startup = models.ForeignKey(Startup, on_delete=models.PROTECT, related_name="rounds")
    title = models.CharField(_("title"), max_length=80)
    instrument = models.CharField(_("instrument"), max_length=8, choices=Instrument.choices)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=2)
    minimum_ticket = models.DecimalField(_("smallest ticket"), max_digits=14, decimal_places=2)
    valuation_cap = models.DecimalField(_("valuation or cap"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="HKD")
    has_lead = models.BooleanField(_("a lead investor is known"), default=False)
    use_of_funds = models.TextField(_("use of funds"), max_length=3000)
    audience = models.CharField(_("audience"), max_length=12, choices=Audience.choices, default=Audience.PARTNERS)
    level = models.PositiveSmallIntegerField(_("shown to them"), choices=Disclosure.Level.choices, default=Disclosure.Level.SUMMARY)
    closes_on = models.DateField(_("closes on"))
    consented_at = models.DateTimeField(_("consented"), null=True, editable=False, help_text=_("When a founder agreed to exactly this audience and level."))
    listed_at = models.DateTimeField(_("listed"), null=True)
    status = models.CharField(_("state"), max_length=16, choices=states.RoundState.choices, default=states.RoundState.DRAFT)

    objects: ClassVar[RoundQuerySet] = RoundQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("round")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minimum_ticket__gt=0) & models.Q(target__gte=models.F("minimum_ticket")),
                name="rounds_round_amounts",
                violation_error_message=_("The target must be at least one smallest ticket, and that more than 0."),
            ),
            models.UniqueConstraint(
                fields=["startup"],
                condition=models.Q(status__in=["under_review", "listed", "paused"]),
                name="rounds_round_one_live",
                violation_error_message=_("Your startup has a live round already."),
            ),
        ]
        indexes = [models.Index(fields=["status", "-listed_at", "-id"], name="rounds_round_listed")]
        triggers = [state_trigger(states.ROUND)]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.status == states.RoundState.DRAFT

    def is_open(self, day: date) -> bool:
        """Whether interests can be declared on this day; the date decides, not the job that records the closing."""
        return self.status == states.RoundState.LISTED and self.closes_on >= day

    def audience_kinds(self) -> tuple[str, ...]:
        """The kinds of organisations it is listed to."""
        return ("partner", "investor") if self.audience == self.Audience.INVESTORS else ("partner",)

    def disclosed_audiences(self) -> tuple[str, ...]:
        """The audiences that see the startup while the round is listed."""
        both = (Disclosure.Audience.PARTNERS, Disclosure.Audience.INVESTORS)
        return tuple(str(one) for one in (both if self.audience == self.Audience.INVESTORS else both[:1]))

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.startup.organisation_id,)
