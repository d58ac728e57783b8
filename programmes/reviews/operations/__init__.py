"""What people do with reviews: `reviews.assign(...)`, `reviews.submit(...)`, `reviews.close_review(...)`.

One module per person at work: the officer who asks (`assigning`), the reviewer (`reviewing`), those who move the
application on (`panel`) or the whole call (`calls`), and the clock (`clockwork`).
"""

from programmes.reviews.operations.assigning import assign, assign_many, recuse, reopen, unassign
from programmes.reviews.operations.calls import ReviewHasBegun, begin_deliberation, reopen_call
from programmes.reviews.operations.clockwork import expire_overdue, lock_reviews, remind, remind_due
from programmes.reviews.operations.panel import close_review, record_panel, return_to_review, send_to_review, shortlist
from programmes.reviews.operations.reviewing import (
    ReviewText,
    ScoreGiven,
    StaleDraft,
    abstain,
    declare_conflict,
    declare_free,
    decline,
    missing,
    save_draft,
    submit,
)

__all__ = [
    "ReviewHasBegun",
    "ReviewText",
    "ScoreGiven",
    "StaleDraft",
    "abstain",
    "assign",
    "assign_many",
    "begin_deliberation",
    "close_review",
    "declare_conflict",
    "declare_free",
    "decline",
    "expire_overdue",
    "lock_reviews",
    "missing",
    "record_panel",
    "recuse",
    "remind",
    "remind_due",
    "reopen",
    "reopen_call",
    "return_to_review",
    "save_draft",
    "send_to_review",
    "shortlist",
    "submit",
    "unassign",
]
