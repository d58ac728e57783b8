"""Cleaning up."""

from celery import shared_task

from incubator.files import operations as files
from incubator.lib.clock import now

A_DAY = 24 * 3600


@shared_task(name="files.sweep")
def sweep() -> int:
    """Remove the bytes of uploads whose transaction failed, and links that have run out."""
    gone = files.sweep(at=now(), older_than=A_DAY)
    files.forget(at=now())
    return gone
