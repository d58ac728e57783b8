"""What the clock does with agreements."""

from celery import shared_task

from incubator.lib.clock import now
from incubator.partners import operations as partners


@shared_task(name="partners.expire_agreements")
def expire_agreements() -> int:
    return partners.expire_due(now())


@shared_task(name="partners.remind_of_ending_agreements")
def remind_of_ending_agreements() -> int:
    return partners.remind_expiring(now())


@shared_task(name="partners.remind_of_overdue_commitments")
def remind_of_overdue_commitments() -> int:
    return partners.remind_overdue(now())
