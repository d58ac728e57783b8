"""What the clock does with rounds."""

from celery import shared_task

from incubator.lib.clock import now
from investments.rounds import operations as rounds


@shared_task(name="rounds.close_due")
def close_due() -> int:
    return rounds.close_due(now())
