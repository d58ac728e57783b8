"""Assignment, Review, Score, Conflict, Determination."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate, state_trigger
from programmes.applications.models import Application
from programmes.catalogue.models import Criterion
from programmes.reviews import states
from programmes.reviews.querysets import AssignmentQuerySet


class Assignment(Aggregate):
    """One reviewer asked to read one application."""

    machine = states.ASSIGNMENT

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="assignments")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due"))
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    declared_free_at = models.DateTimeField(_("declared free of conflicts"), null=True)
    status = models.CharField(_("state"), max_length=16, choices=states.AssignmentState.choices, default=states.AssignmentState.ASSIGNED)

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("assignment")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reviewer"],
                name="reviews_assignment_once",
                violation_error_message=_("This reviewer has been asked about this application already."),
            )
        ]
        indexes = [
            models.Index(fields=["reviewer", "status", "due_on", "id"], name="reviews_assignment_queue"),
            models.Index(fields=["application"], condition=models.Q(status="coi_declared"), name="reviews_assignment_conflict"),
        ]
        triggers = [state_trigger(states.ASSIGNMENT)]

    def __str__(self) -> str:
        return f"{self.application_id} {self.reviewer_id}"

    def roles_of(self, actor: Actor) -> AbstractSet[str]:
        """Only the reviewer asked acts as `reviewer`; nobody else's review is theirs to write."""
        roles = super().roles_of(actor)
        return roles if actor.user_id == self.reviewer_id else roles - {"reviewer"}


class Review(models.Model):
    """What a reviewer thinks. `score` is the weighted mean, computed when the review is sent."""

    class Recommendation(models.TextChoices):
        YES = "yes", _("Yes")
        MAYBE = "maybe", _("Maybe")
        NO = "no", _("No")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="review")
    recommendation = models.CharField(_("recommendation"), max_length=8, choices=Recommendation.choices, blank=True)
    strengths = models.TextField(_("strengths"), max_length=4000, blank=True)
    weaknesses = models.TextField(_("weaknesses"), max_length=4000, blank=True)
    private_note = models.TextField(_("note to the panel"), max_length=4000, blank=True)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=2, null=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(_("saved"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)

    class Meta:
        verbose_name = _("review")

    def __str__(self) -> str:
        return str(self.score if self.score is not None else "–")


class Score(models.Model):
    """A score from 1 to 5 on one criterion; empty with `is_not_applicable` where it does not apply."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(_("score"), null=True, validators=[MinValueValidator(1), MaxValueValidator(5)])
    is_not_applicable = models.BooleanField(_("not applicable"), default=False)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="reviews_score_once"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=1, value__lte=5, is_not_applicable=False),
                name="reviews_score_range",
                violation_error_message=_("A score runs from 1 to 5, or is marked as not applicable."),
            ),
        ]

    def __str__(self) -> str:
        return "n/a" if self.is_not_applicable else str(self.value)


class Conflict(models.Model):
    """A conflict of interest between a person and an application, as declared or found. Kept for good."""

    class Source(models.TextChoices):
        DECLARED = "declared", _("Declared by the reviewer")
        COMPUTED = "computed", _("Found from records")
        STAFF = "staff", _("Entered by staff")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    reason = models.CharField(_("reason"), max_length=500)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "user"], name="reviews_conflict_once")]

    def __str__(self) -> str:
        return self.reason


class Determination(Aggregate):
    """The institution's decision on an application, with one author and reasons. A draft until it is released.

    `score_snapshot` is `{"mean", "spread", "count", "reviews": [{"score", "recommendation"}]}` at the time.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Offer a place")
        CONDITIONAL = "conditional", _("Offer with conditions")
        WAITLIST = "waitlist", _("Waiting list")
        REJECTED = "rejected", _("Reject")

    class ReasonCode(models.TextChoices):
        TEAM = "team", _("Team")
        TECHNOLOGY = "technology", _("Technology and innovation")
        MARKET = "market", _("Market")
        BUSINESS_MODEL = "business_model", _("Business model")
        FIT = "fit", _("Fit with the programme")
        STAGE = "stage", _("Too early or too late for this programme")
        CAPACITY = "capacity", _("More good applications than seats")

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="determination")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    reason_code = models.CharField(_("main reason"), max_length=16, choices=ReasonCode.choices)
    reasons = models.TextField(_("reasons for the record"), max_length=4000)
    feedback = models.TextField(_("feedback for the applicant"), max_length=4000, blank=True)
    conditions = ArrayField(models.CharField(max_length=300), default=list, blank=True, verbose_name=_("conditions"))
    conditions_met_at = models.DateTimeField(_("conditions met"), null=True)
    rank = models.PositiveSmallIntegerField(_("place on the waiting list"), null=True, blank=True)
    letter_subject = models.CharField(_("subject of the letter"), max_length=150, blank=True)
    letter_body = models.TextField(_("letter"), max_length=6000, blank=True)
    score_snapshot = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"))
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta:
        verbose_name = _("determination")

    def __str__(self) -> str:
        return self.get_outcome_display()
