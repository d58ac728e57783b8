"""What the staff's lists of applications can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from incubator.accounts.access import PortalRequest
from incubator.startups.models import Area
from incubator.web.parts import Chips, chips
from programmes.applications.querysets import ApplicationQuerySet
from programmes.applications.states import STAGES
from programmes.catalogue.models import Intake

MOST_INTAKES = 8


def filtered(request: PortalRequest, rows: ApplicationQuerySet) -> ApplicationQuerySet:
    """The rows that the search field and the chips leave. An unknown choice leaves none."""
    if text := request.GET.get("q", "").strip()[:100]:
        rows = rows.matching(text)
    if stage := request.GET.get("state"):
        rows = rows.filter(status__in=STAGES[stage][1]) if stage in STAGES else rows.none()
    if intake := request.GET.get("intake"):
        rows = rows.filter(intake__slug=intake)
    if focus := request.GET.get("focus"):
        rows = rows.filter(startup__focus_areas__contains=[focus])
    return rows


def filters(request: PortalRequest, stages: dict[str, Any]) -> list[Chips]:
    """State, call and focus. Two queries."""
    intakes = Intake.objects.visible_to(request.actor).exclude(status__in=("draft", "scheduled")).order_by("-opens_at", "-id")[:MOST_INTAKES]
    areas = Area.objects.filter(kind=Area.Kind.FOCUS).order_by("position", "name")
    return [
        chips(request, "state", [(key, label) for key, (label, _states) in stages.items()], label=_("State"), everything=_("All")),
        chips(request, "intake", [(one.slug, one.title) for one in intakes], label=_("Call"), everything=_("All")),
        chips(request, "focus", [(one.slug, one.name) for one in areas], label=_("Focus"), everything=_("All")),
        chips(request, "sort", [("longest", _("Longest waiting first"))], label=_("Order"), everything=_("Newest first")),
    ]
