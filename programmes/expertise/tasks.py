"""What the clock does with support requests and their sessions."""

from celery import shared_task

from incubator.lib.clock import now
from programmes.expertise import operations as expertise


@shared_task(name="expertise.follow_up")
def follow_up() -> int:
    return expertise.follow_up_due(now())


@shared_task(name="expertise.remind_of_sessions")
def remind_of_sessions() -> int:
    return expertise.remind_of_sessions(now())
