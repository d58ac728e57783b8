"""IdempotencyKey, RequestRecord, RequestHour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.api.querysets import RequestQuerySet
from incubator.lib.ids import uuid7


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
