"""Application, InfoRequest, Finding, Reader."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.lib.ids import uuid7
from incubator.lib.machine import Words
from incubator.outbox.models import Aggregate, state_trigger
from incubator.startups.models import Startup
from programmes.applications import states
from programmes.applications.querysets import ApplicationQuerySet
from programmes.catalogue.models import EligibilityRule, Intake
from programmes.forms.models import AnswerSet, Revision


class Application(Aggregate):
    """A startup's application to one intake.

    `eligibility` holds the last evaluation of the intake's rules: `[{"rule", "title", "passed", "found", …}]`.
    """

    machine = states.APPLICATION

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="applications")
    startup = models.ForeignKey(Startup, on_delete=models.PROTECT, related_name="applications")
    answer_set = models.OneToOneField(AnswerSet, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("frozen answers"))
    reference = models.CharField(_("reference"), max_length=24, unique=True, null=True)  # noqa: DJ001 - unique once given
    extended_until = models.DateTimeField(_("extended until"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("sent in"), null=True)
    screening_started_at = models.DateTimeField(null=True)
    waited_on_applicant = models.DurationField(default=timedelta, help_text=_("Time the clock stood still for the applicant."))
    eligibility = models.JSONField(_("eligibility"), default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(_("state"), max_length=24, choices=states.Status.choices, default=states.Status.DRAFT)

    objects: ClassVar[ApplicationQuerySet] = ApplicationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("application")
        constraints = [
            models.UniqueConstraint(
                fields=["startup", "intake"],
                condition=~models.Q(status__in=sorted(states.TERMINAL - {states.Status.ACCEPTED})),
                name="applications_one_live",
                violation_error_message=_("Your startup has an application to this call already."),
            )
        ]
        indexes = [
            models.Index(fields=["intake", "status", "-submitted_at", "-id"], name="applications_intake_status"),
            models.Index(fields=["status", "-submitted_at", "-id"], name="applications_status"),
            models.Index(fields=["-submitted_at", "-id"], name="applications_submitted"),
            models.Index(fields=["startup", "-created_at"], name="applications_startup"),
        ]
        triggers = [state_trigger(states.APPLICATION)]

    def __str__(self) -> str:
        return self.reference or str(_("Draft application"))

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.startup.organisation_id,)

    def closes_at(self) -> datetime:
        """The deadline for this applicant: the intake's, or the extension if that is later. Needs `intake`."""
        return max(self.intake.closes_at, self.extended_until or self.intake.closes_at)

    def is_editable(self, at: datetime) -> bool:
        """Whether answers may be changed now: a draft before its deadline, or a request for information."""
        if self.status == states.Status.DRAFT:
            live = self.intake.status in ("scheduled", "open") or self.extended_until is not None
            return live and self.intake.opens_at <= at < self.closes_at()
        return self.status == states.Status.INFO_REQUESTED

    @property
    def outside_status(self) -> str:
        """The state as the applicant may know it. Needs `intake` loaded."""
        return states.outside_state(self.status, released=self.intake.is_released)

    def state_label(self, audience: str = "staff") -> Words:
        return self.machine.label(self.status if audience == "staff" else self.outside_status, audience)


class InfoRequest(models.Model):
    """What staff want to know before they go on. `asks` is a list of texts; answers go into the application."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="info_requests")
    asks = models.JSONField(_("what is asked"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    due_on = models.DateField(_("due"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer_note = models.TextField(_("answer"), max_length=4000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application"], condition=models.Q(answered_at__isnull=True), name="applications_one_open_request")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"


class Finding(models.Model):
    """An officer's finding that an application fails a rule. Where the rule needs judgement another officer confirms it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="findings")
    rule = models.ForeignKey(EligibilityRule, on_delete=models.PROTECT, related_name="+", verbose_name=_("rule"))
    reason = models.TextField(_("reason"), max_length=2000)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application"], condition=models.Q(closed_at__isnull=True), name="applications_one_open_finding")]

    def __str__(self) -> str:
        return self.reason


class Reader(models.Model):
    """Who outside the staff may read an application, or is barred from it. Written by reviews, read here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_barred = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "user"], name="applications_reader_once")]
        indexes = [models.Index(fields=["user", "application"], name="applications_reader_user")]

    def __str__(self) -> str:
        return f"{self.user_id}"
