"""What the clock does with reviews."""

from celery import shared_task

from incubator.accounts.actors import system_actor
from incubator.lib.clock import now
from programmes.reviews import operations as reviews


@shared_task(name="reviews.remind_due")
def remind_due() -> None:
    """Remind reviewers three days before, on the day, and three days after. Each reminder goes out once."""
    reviews.remind_due(by=system_actor(), at=now())


@shared_task(name="reviews.expire_overdue")
def expire_overdue() -> None:
    """End reviews that did not come within the grace, so that officers ask somebody else."""
    reviews.expire_overdue(by=system_actor(), at=now())
