"""What the worker is rung for. Everything here may run twice, at the same time or never: the rows decide."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from incubator.notifications import delivering, dispatching


@shared_task(name="notifications.deliver")
def deliver(channel: str, ids: list[str]) -> None:
    """Send what is due of these deliveries."""
    delivering.deliver(channel, [UUID(one) for one in ids])


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """The dispatcher's round once more, should no dispatcher run."""
    dispatching.turn()
