"""Jobs by the clock."""

from celery import shared_task

from incubator.api import exports, idempotency, oauth, request_log, sandbox
from incubator.lib.clock import now


@shared_task(name="api.forget_idempotency_keys")
def forget_idempotency_keys() -> int:
    """Safe to run twice: deletes what is older than its promise."""
    return idempotency.forget(at=now())


@shared_task(name="api.answer_in_sandboxes")
def answer_in_sandboxes() -> int:
    """Safe to run twice: an interest and a delivery are locked and answered once."""
    return sandbox.answer(now())


@shared_task(name="api.forget_access_tokens")
def forget_access_tokens() -> int:
    """Safe to run twice: deletes tokens that ended a day ago."""
    return oauth.forget(at=now())


@shared_task(name="api.write_request_log")
def write_request_log() -> int:
    """Safe to run twice: each takes lines of its own."""
    return request_log.write_down()


@shared_task(name="api.forget_requests")
def forget_requests() -> int:
    """Safe to run twice: deletes what is older than seven days."""
    return request_log.forget(at=now())


@shared_task(name="api.write_exports")
def write_exports() -> int:
    """Safe to run twice: each export is claimed by one."""
    return exports.write_due(now())


@shared_task(name="api.end_exports")
def end_exports() -> int:
    """Safe to run twice: ends those whose hour is over, forgets those of last week."""
    return exports.end_due(now())
