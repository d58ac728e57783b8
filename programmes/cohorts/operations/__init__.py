"""What people do about decisions, offers and membership.

Locks are taken in one order everywhere: intake, cohort, application, offer, membership.
"""

from programmes.cohorts.operations.determinations import (
    Letter,
    close_deliberation,
    determine,
    draft_letter,
    meet_conditions,
    revert_decision,
    rewrite_letter,
    score_snapshot,
)
from programmes.cohorts.operations.memberships import (
    activate,
    cancel_membership,
    defer,
    record_onboarding,
    rescind,
)
from programmes.cohorts.operations.offers import (
    accept,
    decline,
    fill_free_seats,
    lapse_expired_offers,
    remind_of_offers,
)
from programmes.cohorts.operations.release import complete_intakes, release, undecided

__all__ = [
    "Letter",
    "accept",
    "activate",
    "cancel_membership",
    "close_deliberation",
    "complete_intakes",
    "decline",
    "defer",
    "determine",
    "draft_letter",
    "fill_free_seats",
    "lapse_expired_offers",
    "meet_conditions",
    "record_onboarding",
    "release",
    "remind_of_offers",
    "rescind",
    "revert_decision",
    "rewrite_letter",
    "score_snapshot",
    "undecided",
]
