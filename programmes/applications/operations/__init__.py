"""What people do with applications: `applications.submit(...)`, `applications.start_screening(...)`.

One module per stage: what applicants do (`applying`), what the deadline does (`deadlines`), what the park does while screening (`screening`) and who may read (`reading`).
"""

from programmes.applications.operations.applying import (
    AlreadyApplied,
    Closed,
    Incomplete,
    NotEligible,
    answer_request,
    attach,
    file_of,
    save_answer,
    self_check,
    start,
    submit,
    withdraw,
)
from programmes.applications.operations.calls import call_off
from programmes.applications.operations.deadlines import lapse_drafts, remind, remind_of_questions, revive_drafts
from programmes.applications.operations.reading import allow_reading, bar, stop_reading
from programmes.applications.operations.screening import (
    ask_for_information,
    confirm_finding,
    dismiss_finding,
    extend_deadline,
    find_ineligible,
    resume_screening,
    start_screening,
)

__all__ = [
    "AlreadyApplied",
    "Closed",
    "Incomplete",
    "NotEligible",
    "allow_reading",
    "answer_request",
    "ask_for_information",
    "attach",
    "bar",
    "call_off",
    "confirm_finding",
    "dismiss_finding",
    "extend_deadline",
    "file_of",
    "find_ineligible",
    "lapse_drafts",
    "remind",
    "remind_of_questions",
    "resume_screening",
    "revive_drafts",
    "save_answer",
    "self_check",
    "start",
    "start_screening",
    "stop_reading",
    "submit",
    "withdraw",
]
