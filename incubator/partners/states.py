"""A partner's way from prospect to the end, and an agreement's."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class PartnerState(TextChoices):
    PROSPECT = "prospect", _("Prospect")
    EXPLORING = "exploring", _("Exploring")
    NEGOTIATING = "negotiating", _("Negotiating")
    ACTIVE = "active", _("Active")
    DORMANT = "dormant", _("Dormant")
    ENDED = "ended", _("Ended")


S = PartnerState
PARTNER = Machine(
    PartnerState,
    edges(S.PROSPECT, S.EXPLORING, "explore", "partnership"),
    edges((S.PROSPECT, S.EXPLORING, S.DORMANT), S.NEGOTIATING, "negotiate", "partnership"),
    edges((S.NEGOTIATING, S.DORMANT), S.ACTIVE, "activate", "partnership", "system"),
    edges(S.ACTIVE, S.DORMANT, "rest", "partnership", "system", needs_reason=True),
    edges((S.PROSPECT, S.EXPLORING, S.NEGOTIATING, S.ACTIVE, S.DORMANT), S.ENDED, "end", "partnership", needs_reason=True),
    families={
        S.PROSPECT: Family.REST,
        S.EXPLORING: Family.UNDER_WAY,
        S.NEGOTIATING: Family.UNDER_WAY,
        S.ACTIVE: Family.GOOD,
        S.DORMANT: Family.REST,
        S.ENDED: Family.BAD,
    },
)


class AgreementState(TextChoices):
    DRAFT = "draft", _("Draft")
    NEGOTIATION = "negotiation", _("In negotiation")
    PENDING_SIGNATURE = "pending_signature", _("Waiting for signatures")
    ACTIVE = "active", _("Active")
    RENEWED = "renewed", _("Renewed")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")


A = AgreementState
AGREEMENT = Machine(
    AgreementState,
    edges(A.DRAFT, A.NEGOTIATION, "negotiate", "partnership"),
    edges((A.DRAFT, A.NEGOTIATION), A.PENDING_SIGNATURE, "send_for_signature", "partnership"),
    edges(A.PENDING_SIGNATURE, A.NEGOTIATION, "reopen", "partnership", needs_reason=True),
    edges(A.PENDING_SIGNATURE, A.ACTIVE, "sign", "partnership", "partner"),
    edges(A.ACTIVE, A.RENEWED, "renew", "system"),
    edges(A.ACTIVE, A.EXPIRED, "expire", "system"),
    edges(A.ACTIVE, A.TERMINATED, "terminate", "manager", needs_reason=True),
    families={
        A.DRAFT: Family.REST,
        A.NEGOTIATION: Family.UNDER_WAY,
        A.PENDING_SIGNATURE: Family.WAITING,
        A.ACTIVE: Family.GOOD,
        A.RENEWED: Family.GOOD,
        A.EXPIRED: Family.REST,
        A.TERMINATED: Family.BAD,
    },
)


class CommitmentState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    IN_PROGRESS = "in_progress", _("In progress")
    DELIVERED = "delivered", _("Delivered")
    ACCEPTED = "accepted", _("Accepted")
    DISPUTED = "disputed", _("Disputed")
    DEFERRED = "deferred", _("Deferred")
    CANCELLED = "cancelled", _("Cancelled")


C = CommitmentState
# Roles here are parts, whoever plays them: the side that owes is the owner, the one that is owed the other, and
# either is a party. What needs both sides is taken by the second of them.
COMMITMENT = Machine(
    CommitmentState,
    edges(C.PROPOSED, C.AGREED, "agree", "party"),
    edges(C.AGREED, C.IN_PROGRESS, "start", "owner"),
    edges(C.IN_PROGRESS, C.DELIVERED, "deliver", "owner"),
    edges(C.DELIVERED, C.ACCEPTED, "accept", "other"),
    edges(C.DELIVERED, C.DISPUTED, "dispute", "other", needs_reason=True),
    edges(C.DISPUTED, C.IN_PROGRESS, "resume", "owner"),
    edges((C.AGREED, C.IN_PROGRESS), C.DEFERRED, "defer", "party", needs_reason=True),
    edges((C.AGREED, C.IN_PROGRESS), C.CANCELLED, "cancel", "party", needs_reason=True),
    families={
        C.PROPOSED: Family.WAITING,
        C.AGREED: Family.UNDER_WAY,
        C.IN_PROGRESS: Family.UNDER_WAY,
        C.DELIVERED: Family.WAITING,
        C.ACCEPTED: Family.GOOD,
        C.DISPUTED: Family.BAD,
        C.DEFERRED: Family.REST,
        C.CANCELLED: Family.REST,
    },
)
# Promised and not yet delivered: what can be late.
OWED = (C.AGREED, C.IN_PROGRESS, C.DISPUTED)
