"""What the clock does with investor profiles."""

from celery import shared_task

from incubator.lib.clock import now
from investments.investors import operations as investors


@shared_task(name="investors.expire")
def expire() -> int:
    return investors.expire_due(now())


@shared_task(name="investors.remind_expiring")
def remind_expiring() -> int:
    return investors.remind_expiring(now())
