"""The catalogue of partners' expertise in the founder portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.startups.models import Area, Startup
from incubator.web.confirming import ask_or_act, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, chips
from incubator.web.refusals import on_form, refusals_shown
from programmes.expertise import access, pages
from programmes.expertise import operations as expertise
from programmes.expertise.capacity import month_of
from programmes.expertise.eligibility import why_not
from programmes.expertise.forms import RequestForm
from programmes.expertise.models import Offering, SupportRequest
from programmes.expertise.querysets import OfferingQuerySet
from programmes.expertise.states import RequestState
from programmes.expertise.suggesting import reasons

SUGGESTED = 3


@require_safe
@portal("my")
def index(request: PortalRequest) -> HttpResponse:
    """What partners offer, with what fits this startup first. Six statements."""
    startup = _startup(request)
    words = {kind: Area.objects.names(kind) for kind in Area.Kind.values}
    rows = _found(request, words["expertise"])
    part = page(rows.select_related("organisation"), order=("-published_at", "-id"), after=request.GET.get("after") or request.GET.get("before"))
    is_filtered = any(request.GET.get(name) for name in ("q", "area", "type", "partner", "free", "after", "before"))
    suggested = [] if is_filtered else list(Offering.objects.suggested_to(startup, month_of(today()))[:SUGGESTED])
    partners = Offering.objects.visible_to(request.actor).partner_names()
    context = {
        "page": part,
        "rows": [_card(one, startup, words) for one in part.rows],
        "suggested": [_card(one, startup, words) for one in suggested],
        "is_filtered": is_filtered,
        "filters": [
            *pages.offering_chips(request, words),
            chips(request, "partner", partners, label=_("Partner"), everything=_("All")),
            chips(request, "free", [("yes", _("Has room this month"))], label=_("Capacity"), everything=_("All")),
        ],
        "mine": Action(_("Your requests"), reverse("my:expertise:requests"), icon="list-check"),
    }
    return render(request, "my/expertise/index.html", context)


def _found(request: PortalRequest, areas: pages.Names) -> OfferingQuerySet:
    given = request.GET
    rows = Offering.objects.visible_to(request.actor).with_free(month_of(today())).with_rating()
    area = given["area"] if given.get("area") in areas else ""
    rows = rows.chosen(area, given["type"] if given.get("type") in Offering.Kind.values else "")
    if text := given.get("q", "")[:100].strip():
        rows = rows.matching(text)
    if partner := given.get("partner", ""):
        rows = rows.by_partner(partner)
    return rows.with_room() if given.get("free") == "yes" else rows


def _card(offering: Any, startup: Startup, words: dict[str, pages.Names]) -> dict[str, Any]:
    return {
        "offering": offering,
        "area": words["expertise"].get(offering.area, offering.area),
        "reasons": reasons(offering, startup, words["expertise"], words["focus"]),
        "not_for_you": why_not(offering, startup),
    }


@require_safe
@portal("my")
def offering(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One offering: what one gets, from whom, whether it is for this startup, and own requests for it."""
    startup, row = _startup(request), _offering(request, pk)
    refused = why_not(row, startup)
    words = pages.names()
    can_ask = not refused and access.may_ask(request.actor, startup)
    context = {
        "offering": row,
        "partner": getattr(row.organisation, "partner", None),
        "facts": pages.offering_facts(row, words),
        "reasons": reasons(row, startup, words, words),
        "not_for_you": refused,
        "ask": Action(_("Ask for this"), reverse("my:expertise:ask", args=[pk]), icon="message-circle-question") if can_ask else None,
        "requests": SupportRequest.objects.visible_to(request.actor).filter(offering=row).for_pages().order_by("-created_at", "-pk")[:10],
        "crumbs": [Crumb(_("Expertise"), reverse("my:expertise:index")), Crumb(row.title)],
    }
    return render(request, "my/expertise/offering.html", context)


@ask_or_act
@portal("my")
@refusals_shown
def ask(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Draft a request: the need, what should come of it, when, and how much the partner will see."""
    startup, row = _startup(request), _offering(request, pk)
    if why_not(row, startup) or not access.may_ask(request.actor, startup):
        raise Http404
    form = RequestForm(posted(request), offering=row)
    if request.method == "POST" and form.is_valid():
        try:
            asked = expertise.draft_request(row, startup, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            return redirect("my:expertise:request", pk=asked.pk)
    crumbs = [Crumb(_("Expertise"), reverse("my:expertise:index")), Crumb(row.title, reverse("my:expertise:offering", args=[pk])), Crumb(_("Ask"))]
    return draw_form(request, form, row, title=_("Ask for: %(title)s") % {"title": row.title}, back=reverse("my:expertise:offering", args=[pk]), crumbs=crumbs)


def draw_form(request: PortalRequest, form: RequestForm, row: Offering, *, title: str, back: str, crumbs: list[Crumb]) -> HttpResponse:
    context = {"form": form, "offering": row, "title": title, "back": back, "crumbs": crumbs}
    return render(request, "my/expertise/ask.html", context, status=422 if form.errors else 200)


def _startup(request: PortalRequest) -> Startup:
    return get_object_or_404(Startup.objects.owned_by(request.actor))


def _offering(request: PortalRequest, pk: UUID) -> Any:
    rows = Offering.objects.visible_to(request.actor).with_free(month_of(today())).with_rating()
    return get_object_or_404(rows.select_related("organisation__partner"), pk=pk)


@require_safe
@portal("my")
def requests(request: PortalRequest) -> HttpResponse:
    """The startup's own requests, the latest first."""
    rows = SupportRequest.objects.visible_to(request.actor).for_pages()
    if request.GET.get("state") in RequestState.values:
        rows = rows.filter(status=request.GET["state"])
    states = [(one.value, SupportRequest.machine.label(one.value, "founder")) for one in _told_apart()]
    context = {
        "page": page(rows, after=request.GET.get("after") or request.GET.get("before")),
        "states": chips(request, "state", states, label=_("State"), everything=_("All")),
        "browse": Action(_("See what partners offer"), reverse("my:expertise:index"), icon="search"),
        "crumbs": [Crumb(_("Expertise"), reverse("my:expertise:index")), Crumb(_("Your requests"))],
    }
    return render(request, "my/expertise/requests.html", context)


def _told_apart() -> list[RequestState]:
    """States that a founder can tell apart: what the park does with a request looks the same from outside."""
    return [one for one in RequestState if one != RequestState.TRIAGED]
