"""The way of a delivery and of a webhook endpoint.

A delivery has no history in the outbox: its attempts are its history, its lease and token its lock. Its table still
feeds the labels and the database trigger.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class DeliveryState(TextChoices):
    PENDING = "pending", _("Due")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Bounced")
    DEAD = "dead", _("Dead")
    EXPIRED = "expired", _("Expired")
    SUPPRESSED = "suppressed", _("Suppressed")
    HELD = "held", _("Waiting for the digest")
    DIGESTED = "digested", _("In a digest")


D = DeliveryState
# What a person may send again by hand, and what ended without reaching anybody.
RESENDABLE = frozenset({D.FAILED, D.BOUNCED, D.DEAD})

DELIVERY = Machine(
    DeliveryState,
    edges(D.PENDING, D.SENDING, "claim", "system"),
    edges(D.SENDING, D.PENDING, "give_back", "system"),
    edges((D.PENDING, D.SENDING), D.DEAD, "bury", "system"),
    edges(D.SENDING, D.SENT, "finish", "system"),
    edges(D.SENDING, D.FAILED, "give_up", "system"),
    edges(D.SENDING, D.BOUNCED, "bounce", "system"),
    edges((D.PENDING, D.SENDING), D.EXPIRED, "expire", "system"),
    edges((D.PENDING, D.SENDING, D.HELD), D.SUPPRESSED, "suppress", "system"),
    edges(D.SENDING, D.HELD, "hold", "system"),
    edges(D.HELD, D.DIGESTED, "digest", "system"),
    edges(D.HELD, D.PENDING, "release", "system"),
    edges((D.FAILED, D.BOUNCED, D.DEAD), D.PENDING, "send_again", "officer", "manager", "admin"),
    edges(D.SENT, D.PENDING, "redeliver", "partner", "investor", "officer", "manager", "admin"),
    families={
        D.PENDING: Family.UNDER_WAY,
        D.SENDING: Family.UNDER_WAY,
        D.SENT: Family.GOOD,
        D.FAILED: Family.BAD,
        D.BOUNCED: Family.BAD,
        D.DEAD: Family.BAD,
        D.EXPIRED: Family.REST,
        D.SUPPRESSED: Family.REST,
        D.HELD: Family.WAITING,
        D.DIGESTED: Family.GOOD,
    },
    field="state",
)


class EndpointState(TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    DISABLED = "disabled", _("Switched off")
    REMOVED = "removed", _("Removed")


N = EndpointState
OWNERS = ("partner", "investor", "partnership", "admin")

ENDPOINT = Machine(
    EndpointState,
    edges(N.ACTIVE, N.PAUSED, "pause", *OWNERS),
    edges((N.PAUSED, N.DISABLED), N.ACTIVE, "resume", *OWNERS),
    edges((N.ACTIVE, N.PAUSED), N.DISABLED, "disable", "system", needs_reason=True),
    edges((N.ACTIVE, N.PAUSED, N.DISABLED), N.REMOVED, "remove", *OWNERS),
    families={
        N.ACTIVE: Family.GOOD,
        N.PAUSED: Family.REST,
        N.DISABLED: Family.BAD,
        N.REMOVED: Family.REST,
    },
)
