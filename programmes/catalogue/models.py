"""Programme, Intake, EligibilityRule, Rubric, Criterion."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate, state_trigger
from programmes.catalogue import states
from programmes.catalogue.querysets import IntakeQuerySet, ProgrammeQuerySet, RubricQuerySet
from programmes.forms.models import FormVersion


class Programme(Aggregate):
    """A standing scheme of the park. Long texts are Markdown."""

    machine = states.PROGRAMME

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    tagline = models.CharField(_("one line"), max_length=200)
    description = models.TextField(_("what it is"), max_length=6000)
    who_may_apply = models.TextField(_("who may apply"), max_length=4000)
    what_you_get = models.TextField(_("what one gets"), max_length=4000)
    how_it_is_judged = models.TextField(_("how it is judged"), max_length=4000, blank=True)
    focus_areas = ArrayField(models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("focus areas"))
    duration_months = models.PositiveSmallIntegerField(_("duration in months"))
    grant_amount = models.DecimalField(_("grant up to"), max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="HKD")
    is_exclusive = models.BooleanField(_("exclusive"), default=True, help_text=_("A startup may be in one exclusive programme at a time."))
    partner = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "partner", "is_sandbox": False},
        verbose_name=_("run with"),
    )
    is_sandbox = models.BooleanField(_("invented, for sandboxes"), default=False, editable=False)
    status = models.CharField(_("state"), max_length=12, choices=states.ProgrammeState.choices, default=states.ProgrammeState.DRAFT)

    objects: ClassVar[ProgrammeQuerySet] = ProgrammeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("programme")
        triggers = [state_trigger(states.PROGRAMME)]

    def __str__(self) -> str:
        return self.title


class Rubric(Aggregate):
    """What reviewers score, with weights that add up to 100. Frozen with the intake."""

    name = models.CharField(_("name"), max_length=120)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    frozen_at = models.DateTimeField(_("frozen"), null=True, editable=False)

    objects: ClassVar[RubricQuerySet] = RubricQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("rubric")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "number"],
                name="catalogue_rubric_number",
                violation_error_message=_("This rubric has a version with that number already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Criterion(models.Model):
    """One line of a rubric. `anchors` says what each score from 1 to 5 means: `{"1": "…", "3": "…", "5": "…"}`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=120)
    description = models.CharField(_("what to look at"), max_length=600, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight in per cent"), validators=[MinValueValidator(1), MaxValueValidator(100)])
    anchors = models.JSONField(_("what each score means"), default=dict)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        indexes = [models.Index(fields=["rubric", "position", "id"], name="catalogue_criterion_order")]

    def __str__(self) -> str:
        return self.title


class Intake(Aggregate):
    """One call for applications: a dated window with its form, its rules and its rubric."""

    machine = states.INTAKE

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="intakes", limit_choices_to={"is_sandbox": False})
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    reference_prefix = models.CharField(_("start of reference numbers"), max_length=12, help_text=_("Applications are numbered FIN26A-0001 and so on."))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    decision_on = models.DateField(_("applicants hear by"))
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, null=True, related_name="+")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, null=True, related_name="+")
    seats = models.PositiveSmallIntegerField(_("seats in the cohort"), default=12)
    reviews_per_application = models.PositiveSmallIntegerField(_("reviews per application"), default=3)
    reviewer_capacity = models.PositiveSmallIntegerField(_("applications per reviewer"), default=20)
    review_due_on = models.DateField(_("reviews due"), null=True, blank=True)
    is_blind = models.BooleanField(_("hide founders' names from reviewers"), default=False)
    shows_feedback = models.BooleanField(_("send feedback with rejections"), default=True)
    offer_valid_days = models.PositiveSmallIntegerField(_("days to accept an offer"), default=14)
    last_reference = models.PositiveIntegerField(default=0, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, editable=False)
    release_batch = models.UUIDField(null=True, editable=False)
    status = models.CharField(_("state"), max_length=16, choices=states.IntakeState.choices, default=states.IntakeState.DRAFT)

    objects: ClassVar[IntakeQuerySet] = IntakeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("intake")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="catalogue_intake_window",
                violation_error_message=_("The call must close after it opens."),
            )
        ]
        indexes = [models.Index(fields=["status", "closes_at"], name="catalogue_intake_open")]
        triggers = [state_trigger(states.INTAKE)]

    def __str__(self) -> str:
        return self.title

    def is_accepting(self, at: datetime) -> bool:
        """Whether applications may be sent now. The dates decide; the recorded state may come late."""
        live = self.status in (states.IntakeState.SCHEDULED, states.IntakeState.OPEN)
        return live and self.opens_at <= at < self.closes_at

    @property
    def is_released(self) -> bool:
        return self.released_at is not None


class EligibilityRule(models.Model):
    """A hard rule, checked by machine against the answer to one question: `operator` and `value` as data.

    Operators: `eq`, `in`, `lte`, `gte`, `gt`, `is_true`, `months_lte` (age of a date), and over table rows
    `count_gte`, `share_gte`, `sum_gt`, `sum_gte` (with `column` and, for shares and counts, a yes/no column).
    """

    class Operator(models.TextChoices):
        EQ = "eq", _("is")
        IN = "in", _("is one of")
        LTE = "lte", _("is at most")
        GTE = "gte", _("is at least")
        GT = "gt", _("is more than")
        IS_TRUE = "is_true", _("is confirmed")
        MONTHS_LTE = "months_lte", _("is at most so many months ago")
        COUNT_GTE = "count_gte", _("has at least so many rows where the column is yes")
        SHARE_GTE = "share_gte", _("has at least this share of rows where the column is yes")
        SUM_GT = "sum_gt", _("adds up in the column to more than")
        SUM_GTE = "sum_gte", _("adds up in the column to at least")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("rule in words"), max_length=200)
    question_key = models.SlugField(_("question"), max_length=40)
    operator = models.CharField(_("operator"), max_length=12, choices=Operator.choices)
    column = models.SlugField(_("column"), max_length=40, blank=True)
    value = models.JSONField(_("value"), null=True, blank=True)
    needs_judgement = models.BooleanField(_("needs a second officer"), default=False, help_text=_("A refusal by this rule is confirmed by another officer."))

    class Meta:
        verbose_name = _("eligibility rule")
        indexes = [models.Index(fields=["intake", "position", "id"], name="catalogue_rule_order")]

    def __str__(self) -> str:
        return self.title
