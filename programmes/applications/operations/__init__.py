"""What people do with applications: `applications.submit(...)`, `applications.start_screening(...)`.

One module per stage: what the park does while screening (`screening`) and who may read (`reading`).
"""

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
    "allow_reading",
    "ask_for_information",
    "bar",
    "confirm_finding",
    "dismiss_finding",
    "extend_deadline",
    "find_ineligible",
    "resume_screening",
    "start_screening",
    "stop_reading",
]
