"""What the clock does with drafts."""

from celery import shared_task

from incubator.accounts.actors import system_actor
from incubator.lib.clock import now
from programmes.applications import operations as applications


@shared_task(name="applications.watch_deadlines")
def watch_deadlines() -> int:
    at, by = now(), system_actor()
    return applications.lapse_drafts(by=by, at=at) + applications.remind(by=by, at=at) + applications.remind_of_questions(by=by, at=at)
