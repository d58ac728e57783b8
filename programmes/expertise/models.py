"""Offering, SupportRequest, Session, and the code that a request was given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate, state_trigger
from incubator.startups.models import Disclosure, Startup
from programmes.expertise import states
from programmes.expertise.capacity import amount_in_words
from programmes.expertise.querysets import OfferingQuerySet, SessionQuerySet, SupportRequestQuerySet


class Offering(Aggregate):
    """What a partner gives to startups: so many hours, or so many codes, a month."""

    class Kind(models.TextChoices):
        ADVICE = "advisory_hours", _("Advisory hours")
        TRAINING = "training", _("Training")
        ACCESS = "sandbox_access", _("Sandbox or API access")
        CREDITS = "credits", _("Cloud credits")
        REVIEW = "security_review", _("Security review")

    class Serves(models.TextChoices):
        INCUBATEES = "incubatees", _("Incubatees")
        PARK_COMPANIES = "park_companies", _("Park companies")
        BOTH = "both", _("Incubatees and park companies")

    # Given as a code instead of in sessions.
    CODED = (Kind.ACCESS, Kind.CREDITS)

    machine = states.OFFERING

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    area = models.SlugField(_("area"), max_length=40)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.ADVICE)
    serves = models.CharField(_("for"), max_length=16, choices=Serves.choices, default=Serves.BOTH)
    capacity = models.PositiveSmallIntegerField(_("capacity a month"), validators=[MinValueValidator(1), MaxValueValidator(1000)])
    lead_days = models.PositiveSmallIntegerField(_("lead time in days"), default=5, validators=[MaxValueValidator(180)])
    focus_areas = ArrayField(models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("focus areas"))
    stages = ArrayField(models.CharField(max_length=12, choices=Startup.Stage.choices), default=list, blank=True, verbose_name=_("stages"))
    description = models.TextField(_("description"), max_length=4000)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    status = models.CharField(_("state"), max_length=20, choices=states.OfferingState.choices, default=states.OfferingState.DRAFT)

    objects: ClassVar[OfferingQuerySet] = OfferingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("offering")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1, capacity__lte=1000),
                name="expertise_offering_capacity",
                violation_error_message=_("Give a capacity from 1 to 1000 a month."),
            )
        ]
        indexes = [
            models.Index(fields=["status", "-published_at", "-id"], name="expertise_offering_catalogue"),
            models.Index(fields=["organisation", "-created_at", "-id"], name="expertise_offering_own"),
        ]
        triggers = [state_trigger(states.OFFERING)]

    def __str__(self) -> str:
        return self.title

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)

    @property
    def is_coded(self) -> bool:
        return self.kind in self.CODED

    @property
    def capacity_in_words(self) -> str:
        return amount_in_words(self.capacity, coded=self.is_coded)


class SupportRequest(Aggregate):
    """A startup asks for what a partner offers. The park looks at it first; the partner reads the park's `brief`."""

    class Confidentiality(models.TextChoices):
        OPEN = "open", _("Open: it may be told of as an example, without names")
        CONFIDENTIAL = "confidential", _("Confidential: for those who work on it only")

    machine = states.REQUEST

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="requests")
    startup = models.ForeignKey(Startup, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    need = models.TextField(_("what you need help with"), max_length=3000)
    brief = models.TextField(_("the need, as the partner reads it"), max_length=3000, blank=True)
    outcome = models.TextField(_("what should come of it"), max_length=1000)
    amount = models.PositiveSmallIntegerField(_("hours"), default=1, validators=[MinValueValidator(1), MaxValueValidator(200)])
    wished_from = models.DateField(_("not before"), null=True, blank=True)
    wished_until = models.DateField(_("not after"), null=True, blank=True)
    confidentiality = models.CharField(_("confidentiality"), max_length=16, choices=Confidentiality.choices, default=Confidentiality.CONFIDENTIAL)
    level = models.PositiveSmallIntegerField(_("shown to the partner"), choices=Disclosure.Level.choices, default=Disclosure.Level.SUMMARY)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    triage_due_on = models.DateField(_("the park answers by"), null=True, editable=False)
    late_at = models.DateTimeField(null=True, editable=False)
    offered_at = models.DateTimeField(_("offered to the partner"), null=True, editable=False)
    answer_due_on = models.DateField(_("the partner answers by"), null=True, editable=False)
    escalated_at = models.DateTimeField(null=True, editable=False)
    counts_in = models.DateField(_("month whose capacity it takes"), null=True, editable=False)
    alternative = models.TextField(_("what helps instead"), max_length=1000, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, editable=False)
    result = models.TextField(_("what was delivered"), max_length=2000, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, editable=False)
    rating_words = models.TextField(_("what the startup says"), max_length=1000, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    status = models.CharField(_("state"), max_length=20, choices=states.RequestState.choices, default=states.RequestState.DRAFT)

    objects: ClassVar[SupportRequestQuerySet] = SupportRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("support request")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=1, amount__lte=200), name="expertise_request_amount", violation_error_message=_("Ask for 1 to 200 hours.")
            ),
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__gte=1, rating__lte=5),
                name="expertise_request_rating",
                violation_error_message=_("Rate from 1 to 5."),
            ),
            models.CheckConstraint(
                condition=models.Q(wished_from__isnull=True) | models.Q(wished_until__isnull=True) | models.Q(wished_until__gte=models.F("wished_from")),
                name="expertise_request_dates",
                violation_error_message=_("The last day cannot come before the first."),
            ),
        ]
        indexes = [
            models.Index(fields=["offering", "counts_in"], include=["amount"], name="expertise_request_capacity"),
            models.Index(fields=["startup", "-created_at", "-id"], name="expertise_request_startup"),
            models.Index(fields=["-sent_at", "-id"], name="expertise_request_sent"),
            models.Index(fields=["offering", "-offered_at", "-id"], name="expertise_request_offered"),
        ]
        triggers = [state_trigger(states.REQUEST)]

    def __str__(self) -> str:
        return f"{self.startup_id} {self.offering_id}"

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.startup.organisation_id, self.offering.organisation_id)

    @property
    def amount_in_words(self) -> str:
        return amount_in_words(self.amount, coded=self.offering.is_coded)

    @property
    def is_named(self) -> bool:
        """Whether the partner knows who asks: it learns that with its acceptance, however much the startup shows elsewhere."""
        return self.counts_in is not None

    @property
    def brief_for_partner(self) -> str:
        """What was taken back or ran out is no longer the partner's to read."""
        return "" if self.status in (states.RequestState.WITHDRAWN, states.RequestState.EXPIRED) else self.brief


class Session(Aggregate):
    """One meeting for a request. Its hours count once, when the startup has closed the request."""

    machine = states.SESSION

    request = models.ForeignKey(SupportRequest, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60, validators=[MinValueValidator(15), MaxValueValidator(600)])
    place = models.CharField(_("where"), max_length=300)
    people = models.CharField(_("who"), max_length=200)
    hours = models.DecimalField(_("hours held"), max_digits=5, decimal_places=2, null=True, blank=True)
    note = models.TextField(_("what was done"), max_length=1000, blank=True)
    reminded_at = models.DateTimeField(null=True, editable=False)
    missed_at = models.DateTimeField(null=True, editable=False)
    status = models.CharField(_("state"), max_length=12, choices=states.SessionState.choices, default=states.SessionState.PLANNED)

    objects: ClassVar[SessionQuerySet] = SessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("session")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="held", hours__isnull=False, hours__gt=0) | (~models.Q(status="held") & models.Q(hours__isnull=True)),
                name="expertise_session_hours",
                violation_error_message=_("A session that was held has hours; no other has."),
            )
        ]
        indexes = [
            models.Index(fields=["request", "starts_at", "id"], name="expertise_session_request"),
            models.Index(fields=["starts_at"], condition=models.Q(status="planned"), name="expertise_session_planned"),
        ]
        triggers = [state_trigger(states.SESSION)]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return self.request.organisation_ids()


class AccessCode(models.Model):
    """The code that a request was given: a voucher, a licence, an account. Sealed; it is shown to founders one by one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.OneToOneField(SupportRequest, on_delete=models.PROTECT, related_name="code")
    sealed = models.TextField(editable=False)
    note = models.CharField(_("how to use it"), max_length=500, blank=True)
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("access code")

    def __str__(self) -> str:
        return str(self.request_id)
