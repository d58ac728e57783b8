"""An application's way, and what the applicant is shown of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, Words, edges


class Status(TextChoices):
    DRAFT = "draft", _("Draft")
    LAPSED = "lapsed", _("Not submitted")
    SUBMITTED = "submitted", _("Submitted")
    SCREENING = "screening", _("Screening")
    INFO_REQUESTED = "info_requested", _("Information requested")
    INELIGIBLE = "ineligible", _("Not eligible")
    IN_REVIEW = "in_review", _("In review")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    PENDING_DETERMINATION = "pending_determination", _("Waiting for a decision")
    APPROVED_CONDITIONAL = "approved_conditional", _("Approved with conditions")
    OFFERED = "offered", _("Offered")
    WAITLISTED = "waitlisted", _("Waiting list")
    REJECTED = "rejected", _("Rejected")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    OFFER_LAPSED = "offer_lapsed", _("Offer lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RESCINDED = "rescinded", _("Rescinded")


S = Status

# What an applicant may not tell apart before the intake is released.
HIDDEN_UNTIL_RELEASE = frozenset({S.IN_REVIEW, S.PENDING_DETERMINATION, S.APPROVED_CONDITIONAL, S.OFFERED, S.WAITLISTED, S.REJECTED})
TERMINAL = frozenset({S.LAPSED, S.INELIGIBLE, S.REJECTED, S.ACCEPTED, S.DECLINED, S.OFFER_LAPSED, S.WITHDRAWN, S.RESCINDED})
LIVE = frozenset(S) - TERMINAL

APPLICATION = Machine(
    Status,
    edges(S.DRAFT, S.SUBMITTED, "submit", "founder", "member"),
    edges(S.DRAFT, S.LAPSED, "lapse", "system"),
    edges(S.LAPSED, S.DRAFT, "revive", "system", "manager"),
    edges(S.SUBMITTED, S.SCREENING, "start_screening", "officer", "manager", "system"),
    edges(S.SCREENING, S.INFO_REQUESTED, "ask_for_information", "officer", "manager"),
    edges(S.INFO_REQUESTED, S.SCREENING, "answer_request", "founder", "member", "officer"),
    edges(S.SCREENING, S.INELIGIBLE, "find_ineligible", "officer", "manager", needs_reason=True),
    edges(S.SCREENING, S.IN_REVIEW, "send_to_review", "officer", "manager"),
    edges(S.IN_REVIEW, S.SHORTLISTED, "shortlist", "officer", "manager"),
    edges(S.IN_REVIEW, S.PENDING_DETERMINATION, "close_review", "officer", "manager"),
    edges(S.SHORTLISTED, S.PENDING_DETERMINATION, "record_panel", "chair", "manager"),
    edges(S.PENDING_DETERMINATION, S.IN_REVIEW, "return_to_review", "manager", needs_reason=True),
    edges(S.PENDING_DETERMINATION, S.APPROVED_CONDITIONAL, "approve_conditionally", "chair", "manager"),
    edges((S.PENDING_DETERMINATION, S.APPROVED_CONDITIONAL), S.OFFERED, "offer", "manager"),
    edges(S.WAITLISTED, S.OFFERED, "promote", "manager", "system"),
    edges(S.PENDING_DETERMINATION, S.WAITLISTED, "waitlist", "manager"),
    edges((S.PENDING_DETERMINATION, S.WAITLISTED), S.REJECTED, "reject", "manager", "system", needs_reason=True),
    edges(
        (S.APPROVED_CONDITIONAL, S.OFFERED, S.WAITLISTED, S.REJECTED),
        S.PENDING_DETERMINATION,
        "revert_decision",
        "manager",
        needs_reason=True,
    ),
    edges(S.OFFERED, S.ACCEPTED, "accept", "founder"),
    edges(S.OFFERED, S.DECLINED, "decline", "founder"),
    edges(S.OFFERED, S.OFFER_LAPSED, "lapse_offer", "system"),
    edges(
        (
            S.DRAFT,
            S.SUBMITTED,
            S.SCREENING,
            S.INFO_REQUESTED,
            S.IN_REVIEW,
            S.SHORTLISTED,
            S.PENDING_DETERMINATION,
            S.APPROVED_CONDITIONAL,
            S.OFFERED,
            S.WAITLISTED,
            S.REJECTED,
        ),
        S.WITHDRAWN,
        "withdraw",
        "founder",
    ),
    edges(S.ACCEPTED, S.RESCINDED, "rescind", "manager", needs_reason=True),
    families={
        S.DRAFT: Family.WAITING,
        S.LAPSED: Family.REST,
        S.SUBMITTED: Family.UNDER_WAY,
        S.SCREENING: Family.UNDER_WAY,
        S.INFO_REQUESTED: Family.WAITING,
        S.INELIGIBLE: Family.BAD,
        S.IN_REVIEW: Family.UNDER_WAY,
        S.SHORTLISTED: Family.UNDER_WAY,
        S.PENDING_DETERMINATION: Family.WAITING,
        S.APPROVED_CONDITIONAL: Family.UNDER_WAY,
        S.OFFERED: Family.GOOD,
        S.WAITLISTED: Family.WAITING,
        S.REJECTED: Family.BAD,
        S.ACCEPTED: Family.GOOD,
        S.DECLINED: Family.REST,
        S.OFFER_LAPSED: Family.REST,
        S.WITHDRAWN: Family.REST,
        S.RESCINDED: Family.BAD,
    },
    outside={
        "founder": {
            S.SUBMITTED: _("Received"),
            S.SCREENING: _("Received"),
            S.INFO_REQUESTED: _("Action needed"),
            S.SHORTLISTED: _("Interview"),
            S.PENDING_DETERMINATION: _("In review"),
            S.APPROVED_CONDITIONAL: _("Conditional offer"),
            S.OFFERED: _("Offer"),
            S.REJECTED: _("Not selected"),
            S.ACCEPTED: _("Admitted"),
            S.DECLINED: _("Closed"),
            S.OFFER_LAPSED: _("Closed"),
            S.RESCINDED: _("Offer withdrawn"),
        }
    },
)


def outside_state(status: str, *, released: bool) -> str:
    """The state an applicant may know of: every hidden one is `in_review` until the decisions are released."""
    return S.IN_REVIEW if not released and status in HIDDEN_UNTIL_RELEASE else status


# The stages that staff sort by, and whom each state waits for.
STAGES: dict[str, tuple[Words, frozenset[str]]] = {
    "screening": (_("To screen"), frozenset({S.SUBMITTED, S.SCREENING})),
    "asked": (_("Applicant asked"), frozenset({S.INFO_REQUESTED})),
    "review": (_("In review"), frozenset({S.IN_REVIEW, S.SHORTLISTED})),
    "decision": (_("To decide"), frozenset({S.PENDING_DETERMINATION, S.APPROVED_CONDITIONAL, S.WAITLISTED})),
    "offer": (_("Offered"), frozenset({S.OFFERED})),
    "admitted": (_("Admitted"), frozenset({S.ACCEPTED})),
    "ended": (_("Ended"), TERMINAL - {S.ACCEPTED, S.LAPSED}),
}
WAITS_FOR: dict[str, Words] = {
    S.SUBMITTED: _("Officer"),
    S.SCREENING: _("Officer"),
    S.INFO_REQUESTED: _("Applicant"),
    S.IN_REVIEW: _("Reviewers"),
    S.SHORTLISTED: _("Panel"),
    S.PENDING_DETERMINATION: _("Manager"),
    S.APPROVED_CONDITIONAL: _("Manager"),
    S.WAITLISTED: _("A free seat"),
    S.OFFERED: _("Applicant"),
}
