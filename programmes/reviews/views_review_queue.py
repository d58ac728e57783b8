"""The reviewer's queue and their conflicts of interest."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.web.paging import page
from incubator.web.parts import Crumb, Stat, chips
from programmes.reviews import overview, states
from programmes.reviews.models import Assignment
from programmes.reviews.scoring import rounded

SENT = "sent"
MOST_CONFLICTS = 100


@require_safe
@portal("review")
def index(request: PortalRequest) -> HttpResponse:
    """What is to be read, the most urgent first; or what was sent."""
    mine = Assignment.objects.asked_of(request.actor)
    sent = request.GET.get("show") == SENT
    rows = mine.counted() if sent else mine.open()
    order = ("-due_on", "-id") if sent else ("due_on", "id")
    found = page(rows.for_queue(), order=order, after=request.GET.get("after"))
    context = {
        "page": found,
        "rows": [_row(one) for one in found.rows],
        "stats": _stats(request.actor),
        "sent": sent,
        "filters": chips(request, "show", [(SENT, _("Sent"))], label=_("Show"), everything=_("To do")),
    }
    return render(request, "review/reviews/index.html", context)


def _row(assignment: Assignment) -> dict[str, Any]:
    left = (assignment.due_on - today()).days
    return {
        "assignment": assignment,
        "scored": assignment.scored,  # type: ignore[attr-defined]
        "criteria": assignment.criteria,  # type: ignore[attr-defined]
        "late": left < 0,
        "left": time_left(assignment.due_on),
    }


def time_left(due_on: date) -> str:
    """3 days left, today, 2 days late."""
    days = (due_on - today()).days
    if days == 0:
        return _("Today")
    if days > 0:
        return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}


def _stats(actor: Actor) -> list[Stat]:
    """To do, overdue, sent, and how the reviewer's mean lies beside all others of the same calls. Two queries."""
    mine = Assignment.objects.asked_of(actor)
    waiting = Q(status__in=states.OPEN, application__status="in_review")
    counted = Q(status__in=states.COUNTED)
    figures = mine.aggregate(
        waiting=Count("pk", filter=waiting),
        overdue=Count("pk", filter=waiting & Q(due_on__lt=today())),
        sent=Count("pk", filter=counted),
        mean=Avg("review__score", filter=counted),
    )
    average = overview.mean_of_others(mine.counted(), actor.user_id) if figures["sent"] else None
    note = _("others: %(mean)s") % {"mean": rounded(average)} if average is not None else ""
    return [
        Stat(_("To do"), figures["waiting"]),
        Stat(_("Overdue"), figures["overdue"]),
        Stat(_("Sent"), figures["sent"], url=f"?show={SENT}"),
        Stat(_("Your mean score"), rounded(figures["mean"]) if figures["mean"] is not None else "–", change=note),
    ]


@require_safe
@portal("review")
def conflicts(request: PortalRequest) -> HttpResponse:
    """What counts as a conflict, what the reviewer has declared, and the ties the park has on record."""
    context = {
        "declared": overview.declared_by(request.actor.user_id)[:MOST_CONFLICTS],
        "ties": overview.ties_of(request.actor.user_id)[:MOST_CONFLICTS],
        "today": today(),
        "crumbs": [Crumb(_("My reviews"), ".."), Crumb(_("Conflicts of interest"))],
    }
    return render(request, "review/reviews/conflicts.html", context)
