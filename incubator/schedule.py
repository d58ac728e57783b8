"""Every periodic job: one line each, and why. Each is safe when it runs twice at once: it takes an advisory lock or is idempotent."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    # The dates decide whether a call is open; this writes the event that tells people so.
    "catalogue-calendar": {"task": "catalogue.follow_the_calendar", "schedule": 60.0, "options": {"queue": "slow", "expires": 55}},
    # An offer ends by its date; this records the lapse, promotes from the waiting list and reminds founders in time.
    "cohorts-calendar": {"task": "cohorts.follow_the_calendar", "schedule": 60.0, "options": {"queue": "slow", "expires": 55}},
}
