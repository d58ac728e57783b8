"""Every periodic job: one line each, and why. Each is safe when it runs twice at once: it takes an advisory lock or is idempotent."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    # A key is free again after 24 hours anyway; this keeps the table small.
    "api-idempotency-keys": {"task": "api.forget_idempotency_keys", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # Who tries out the API waits for the invented founder's answer and its webhook.
    "api-sandboxes": {"task": "api.answer_in_sandboxes", "schedule": 5.0, "options": {"queue": "slow", "expires": 4}},
    # Ended tokens open nothing; this keeps the table as small as ten minutes' worth of them, and a day.
    "api-access-tokens": {"task": "api.forget_access_tokens", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # Developers look for the request that they just made; a few seconds are soon enough.
    "api-request-log": {"task": "api.write_request_log", "schedule": 5.0, "options": {"queue": "slow", "expires": 4}},
    # The log promises seven days; an hour more does no harm.
    "api-requests-forget": {"task": "api.forget_requests", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # Dates decide about access and offers; these record the ends and remind in time. A day's delay would still be in time.
    "partners-expire": {"task": "partners.expire_agreements", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    "partners-remind": {"task": "partners.remind_of_ending_agreements", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # Both sides hear once that a commitment is overdue; whether it is, its day says.
    "partners-overdue": {"task": "partners.remind_of_overdue_commitments", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    "investors-expire": {"task": "investors.expire", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    "investors-remind": {"task": "investors.remind_expiring", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    "rounds-close": {"task": "rounds.close_due", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # Reminds founders who owe an answer, and ends interests that nobody answered.
    "interests-follow-up": {"task": "interests.follow_up", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # The dates decide whether a call is open; this writes the event that tells people so.
    "catalogue-calendar": {"task": "catalogue.follow_the_calendar", "schedule": 60.0, "options": {"queue": "slow", "expires": 55}},
    # Drafts lapse at the deadline and are reminded of 7, 3 and 1 days before; the date decides, this tells.
    "applications-deadlines": {"task": "applications.watch_deadlines", "schedule": 300.0, "options": {"queue": "slow", "expires": 290}},
    # The bytes of uploads whose transaction failed have no row; a day later they go, and with them links that have run out.
    "files-sweep": {"task": "files.sweep", "schedule": 24 * 3600.0, "options": {"queue": "slow", "expires": 3600}},
    # An offer ends by its date; this records the lapse, promotes from the waiting list and reminds founders in time.
    "cohorts-calendar": {"task": "cohorts.follow_the_calendar", "schedule": 60.0, "options": {"queue": "slow", "expires": 55}},
    # Reviewers hear three days before, on the day and three days after; a missed hour is made up by the next.
    "reviews-remind": {"task": "reviews.remind_due", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # A review that never comes must not hold up its application: a week after its day it ends and officers are told.
    "reviews-expire": {"task": "reviews.expire_overdue", "schedule": 3600.0, "options": {"queue": "slow", "expires": 3500}},
    # The dispatcher's round once more, should no dispatcher run.
    "notifications-sweep": {"task": "notifications.sweep", "schedule": 30.0, "options": {"queue": "fanout", "expires": 25}},
    # Digests are due at eight on each person's own clock; what is missed is made up by the next run.
    "notifications-digests": {"task": "notifications.digests", "schedule": 60.0, "options": {"queue": "slow", "expires": 55}},
    # What waits too long, for the staff page, the metrics and whoever is woken by them.
    "notifications-reconcile": {"task": "notifications.reconcile", "schedule": 60.0, "options": {"queue": "slow", "expires": 55}},
}
