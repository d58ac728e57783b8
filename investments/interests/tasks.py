"""What the clock does with interests."""

from celery import shared_task

from incubator.lib.clock import now
from investments.interests import operations as interests


@shared_task(name="interests.follow_up")
def follow_up() -> int:
    return interests.follow_up_due(now())
