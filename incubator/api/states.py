"""The way of a long job. It has no history in the outbox: its row says all, and lease and token are its lock."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class OperationState(TextChoices):
    PENDING = "pending", _("Waiting")
    RUNNING = "running", _("Being written")
    SUCCEEDED = "succeeded", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


O = OperationState  # noqa: E741 - short for the table
OPERATION = Machine(
    OperationState,
    edges(O.PENDING, O.RUNNING, "claim", "system"),
    edges(O.RUNNING, O.SUCCEEDED, "finish", "system"),
    edges((O.PENDING, O.RUNNING), O.FAILED, "give_up", "system"),
    edges((O.PENDING, O.RUNNING), O.CANCELLED, "cancel", "partner", "investor"),
    edges(O.SUCCEEDED, O.EXPIRED, "expire", "system"),
    field="state",
    families={
        O.PENDING: Family.WAITING,
        O.RUNNING: Family.UNDER_WAY,
        O.SUCCEEDED: Family.GOOD,
        O.FAILED: Family.BAD,
        O.CANCELLED: Family.REST,
        O.EXPIRED: Family.REST,
    },
)
