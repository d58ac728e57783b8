"""IdempotencyKey."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
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
