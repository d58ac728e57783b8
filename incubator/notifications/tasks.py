"""What the worker is rung for. Everything here may run twice, at the same time or never: the rows decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import Task, current_app, shared_task
from celery.signals import task_postrun, task_prerun

from incubator.lib.clock import now
from incubator.notifications import delivering, digests, dispatching, health


@shared_task(name="notifications.deliver")
def deliver(channel: str, ids: list[str]) -> None:
    """Send what is due of these deliveries."""
    delivering.deliver(channel, [UUID(one) for one in ids])
    health.beat("worker")


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """The dispatcher's round once more, should no dispatcher run."""
    health.beat("beat", "beat")  # who rings for this task is alive, and so are we
    health.beat("worker")
    dispatching.turn()


@shared_task(name="notifications.digests")
def make_digests() -> None:
    """Make the digests that have become due on their people's clocks."""
    digests.make_due(at=now())


@shared_task(name=health.RECONCILE)
def reconcile() -> None:
    """Measure what waits too long."""
    health.reconcile()


def periodic(name: str | None) -> bool:
    return name != health.RECONCILE and name in {one["task"] for one in current_app.conf.beat_schedule.values()}


@task_prerun.connect
def note_beginning(task: Task[Any, Any] | None = None, **kwargs: Any) -> None:
    """A periodic job begins: its JobRun says so."""
    if task is not None and periodic(task.name):
        health.job_began(task.name)


@task_postrun.connect
def note_end(task: Task[Any, Any] | None = None, state: str = "", retval: object = None, **kwargs: Any) -> None:
    """A periodic job has ended, well or not."""
    if task is not None and periodic(task.name):
        health.job_ended(task.name, "" if state == "SUCCESS" else f"{type(retval).__name__}: {retval}")
