"""Membership of a cohort, and the offers that lead to it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class OfferState(TextChoices):
    PREPARED = "prepared", _("Prepared")
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")
    CANCELLED = "cancelled", _("Cancelled")


O = OfferState  # noqa: E741 - reads as the table's letter
OFFER = Machine(
    OfferState,
    edges(O.PREPARED, O.OPEN, "release", "manager", "system"),
    edges(O.OPEN, O.ACCEPTED, "accept", "founder"),
    edges(O.OPEN, O.DECLINED, "decline", "founder"),
    edges(O.OPEN, O.LAPSED, "lapse", "system"),
    edges((O.PREPARED, O.OPEN), O.CANCELLED, "cancel", "manager", "founder", "system"),
    families={
        O.PREPARED: Family.REST,
        O.OPEN: Family.WAITING,
        O.ACCEPTED: Family.GOOD,
        O.DECLINED: Family.REST,
        O.LAPSED: Family.REST,
        O.CANCELLED: Family.REST,
    },
)


class MembershipState(TextChoices):
    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    DEFERRED = "deferred", _("Deferred")
    CANCELLED = "cancelled", _("Cancelled")


M = MembershipState
MEMBERSHIP = Machine(
    MembershipState,
    edges((M.ONBOARDING, M.DEFERRED), M.ACTIVE, "activate", "officer", "manager"),
    edges(M.ONBOARDING, M.DEFERRED, "defer", "manager", needs_reason=True),
    edges((M.ONBOARDING, M.DEFERRED), M.CANCELLED, "cancel", "manager", needs_reason=True),
    families={
        M.ONBOARDING: Family.UNDER_WAY,
        M.ACTIVE: Family.GOOD,
        M.DEFERRED: Family.WAITING,
        M.CANCELLED: Family.BAD,
    },
)
