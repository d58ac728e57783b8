"""What the clock does with reviews."""

from celery import shared_task

from incubator.accounts.actors import system_actor
from incubator.lib.clock import now
from programmes.reviews import operations as reviews


@shared_task(name="reviews.remind_due")
def remind_due() -> int:
    """Remind reviewers three days before, on the day, and three days after. Each reminder goes out once."""
    return reviews.remind_due(by=system_actor(), at=now())


@shared_task(name="reviews.expire_overdue")
def expire_overdue() -> int:
    """End reviews that did not come within the grace, so that officers ask somebody else."""
    return reviews.expire_overdue(by=system_actor(), at=now())
