"""A funding round: drafted by the founder, looked at by the park, listed to its audience."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class RoundState(TextChoices):
    DRAFT = "draft", _("Draft")
    UNDER_REVIEW = "under_review", _("With the park")
    LISTED = "listed", _("Listed")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


S = RoundState
ROUND = Machine(
    RoundState,
    edges(S.DRAFT, S.UNDER_REVIEW, "send_for_review", "founder"),
    edges(S.UNDER_REVIEW, S.DRAFT, "return_to_founder", "invest", needs_reason=True),
    edges(S.UNDER_REVIEW, S.LISTED, "list_round", "invest"),
    edges(S.LISTED, S.PAUSED, "pause", "founder", "invest"),
    edges(S.PAUSED, S.LISTED, "resume", "founder"),
    edges((S.LISTED, S.PAUSED), S.CLOSED, "close", "founder", "system"),
    edges((S.DRAFT, S.UNDER_REVIEW, S.LISTED, S.PAUSED), S.CANCELLED, "cancel", "founder", needs_reason=True),
    families={
        S.DRAFT: Family.REST,
        S.UNDER_REVIEW: Family.UNDER_WAY,
        S.LISTED: Family.GOOD,
        S.PAUSED: Family.WAITING,
        S.CLOSED: Family.REST,
        S.CANCELLED: Family.BAD,
    },
    outside={"partner": {S.LISTED: _("Open")}},
)
