"""The front page. It stands here because its apps do: programmes and calls above startups and partners."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from incubator.lib.actor import ANONYMOUS
from incubator.lib.clock import now
from incubator.partners.models import Partner
from incubator.startups import access as startups
from incubator.startups.models import Startup
from incubator.startups.states import ParkStage
from incubator.web.parts import Stat
from programmes.catalogue.calls import calendar
from programmes.catalogue.models import Intake, Programme
from programmes.catalogue.views_public import described, focus_names

CALLS, PROGRAMMES, STARTUPS, PARTNERS = 6, 6, 6, 24


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What the park is, by its own rows: open calls, programmes, public startups, partners. Eight queries."""
    at, names = now(), focus_names()
    known = Intake.objects.visible_to(ANONYMOUS).for_calls()
    accepting, announced = list(known.accepting(at).by_deadline()[:CALLS]), list(known.upcoming(at).order_by("opens_at", "pk")[:CALLS])
    programmes = Programme.objects.visible_to(ANONYMOUS).filter(status="published").for_public_list()
    shown = [described(one, names, at) for one in programmes[:100]]
    partners = list(Partner.objects.active()[:PARTNERS])
    public = Startup.objects.disclosed_to(ANONYMOUS).order_by("-updated_at", "-id")[:STARTUPS]
    context = {
        "now": at,
        "front_call": next(iter([*accepting, *announced]), None),
        "accepting": accepting,
        "announced": announced,
        "calendar": calendar([*accepting, *announced], at),
        "programmes": sorted(shown, key=lambda one: not one.is_open)[:PROGRAMMES],
        "startups": [_card(one, names) for one in public],
        "partners": partners,
        "figures": _figures(len(shown), len(partners)),
        "focus_names": list(names.values()),
    }
    return render(request, "public/catalogue/landing.html", context)


def _card(startup: Any, names: dict[str, str]) -> dict[str, Any]:
    shown = startups.profile(startup, startup.level, in_list=True)
    return {**shown, "stage": startup.get_stage_display(), "focus": [names[slug] for slug in startup.focus_areas if slug in names]}


def _figures(programmes: int, partners: int) -> list[Stat]:
    """The park in numbers; what is still nought is left out. One query."""
    counted = Startup.objects.in_the_park().aggregate(
        admitted=Count("pk", filter=Q(park_stage=ParkStage.INCUBATEE)),
        finished=Count("pk", filter=Q(park_stage__in=(ParkStage.GRADUATE, ParkStage.PARK_COMPANY, ParkStage.ALUMNI))),
    )
    figures = [
        Stat(_("startups in a programme now"), counted["admitted"], reverse("public:startups:portfolio")),
        Stat(_("have come through one"), counted["finished"], reverse("public:startups:portfolio")),
        Stat(_("programmes"), programmes, reverse("public:catalogue:programmes")),
        Stat(_("partners that work with them"), partners, reverse("home:partners")),
    ]
    return [one for one in figures if one.value]
