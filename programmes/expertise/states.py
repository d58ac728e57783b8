"""An offering of a partner, a startup's request for it, and the sessions of a request."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class OfferingState(TextChoices):
    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Waiting for approval")
    PUBLISHED = "published", _("Published")
    PAUSED = "paused", _("Paused")
    RETIRED = "retired", _("Retired")


O = OfferingState  # noqa: E741 - one letter, as in every table of states
OFFERING = Machine(
    OfferingState,
    edges(O.DRAFT, O.PENDING_APPROVAL, "submit", "partner"),
    edges(O.PENDING_APPROVAL, O.DRAFT, "send_back", "partnership", needs_reason=True),
    edges(O.PENDING_APPROVAL, O.PUBLISHED, "publish", "partnership"),
    edges(O.PUBLISHED, O.PAUSED, "pause", "partner"),
    edges(O.PAUSED, O.PUBLISHED, "resume", "partner"),
    edges((O.DRAFT, O.PUBLISHED, O.PAUSED), O.RETIRED, "retire", "partner", "partnership"),
    families={
        O.DRAFT: Family.REST,
        O.PENDING_APPROVAL: Family.UNDER_WAY,
        O.PUBLISHED: Family.GOOD,
        O.PAUSED: Family.WAITING,
        O.RETIRED: Family.REST,
    },
    outside={"partner": {O.PENDING_APPROVAL: _("With the park")}},
)


class RequestState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("New")
    TRIAGED = "triaged", _("Triaged")
    DECLINED = "declined", _("Declined by the park")
    OFFERED = "offered_to_partner", _("Offered to the partner")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED_BY_PARTNER = "declined_by_partner", _("Declined by the partner")
    EXPIRED = "expired", _("Ended without an answer")
    SCHEDULED = "scheduled", _("Scheduled")
    IN_PROGRESS = "in_progress", _("In progress")
    DELIVERED = "delivered", _("Delivered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = RequestState
# A further session leads back to where one is. «start» is no button: the first session that was held takes it.
REQUEST = Machine(
    RequestState,
    edges(S.DRAFT, S.SUBMITTED, "send", "founder"),
    edges(S.SUBMITTED, S.TRIAGED, "triage", "officer", "partnership"),
    edges(S.TRIAGED, S.DECLINED, "decline", "officer", "partnership", needs_reason=True),
    edges(S.TRIAGED, S.OFFERED, "offer", "officer", "partnership"),
    edges(S.OFFERED, S.ACCEPTED, "accept", "partner"),
    edges(S.OFFERED, S.DECLINED_BY_PARTNER, "turn_down", "partner", needs_reason=True),
    edges(S.OFFERED, S.EXPIRED, "expire", "system"),
    edges(S.ACCEPTED, S.SCHEDULED, "schedule", "partner"),
    edges(S.SCHEDULED, S.SCHEDULED, "schedule", "partner"),
    edges(S.IN_PROGRESS, S.IN_PROGRESS, "schedule", "partner"),
    edges(S.ACCEPTED, S.IN_PROGRESS, "issue", "partner"),
    edges(S.SCHEDULED, S.IN_PROGRESS, "start", "partner"),
    edges(S.IN_PROGRESS, S.DELIVERED, "deliver", "partner"),
    edges(S.DELIVERED, S.CLOSED, "close", "founder", "member", "system"),
    edges((S.DRAFT, S.SUBMITTED, S.TRIAGED, S.OFFERED), S.WITHDRAWN, "withdraw", "founder", "member"),
    families={
        S.DRAFT: Family.REST,
        S.SUBMITTED: Family.WAITING,
        S.TRIAGED: Family.UNDER_WAY,
        S.DECLINED: Family.BAD,
        S.OFFERED: Family.UNDER_WAY,
        S.ACCEPTED: Family.UNDER_WAY,
        S.DECLINED_BY_PARTNER: Family.BAD,
        S.EXPIRED: Family.BAD,
        S.SCHEDULED: Family.UNDER_WAY,
        S.IN_PROGRESS: Family.UNDER_WAY,
        S.DELIVERED: Family.WAITING,
        S.CLOSED: Family.GOOD,
        S.WITHDRAWN: Family.REST,
    },
    outside={
        "founder": {
            S.SUBMITTED: _("With the park"),
            S.TRIAGED: _("With the park"),
            S.OFFERED: _("With the partner"),
            S.DELIVERED: _("Waiting for your word"),
        },
        "partner": {S.OFFERED: _("Waiting for you"), S.DECLINED_BY_PARTNER: _("Declined by you"), S.DELIVERED: _("Waiting for the startup")},
    },
)
# Sent and not at its end: what counts towards the number of requests that a startup may have open.
OPEN = (S.SUBMITTED, S.TRIAGED, S.OFFERED, S.ACCEPTED, S.SCHEDULED, S.IN_PROGRESS)
# The partner works on it: the startup is disclosed for it.
LINKED = (S.ACCEPTED, S.SCHEDULED, S.IN_PROGRESS, S.DELIVERED)


class SessionState(TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    NO_SHOW = "no_show", _("Nobody came")
    CANCELLED = "cancelled", _("Cancelled")


P = SessionState
SESSION = Machine(
    SessionState,
    edges(P.PLANNED, P.HELD, "log", "partner"),
    edges(P.PLANNED, P.NO_SHOW, "no_show", "partner"),
    edges(P.PLANNED, P.CANCELLED, "cancel", "partner"),
    families={P.PLANNED: Family.UNDER_WAY, P.HELD: Family.GOOD, P.NO_SHOW: Family.BAD, P.CANCELLED: Family.REST},
)
