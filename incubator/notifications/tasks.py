"""What the worker is rung for. Everything here may run twice, at the same time or never: the rows decide."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from incubator.announcements import operations as announcements
from incubator.lib.clock import now
from incubator.notifications import announcing, broadcasting, delivering, digests, dispatching, health, jobs, resending, retention


@shared_task(name="notifications.deliver")
def deliver(channel: str, ids: list[str]) -> None:
    """Send what is due of these deliveries."""
    delivering.deliver(channel, [UUID(one) for one in ids])
    health.beat("worker")


@shared_task(name="notifications.broadcast")
def broadcast(act: str) -> None:
    """Write, or take back, the next deliveries of an act that tells many."""
    broadcasting.go_on(UUID(act))
    health.beat("worker")


@shared_task(name="notifications.resend")
def resend(pk: str) -> None:
    """Make the next of many messages due again."""
    resending.go_on(UUID(pk))
    health.beat("worker")


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """The dispatcher's round once more, should no dispatcher run."""
    health.beat("beat", "beat")  # who rings for this task is alive, and so are we
    health.beat("worker")
    dispatching.turn()


@shared_task(name="notifications.digests")
def make_digests() -> int:
    return digests.make_due(at=now())


@shared_task(name="notifications.announce")
def announce() -> int:
    """Safe to run twice: each row is locked and its state asked."""
    at = now()
    return announcements.send_due(at) + announcing.finish_sent(at)


@shared_task(name="notifications.run_wanted")
def run_wanted() -> int:
    return jobs.run_wanted()


@shared_task(name="notifications.forget")
def forget_deliveries() -> int:
    """Delete deliveries that ended long ago."""
    return retention.forget(at=now())


@shared_task(name=health.RECONCILE)
def reconcile() -> None:
    """Measure what waits too long."""
    health.reconcile()
