"""What the clock does with calls."""

from celery import shared_task

from incubator.accounts.actors import system_actor
from incubator.lib.clock import now
from programmes.catalogue import operations as catalogue


@shared_task(name="catalogue.follow_the_calendar")
def follow_the_calendar() -> int:
    """Record openings and closings that are due. Between two runs the dates already decide."""
    return catalogue.follow_the_calendar(by=system_actor(), at=now())
