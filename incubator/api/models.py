"""IdempotencyKey, RequestRecord, RequestHour, Operation."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.api import states
from incubator.api.querysets import OperationQuerySet, RequestQuerySet
from incubator.files.models import StoredFile
from incubator.lib.ids import uuid7
from incubator.lib.machine import Machine
from incubator.outbox.models import state_trigger


class IdempotencyKey(models.Model):
    """A request that has taken effect. Written in the same transaction as its effect; kept 24 hours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of method, path and body."))
    resource_id = models.UUIDField(null=True, help_text=_("What the request made or changed; shown again to a replay."))
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="api_idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="api_idempotency_key_created")]

    def __str__(self) -> str:
        return self.key


class RequestRecord(models.Model):
    """An answered request of a partner's system, for its own people: seven days. A log and not the audit: it may have holes.

    No query, no body, no secret; the path holds ids only, for an address that is not ours answers before it is logged.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    key_id = models.CharField(max_length=100, help_text=_("The public part of the credential."))
    method = models.CharField(_("method"), max_length=7)
    path = models.CharField(_("path"), max_length=200)
    status = models.PositiveSmallIntegerField(_("status"))
    milliseconds = models.PositiveIntegerField(_("took"))
    request_id = models.CharField(_("request id"), max_length=64)
    at = models.DateTimeField(_("at"))

    objects: ClassVar[RequestQuerySet] = RequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-at", "-id"], name="api_request_organisation"),
            models.Index(fields=["organisation", "-at", "-id"], condition=models.Q(status__gte=400), name="api_request_failed"),
            models.Index(fields=["at"], name="api_request_at"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class RequestHour(models.Model):
    """What one credential asked in one hour, added up while the log is written, so that nothing is counted to show it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    key_id = models.CharField(max_length=100)
    hour = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0, help_text=_("Answers from 400 on, without the refused."))
    refused = models.PositiveIntegerField(default=0, help_text=_("Answers 429."))
    milliseconds = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[RequestQuerySet] = RequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "hour", "key_id"], name="api_request_hour_once")]
        indexes = [models.Index(fields=["hour"], name="api_request_hour")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.hour:%Y-%m-%d %H}: {self.requests}"


class Operation(models.Model):
    """Work that takes longer than an answer may: an export of startups. Due until a sweep has done it, by lease and token.

    `shown` keeps of each startup in the file the level and whether it was in stealth: a fetch compares.
    """

    class Format(models.TextChoices):
        CSV = "csv", _("CSV, for any program")
        XLSX = "xlsx", _("XLSX, for Excel and its kin")
        JSON_LINES = "jsonl", _("JSON Lines, for systems")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", help_text=_("Nobody where a system asked."))
    format = models.CharField(_("format"), max_length=5, choices=Format.choices)
    state = models.CharField(_("state"), max_length=9, choices=states.OperationState.choices, default=states.OperationState.PENDING)
    problem = models.CharField(max_length=40, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    rows = models.PositiveIntegerField(null=True, help_text=_("In all, once it is known."))
    rows_written = models.PositiveIntegerField(default=0)
    shown = models.JSONField(default=dict)
    claims = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects: ClassVar[OperationQuerySet] = OperationQuerySet.as_manager()  # type: ignore[assignment]
    machine: ClassVar[Machine] = states.OPERATION

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], condition=models.Q(state__in=("pending", "running")), name="api_operation_due"),
            models.Index(fields=["expires_at"], condition=models.Q(state="succeeded"), name="api_operation_over"),
            models.Index(fields=["finished_at"], condition=models.Q(state__in=("failed", "cancelled", "expired")), name="api_operation_old"),
            models.Index(fields=["organisation", "-created_at", "-id"], name="api_operation_organisation"),
        ]
        triggers = [state_trigger(states.OPERATION)]

    def __str__(self) -> str:
        return f"{self.format} {self.state}"

    def state_at(self, at: datetime) -> str:
        """Its hour ends by the clock, whenever the bytes are taken away."""
        is_over = self.state == states.OperationState.SUCCEEDED and self.expires_at is not None and self.expires_at <= at
        return states.OperationState.EXPIRED if is_over else self.state

    def is_open(self) -> bool:
        return self.state in (states.OperationState.PENDING, states.OperationState.RUNNING)
