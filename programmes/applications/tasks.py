"""What the clock does with drafts."""

from celery import shared_task

from incubator.accounts.actors import system_actor
from incubator.lib.clock import now
from programmes.applications import operations as applications


@shared_task(name="applications.watch_deadlines")
def watch_deadlines() -> None:
    """Lapse the drafts whose deadline is past, then remind of those that come near."""
    applications.lapse_drafts(by=system_actor(), at=now())
    applications.remind(by=system_actor(), at=now())
