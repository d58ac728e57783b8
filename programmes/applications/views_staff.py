"""The staff's lists of applications: everything sent in, what waits for screening, and what was never sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now, today
from incubator.web import staff
from incubator.web.paging import page
from incubator.web.parts import Crumb, chips
from programmes.applications.listing import MOST_INTAKES, filtered, filters
from programmes.applications.models import Application
from programmes.applications.querysets import ApplicationQuerySet
from programmes.applications.states import STAGES, WAITS_FOR
from programmes.catalogue.models import Intake

NEWEST, LONGEST = ("-submitted_at", "-id"), ("submitted_at", "id")
SIZE = 50
MOST_ARRIVALS = 25


@require_safe
@portal("staff")
def index(request: PortalRequest) -> HttpResponse:
    """Everything that was sent in."""
    return _list(request, Application.objects.visible_to(request.actor), title=_("Applications"), stages=STAGES)


@require_safe
@portal("staff")
def queue(request: PortalRequest) -> HttpResponse:
    """What waits for screening: new, being screened, or waiting for the applicant's answer."""
    rows = Application.objects.visible_to(request.actor).waiting_for_screening()
    return _list(request, rows, title=_("Screening"), stages={key: STAGES[key] for key in ("screening", "asked")})


def _list(request: PortalRequest, rows: ApplicationQuerySet, *, title: str, stages: dict[str, Any]) -> HttpResponse:
    rows = filtered(request, rows)
    longest = request.GET.get("sort") == "longest"
    found = page(rows.for_staff_list(), order=LONGEST if longest else NEWEST, after=request.GET.get("after"), size=SIZE)
    on_first_page = not longest and not request.GET.get("after")
    context = {
        "title": title,
        "page": found,
        "rows": [_row(one) for one in found.rows],
        "filters": filters(request, stages),
        "polls": on_first_page,
        "since": (found.rows[0].submitted_at if found.rows and found.rows[0].submitted_at else now()) if on_first_page else None,
        "unsent_url": reverse("staff:applications:unsent") if request.actor.roles & {"officer", "manager"} else "",
        "crumbs": [Crumb(_("Applications"), reverse("staff:applications:index")), Crumb(title)] if title != _("Applications") else [Crumb(title)],
    }
    return staff.draw(request, "staff/applications/index.html", context)


@require_safe
@portal("staff")
def arrivals(request: PortalRequest) -> HttpResponse:
    """What was sent in since the list was drawn, under the same filters; asked for every few seconds. One query."""
    since = _instant(request.GET.get("since", ""))
    if since is None:
        raise BadRequest(_("Say since when, as an instant with its zone."))
    rows = filtered(request, Application.objects.visible_to(request.actor)).filter(submitted_at__gt=since)
    found = list(rows.for_staff_list().newest_first()[:MOST_ARRIVALS])
    context = {"rows": [_row(one) for one in found], "since": since, "polls": True, "count": len(found)}
    return staff.fragment(request, "staff/applications/_arrivals.html", context)


def _instant(text: str) -> datetime | None:
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _row(application: Application) -> dict[str, Any]:
    """A line of the list, from loaded fields only."""
    due = application.answer_due_on  # type: ignore[attr-defined]
    return {
        "application": application,
        "url": reverse("staff:applications:detail", args=[application.pk]),
        "days": (now() - application.since).days,  # type: ignore[attr-defined]
        "waits_for": WAITS_FOR.get(application.status, ""),
        "due": due,
        "late": bool(due and due < today()),
    }


@require_safe
@portal("staff")
def unsent(request: PortalRequest) -> HttpResponse:
    """Who began and has not sent: for giving one applicant more time. Their answers stay their own."""
    rows = Application.objects.unsent(request.actor)
    if text := request.GET.get("q", "").strip()[:100]:
        rows = rows.matching(text)
    if intake := request.GET.get("intake"):
        rows = rows.filter(intake__slug=intake)
    found = page(rows.select_related("intake", "startup"), after=request.GET.get("after"), size=SIZE)
    intakes = Intake.objects.visible_to(request.actor).exclude(status="draft").order_by("-opens_at", "-id")[:MOST_INTAKES]
    context = {
        "title": _("Not sent"),
        "page": found,
        "rows": [{"application": one, "closes_at": one.closes_at(), "url": reverse("staff:applications:extend", args=[one.pk])} for one in found.rows],
        "filters": [chips(request, "intake", [(one.slug, one.title) for one in intakes], label=_("Call"), everything=_("All"))],
        "crumbs": [Crumb(_("Applications"), reverse("staff:applications:index")), Crumb(_("Not sent"))],
    }
    return staff.draw(request, "staff/applications/unsent.html", context)
