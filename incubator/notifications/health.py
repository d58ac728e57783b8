"""Does the delivery of messages work: what waits too long, and who is alive."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from incubator.lib.clock import now
from incubator.lib.machine import Words
from incubator.notifications.models import Heartbeat, JobRun

RECONCILE = "notifications.reconcile"
PUBLISH = "notifications.ring"
BEAT_EVERY = 10.0
ROLES = ("dispatcher", "worker", "beat")
SILENT_AFTER = 90.0  # the clock rings twice a minute
FORGOTTEN_AFTER = timedelta(days=1)

OF_SANDBOXES = """endpoint_id IN (SELECT endpoint.id FROM notifications_webhookendpoint endpoint
    JOIN accounts_organisation organisation ON organisation.id = endpoint.organisation_id WHERE organisation.is_sandbox)"""
REAL = f"(endpoint_id IS NULL OR NOT {OF_SANDBOXES})"
PAUSED = "(SELECT channel FROM sending_channelswitch WHERE status = 'paused')"

FIGURES = f"""
SELECT
    (SELECT count(*) FROM (SELECT 1 FROM outbox_pending WHERE created_at < statement_timestamp() - %(minute)s LIMIT 1001) found)
        + (SELECT count(*) FROM sending_broadcast WHERE finished_at IS NULL AND updated_at < statement_timestamp() - %(minute)s) AS unfanned,
    (SELECT count(*) FROM (
        SELECT 1 FROM notifications_delivery delivery LEFT JOIN notifications_webhookendpoint endpoint ON endpoint.id = delivery.endpoint_id
        WHERE delivery.state = 'pending' AND delivery.due_at < statement_timestamp() - 5 * %(minute)s AND delivery.channel NOT IN {PAUSED} AND {REAL} AND (
            endpoint.id IS NULL OR (endpoint.status = 'active' AND (endpoint.broken_until IS NULL OR endpoint.broken_until < statement_timestamp()))
        ) LIMIT 1001
    ) found) AS untouched,
    (SELECT count(*) FROM (
        SELECT 1 FROM notifications_delivery WHERE state = 'sending' AND lease_until < statement_timestamp() - 5 * %(minute)s
        AND channel NOT IN {PAUSED} AND {REAL} LIMIT 1001
    ) found) AS left_behind,
    (SELECT count(*) FROM (SELECT 1 FROM notifications_delivery WHERE state = 'dead' AND {REAL} LIMIT 1001) found) AS dead,
    (SELECT coalesce(extract(epoch FROM statement_timestamp() - min(due_at)), 0)::float FROM notifications_delivery delivery
        WHERE state = 'pending' AND due_at <= statement_timestamp() AND endpoint_id IS NULL AND channel NOT IN {PAUSED}) AS oldest_due_seconds,
    (SELECT coalesce(max(failures), 0) FROM notifications_webhookendpoint endpoint
        JOIN accounts_organisation organisation ON organisation.id = endpoint.organisation_id
        WHERE endpoint.status = 'active' AND NOT organisation.is_sandbox) AS worst_endpoint_failures,
    (SELECT count(*) FROM sending_channelswitch WHERE status = 'paused') AS paused_channels,
    (SELECT count(*) FROM (SELECT 1 FROM notifications_delivery
        WHERE state IN ('pending', 'sending', 'failed', 'dead') AND {OF_SANDBOXES} LIMIT 1001) found) AS sandbox_unsent
"""  # noqa: S608 - constants of this module


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the reconciler. `alarm` when somebody has to look."""

    name: str
    label: Words
    value: float
    alarm: bool


LABELS: dict[str, Words] = {
    "unfanned": _("Events waiting for more than a minute to be passed on"),
    "untouched": _("Messages due for more than five minutes and not touched"),
    "left_behind": _("Messages whose sender has been gone for more than five minutes"),
    "dead": _("Messages that ended their sender five times"),
    "oldest_due_seconds": _("Age of the oldest message that is due, in seconds"),
    "worst_endpoint_failures": _("Longest run of failures of a webhook endpoint"),
    "paused_channels": _("Channels that are paused"),
    "sandbox_unsent": _("In sandboxes, not counted above: webhooks due or failed"),
    "publish_errors": _("Times that the message broker did not answer"),
}
ALARMS = frozenset({"unfanned", "untouched", "left_behind", "dead"})  # more than none is too many


def measure() -> dict[str, float]:
    """The figures now. One statement; each count stops at a thousand."""
    values: dict[str, Any] = {"minute": timedelta(seconds=settings.MINUTE)}
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, values)
        names = [column[0] for column in cursor.description]
        figures = dict(zip(names, cursor.fetchone(), strict=True))
    publish = JobRun.objects.filter(name=PUBLISH).values_list("figures", flat=True).first() or {}
    return {**figures, "publish_errors": publish.get("errors", 0)}


def reconcile() -> dict[str, float]:
    """Measure, keep the figures for the staff page and the metrics, and forget processes that have been gone for a day."""
    begun = now()
    figures = measure()
    values = {"started_at": begun, "finished_at": now(), "is_good": not any(figures[name] for name in ALARMS), "figures": figures, "problem": ""}
    JobRun.objects.update_or_create(name=RECONCILE, defaults=values)
    Heartbeat.objects.filter(seen_at__lt=begun - FORGOTTEN_AFTER).delete()
    return figures


def figures() -> tuple[list[Figure], datetime | None]:
    """The reconciler's last figures and when it took them."""
    run = JobRun.objects.filter(name=RECONCILE).first()
    if run is None:
        return [], None
    return [Figure(name, label, run.figures.get(name, 0), name in ALARMS and run.figures.get(name, 0) > 0) for name, label in LABELS.items()], run.finished_at


# ── Heartbeats ──────────────────────────────────────────────────────────────
_last: dict[str, float] = {}


def beat(role: str, name: str = "") -> None:
    """Say that this process has just done some work in its role. Writes at most every ten seconds."""
    name = name or f"{role} {socket.gethostname()}:{os.getpid()}"
    if monotonic() - _last.get(name, -BEAT_EVERY) < BEAT_EVERY * settings.TIME_SCALE:
        return
    _last[name] = monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_heartbeat (name, role, started_at, seen_at) VALUES (%s, %s, statement_timestamp(), statement_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at",
            [name[:160], role],
        )


def pulses() -> list[tuple[str, datetime | None, bool]]:
    """For each role: when any of its processes was last seen at work, and whether that is too long ago."""
    seen: dict[str, datetime] = {}
    for role, at in Heartbeat.objects.values_list("role", "seen_at"):
        seen[role] = max(at, seen.get(role, at))
    limit = now() - timedelta(seconds=SILENT_AFTER)
    return [(role, seen.get(role), role not in seen or seen[role] < limit) for role in ROLES]


def count_publish_error() -> None:
    """The broker did not answer once more."""
    run, _made = JobRun.objects.get_or_create(name=PUBLISH, defaults={"started_at": now()})
    errors: dict[str, Any] = {"errors": run.figures.get("errors", 0) + 1}
    JobRun.objects.filter(name=PUBLISH).update(figures=errors, finished_at=now(), is_good=False, problem="The message broker did not answer.")
