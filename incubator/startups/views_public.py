"""The portfolio: the startups that chose to be seen by everybody, at the level they chose."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from incubator.lib.actor import ANONYMOUS
from incubator.startups import access
from incubator.startups.models import Area, Startup
from incubator.web.paging import page
from incubator.web.parts import Crumb, Fact, chips

PAGE_SIZE = 24


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """Public startups, the latest changed first, by focus area and by words. Two queries."""
    areas = dict(Area.objects.filter(kind=Area.Kind.FOCUS).order_by("position", "pk").values_list("slug", "name"))
    found = Startup.objects.disclosed_to(ANONYMOUS)
    if words := request.GET.get("q", "")[:100].strip():
        found = found.matching(words)
    if request.GET.get("focus") in areas:
        found = found.with_focus(request.GET["focus"])
    part = page(found, order=("-updated_at", "-id"), after=request.GET.get("after") or request.GET.get("before"), size=PAGE_SIZE)
    context = {
        "page": part,
        "cards": [card(one, areas) for one in part.rows],
        "filters": chips(request, "focus", list(areas.items()), label=_("Focus"), everything=_("All")),
    }
    return render(request, "public/startups/portfolio.html", context)


def card(startup: Startup, areas: dict[str, str]) -> dict[str, object]:
    """What a list may show of a startup that carries its `level`."""
    shown = access.profile(startup, startup.level, in_list=True)  # type: ignore[attr-defined]
    return {**shown, "stage": startup.get_stage_display(), "focus": [areas[slug] for slug in startup.focus_areas if slug in areas]}


@require_safe
def startup(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One startup as far as it shows itself to everybody. At most four queries."""
    found = get_object_or_404(Startup.objects.disclosed_to(ANONYMOUS), pk=pk)
    areas = dict(Area.objects.order_by("position", "pk").values_list("slug", "name"))
    level = found.level  # type: ignore[attr-defined]
    people = found.people.order_by("-is_founder", "name", "pk") if level == access.FULL else ()
    shown = access.profile(found, level, people=people, documents=())
    context = {
        "startup": shown,
        "focus": [areas[slug] for slug in found.focus_areas if slug in areas],
        "facts": facts(found, shown, areas),
        "crumbs": [Crumb(_("Startups"), reverse("public:startups:portfolio")), Crumb(shown["name"])],
    }
    return render(request, "public/startups/startup.html", context)


def facts(startup: Startup, shown: dict[str, object], areas: dict[str, str]) -> list[Fact]:
    """The lines beside the text, only those that the level shows and the startup has filled in."""
    lines = [Fact(_("Stage"), startup.get_stage_display())]
    if "trl" in shown:
        lines.append(Fact(_("Technology readiness"), _("%(level)s of 9") % {"level": startup.trl}))
    if wanted := [areas[slug] for slug in startup.expertise_wanted if slug in areas and "expertise_wanted" in shown]:
        lines.append(Fact(_("Looks for help with"), ", ".join(wanted)))
    if "team_size" in shown:
        lines.append(Fact(_("Team"), startup.team_size))
    return lines
