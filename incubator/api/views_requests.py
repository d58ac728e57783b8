"""The console's tabs about what an organisation's systems asked: the log of seven days, and the use made of the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest
from incubator.api import throttling
from incubator.api.models import RequestHour, RequestRecord
from incubator.lib.clock import now
from incubator.web.paging import page
from incubator.web.parts import Crumb, Fact, chips
from incubator.web.times import moment

CLASSES = (("2", "2xx"), ("3", "3xx"), ("4", "4xx"), ("5", "5xx"))
KEYS_MOST = 12
HOURS, DAYS = 24, 7
HIGH = 120  # of the drawing


@require_safe
def log(request: PortalRequest) -> HttpResponse:
    """Requests, newest first, by class of status, key and words of the path. Two queries."""
    rows = RequestRecord.objects.visible_to(request.actor)
    if (found := request.GET.get("status", "")) in dict(CLASSES):
        rows = rows.filter(status__gte=int(found) * 100, status__lt=int(found) * 100 + 100)
    keys = _keys(request)
    if (key := request.GET.get("key", "")) in keys:
        rows = rows.filter(key_id=key)
    if words := request.GET.get("q", "").strip()[:100]:
        rows = rows.filter(path__icontains=words)
    context = {
        "tab": "requests",
        "page": page(rows, order=("-at", "-id"), after=request.GET.get("after")),
        "classes": chips(request, "status", CLASSES, label=_("Status"), everything=_("All")),
        "keys": chips(request, "key", [(one, one) for one in keys], label=_("Credential"), everything=_("All")) if len(keys) > 1 else None,
        "is_filtered": bool(found or key or words),
    }
    return render(request, "partner/api/requests.html", context)


@require_safe
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """All that is kept of one request."""
    row = get_object_or_404(RequestRecord.objects.visible_to(request.actor), pk=pk)
    facts = [
        Fact(_("Time"), moment(row.at)),
        Fact(_("Status"), row.status),
        Fact(_("Took"), _("%(number)d ms") % {"number": row.milliseconds}),
        Fact(_("Request id"), row.request_id, note=_("Name it when you ask us about this request.")),
        Fact(_("Credential"), row.key_id),
    ]
    crumbs = [Crumb(_("Developers"), reverse("partner:api:index")), Crumb(_("Requests"), reverse("partner:api:requests")), Crumb(f"{row.method} {row.path}")]
    return render(request, "partner/api/request.html", {"row": row, "facts": facts, "crumbs": crumbs})


@require_safe
def usage(request: PortalRequest) -> HttpResponse:
    """Requests by the hour for a day, and by day and credential for a week. Two queries, however many requests there were."""
    at = now()
    rows = RequestHour.objects.visible_to(request.actor)
    hours = _hours(rows, at)
    context = {
        "tab": "usage",
        "hours": hours,
        "bars": _bars(hours),
        "most": max((one.requests for one in hours), default=0),
        "days": _days(rows, at),
        "limits": throttling.limits(),
    }
    return render(request, "partner/api/usage.html", context)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of all credentials together."""

    begins: datetime
    requests: int
    errors: int
    refused: int


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour in the drawing: good answers, errors above them, refusals on top."""

    hour: Hour
    x: int
    parts: Sequence[tuple[str, int, int]]


def _keys(request: PortalRequest) -> list[str]:
    found = RequestHour.objects.visible_to(request.actor).filter(hour__gte=now() - timedelta(days=DAYS))
    return list(found.order_by("key_id").values_list("key_id", flat=True).distinct()[:KEYS_MOST])


SUMS: dict[str, Any] = {"asked": Sum("requests"), "failed": Sum("errors"), "limited": Sum("refused"), "took": Sum("milliseconds")}


def _hours(rows: QuerySet[RequestHour], at: datetime) -> list[Hour]:
    """The last 24 hours, the present one last; hours without a request too."""
    present = at.replace(minute=0, second=0, microsecond=0)
    first = present - timedelta(hours=HOURS - 1)
    found: dict[datetime, dict[str, Any]] = {one["hour"]: dict(one) for one in rows.filter(hour__gte=first).values("hour").annotate(**SUMS).order_by("hour")}
    hours = []
    for number in range(HOURS):
        begins = first + timedelta(hours=number)
        one = found.get(begins, {})
        hours.append(Hour(begins, one.get("asked", 0), one.get("failed", 0), one.get("limited", 0)))
    return hours


def _bars(hours: Sequence[Hour]) -> list[Bar]:
    most = max((one.requests for one in hours), default=0)
    bars = []
    for number, hour in enumerate(hours):
        parts, top = [], HIGH
        for name, value in (("good", hour.requests - hour.errors - hour.refused), ("bad", hour.errors), ("waiting", hour.refused)):
            height = max(2, round(HIGH * value / most)) if value and most else 0
            top -= height
            if height:
                parts.append((name, top, height))
        bars.append(Bar(hour, number * 30, parts))
    return bars


def _days(rows: QuerySet[RequestHour], at: datetime) -> list[dict[str, Any]]:
    """A line for each day and credential of the last week, the newest first."""
    days: dict[tuple[Any, str], dict[str, Any]] = {}
    recent = rows.filter(hour__gt=at - timedelta(days=DAYS)).order_by("-hour", "key_id")
    for one in recent[: DAYS * HOURS * KEYS_MOST]:
        day = timezone.localdate(one.hour)
        line = days.setdefault((day, one.key_id), {"day": day, "key_id": one.key_id, "requests": 0, "errors": 0, "refused": 0, "milliseconds": 0})
        for name in ("requests", "errors", "refused", "milliseconds"):
            line[name] += getattr(one, name)
    return [{**line, "mean": round(line["milliseconds"] / line["requests"])} for line in days.values()]
