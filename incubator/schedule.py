"""Every periodic job: one line each, and why. Each is safe when it runs twice at once: it takes an advisory lock or is idempotent."""

from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Job(NamedTuple):
    """A task that the clock rings for every so many seconds, and what it does, for the staff's page of jobs."""

    task: str
    what: str | Promise
    every: float
    queue: str = "slow"
    expires: float = 0

    def entry(self) -> dict[str, Any]:
        """As Celery wants it. What nobody has taken up shortly before the next ring is left out."""
        expires = self.expires or self.every - min(100, max(1, self.every / 12))
        return {"task": self.task, "schedule": self.every, "options": {"queue": self.queue, "expires": expires}}


JOBS = (
    # A key is free again after 24 hours anyway; this keeps the table small.
    Job("api.forget_idempotency_keys", _("Forget the keys of repeated API requests after a day"), 3600.0),
    # Who tries out the API waits for the invented founder's answer and its webhook.
    Job("api.answer_in_sandboxes", _("Let the invented founders and the invented park of sandboxes answer"), 5.0),
    # Ended tokens open nothing; this keeps the table as small as ten minutes' worth of them, and a day.
    Job("api.forget_access_tokens", _("Forget access tokens that have ended"), 3600.0),
    # Developers look for the request that they just made; a few seconds are soon enough.
    Job("api.write_request_log", _("Write the log of API requests down"), 5.0),
    # The log promises seven days; an hour more does no harm.
    Job("api.forget_requests", _("Forget API requests that are older than seven days"), 3600.0),
    # Whoever asked for an export waits for it.
    Job("api.write_exports", _("Write the exports that were asked for"), 5.0),
    # An export lives an hour by its own clock; this takes its bytes away, a minute later at most.
    Job("api.end_exports", _("End exports whose hour is over, and forget those of last week"), 60.0),
    # Dates decide about access and offers; these record the ends and remind in time. A day's delay would still be in time.
    Job("partners.expire_agreements", _("Record that agreements have ended"), 3600.0),
    Job("partners.remind_of_ending_agreements", _("Remind 90, 60 and 30 days before an agreement ends"), 3600.0),
    # Both sides hear once that a commitment is overdue; whether it is, its day says.
    Job("partners.remind_of_overdue_commitments", _("Tell both sides that a commitment is overdue"), 3600.0),
    Job("investors.expire", _("Record that verifications of investors have ended"), 3600.0),
    Job("investors.remind_expiring", _("Remind that a verification ends within thirty days"), 3600.0),
    Job("rounds.close_due", _("Close rounds whose day is over"), 3600.0),
    # Reminds founders who owe an answer, and ends interests that nobody answered.
    Job("interests.follow_up", _("Remind founders who owe an answer; end interests that nobody answered"), 3600.0),
    # The dates decide whether a call is open; this writes the event that tells people so.
    Job("catalogue.follow_the_calendar", _("Record that calls open and close"), 60.0),
    # Drafts lapse at the deadline and are reminded of 7, 3 and 1 days before; the date decides, this tells.
    Job("applications.watch_deadlines", _("Close drafts whose deadline is past; remind of drafts and of questions in time"), 300.0),
    # The bytes of uploads whose transaction failed have no row; a day later they go, and with them links that have run out.
    Job("files.sweep", _("Remove the bytes of uploads that failed, and links that have run out"), 24 * 3600.0, expires=3600),
    # An offer ends by its date; this records the lapse, promotes from the waiting list and reminds founders in time.
    Job("cohorts.follow_the_calendar", _("Record offers that lapse, fill free places, remind of offers, complete calls"), 60.0),
    # Working days decide when an answer is late; this tells, ends what nobody answers, and closes what nobody confirms.
    Job("expertise.follow_up", _("Tell of support requests that are late; end what nobody answers, close what nobody confirms"), 3600.0),
    # Both sides hear of a session the day before; an hour more or less does no harm.
    Job("expertise.remind_of_sessions", _("Remind of sessions the day before, and of hours that are not logged"), 3600.0),
    # Reviewers hear three days before, on the day and three days after; a missed hour is made up by the next.
    Job("reviews.remind_due", _("Remind reviewers three days before, on the day and three days after"), 3600.0),
    # A review that never comes must not hold up its application: a week after its day it ends and officers are told.
    Job("reviews.expire_overdue", _("End reviews that did not come within a week"), 3600.0),
    # The dispatcher's round once more, should no dispatcher run.
    Job("notifications.sweep", _("Pass on what happened and ring for what is due, should no dispatcher run"), 30.0, queue="fanout"),
    # Digests are due at eight on each person's own clock; what is missed is made up by the next run.
    Job("notifications.digests", _("Make the digests that have become due on their people's clocks"), 60.0),
    # An announcement is promised to the minute; and whoever sent one wants to know when everybody has it.
    Job("notifications.announce", _("Send the announcements whose time has come, and record that all are told"), 30.0),
    # Staff wait for the run that they asked for.
    Job("notifications.run_wanted", _("Run the jobs that somebody asked for on the page of jobs"), 10.0),
    # What waits too long, for the staff page, the metrics and whoever is woken by them.
    Job("notifications.reconcile", _("Measure what waits too long in delivery"), 60.0),
    # Deliveries end with the usefulness of their log: webhooks after 90 days, above the feed's 30, mails and inbox lines after a year.
    Job("notifications.forget", _("Forget deliveries that ended long ago"), 24 * 3600.0, expires=3600),
)
SCHEDULE = {job.task: job.entry() for job in JOBS}
WHAT = {job.task: job.what for job in JOBS}
