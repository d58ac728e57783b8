"""Offerings and requests in the staff site: what waits for approval, what waits for triage, and how it goes."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import today
from incubator.outbox.timeline import timeline
from incubator.startups.models import Area
from incubator.web import staff
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Next, chips
from incubator.web.refusals import refusals_shown
from programmes.expertise import access, next_steps, pages
from programmes.expertise import operations as expertise
from programmes.expertise.capacity import month_of
from programmes.expertise.forms import DeclineForm, TriageForm
from programmes.expertise.models import Offering, SupportRequest
from programmes.expertise.states import OFFERING, REQUEST, OfferingState, RequestState

FOUNDERS, PARTNERS = _lazy("The people of the startup"), _lazy("The partner's representatives")
OFFERING_STEPS = {
    "publish": Step("publish", _lazy("Publish"), (_lazy("Founders find it in their catalogue and may ask for it."),), expertise.publish, (PARTNERS,)),
    "send-back": Step(
        "send_back",
        _lazy("Give it back"),
        (_lazy("It is a draft again; the partner changes it and sends it anew."),),
        expertise.send_back,
        (PARTNERS,),
        ReasonForm,
    ),
    "retire": Step(
        "retire",
        _lazy("Retire"),
        (_lazy("It leaves the catalogue for good. Requests under way go on. This cannot be undone."),),
        expertise.retire,
        (PARTNERS,),
        danger=True,
    ),
}
STEPS = {
    "triage": Step(
        "triage",
        _lazy("Word it for the partner"),
        (_lazy("The partner will read these words, and never those of the founder."),),
        expertise.triage,
        (),
        TriageForm,
    ),
    "offer": Step(
        "offer",
        _lazy("Put it to the partner"),
        (_lazy("%(partner)s reads the park's words without the startup's name, and has five working days to answer."),),
        expertise.offer,
        (PARTNERS, FOUNDERS),
    ),
    "decline": Step(
        "decline",
        _lazy("Decline"),
        (_lazy("The request ends. The founder reads your reason and what helps instead."),),
        expertise.decline,
        (FOUNDERS,),
        DeclineForm,
        danger=True,
    ),
}


@require_safe
@portal("staff")
def offerings(request: PortalRequest) -> HttpResponse:
    """All offerings, the latest first."""
    _looking(request)
    rows = Offering.objects.visible_to(request.actor).with_free(month_of(today())).with_rating().select_related("organisation")
    if request.GET.get("state") in OfferingState.values:
        rows = rows.filter(status=request.GET["state"])
    areas = Area.objects.names(Area.Kind.EXPERTISE)
    rows = rows.chosen(request.GET["area"] if request.GET.get("area") in areas else "", "")
    if text := request.GET.get("q", "")[:100].strip():
        rows = rows.matching(text)
    context = {
        "title": _("Offerings"),
        "page": page(rows, after=request.GET.get("after") or request.GET.get("before")),
        "areas": areas,
        "states": chips(request, "state", OfferingState.choices, label=_("State"), everything=_("All")),
        "by_area": chips(request, "area", list(areas.items()), label=_("Area"), everything=_("All")),
    }
    return staff.draw(request, "staff/expertise/offerings.html", context)


@require_safe
@portal("staff")
def offering(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One offering: to read before it is approved, with the requests for it."""
    row = _offering(request, pk)
    verbs = row.verbs_for(request.actor)
    waits = row.status == OfferingState.PENDING_APPROVAL
    context = {
        "title": row.title,
        "offering": row,
        "facts": [Fact(_("Partner"), row.organisation.name), *pages.offering_facts(row, pages.names())],
        "next": Next(_("Read it; publish it or give it back"), _("The partner waits for the park"), tone="mine") if waits else None,
        "actions": [
            Action(one.title, reverse("staff:expertise:offering-step", args=[pk, name]), danger=one.danger)
            for name, one in OFFERING_STEPS.items()
            if one.verb in verbs
        ],
        "requests": SupportRequest.objects.visible_to(request.actor).filter(offering=row).for_pages().order_by("-created_at", "-pk")[:50],
        "entries": timeline(pk, machine=OFFERING),
        "crumbs": [Crumb(_("Offerings"), reverse("staff:expertise:offerings")), Crumb(row.title)],
    }
    return staff.draw(request, "staff/expertise/offering.html", context)


@ask_or_act
@portal("staff")
@refusals_shown
def offering_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Publish, give back or retire, confirmed."""
    row, one = _offering(request, pk), OFFERING_STEPS.get(step)
    if one is None or one.verb not in row.verbs_for(request.actor):
        raise Http404
    back = reverse("staff:expertise:offering", args=[pk])
    crumbs = [Crumb(_("Offerings"), reverse("staff:expertise:offerings")), Crumb(row.title, back)]
    return ask_step(request, one, row, by=request.actor, back=back, crumbs=crumbs)


@require_safe
@portal("staff")
def requests(request: PortalRequest) -> HttpResponse:
    """All requests that were sent, the latest first."""
    _looking(request)
    rows = SupportRequest.objects.visible_to(request.actor).for_pages()
    if request.GET.get("state") in RequestState.values:
        rows = rows.filter(status=request.GET["state"])
    if text := request.GET.get("q", "")[:100].strip():
        words = Q(offering__title__icontains=text) | Q(startup__name__icontains=text) | Q(offering__organisation__name__icontains=text)
        rows = rows.filter(words)
    states = [(one.value, one.label) for one in RequestState if one != RequestState.DRAFT]
    context = {
        "title": _("Support requests"),
        "page": page(rows, order=("-sent_at", "-id"), after=request.GET.get("after") or request.GET.get("before")),
        "today": today(),
        "states": chips(request, "state", states, label=_("State"), everything=_("All")),
    }
    return staff.draw(request, "staff/expertise/requests.html", context)


@require_safe
@portal("staff")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One request: the founder's words and the park's, its sessions, its end."""
    asked = _request(request, pk)
    steps = access.steps_of(request.actor, asked)
    sessions = pages.sessions_of(asked)
    context = {
        "title": _("%(startup)s: %(title)s") % {"startup": asked.startup.name, "title": asked.offering.title},
        "asked": asked,
        "facts": [
            Fact(_("Startup"), asked.startup.name),
            Fact(_("Partner"), asked.offering.organisation.name),
            *pages.request_facts(asked),
            Fact(_("Asked by"), asked.asked_by.name if asked.asked_by else ""),
        ],
        "next": next_steps.for_staff(asked),
        "actions": [Action(one.title, reverse("staff:expertise:step", args=[pk, name]), danger=one.danger) for name, one in STEPS.items() if one.verb in steps],
        "sessions": sessions,
        "code": getattr(asked, "code", None),
        "entries": timeline(pk, *(one.pk for one in sessions), machine=REQUEST),
        "crumbs": [Crumb(_("Support requests"), reverse("staff:expertise:requests")), Crumb(asked.startup.name)],
    }
    return staff.draw(request, "staff/expertise/request.html", context)


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Word it for the partner, put it to the partner, or decline it, confirmed."""
    asked, one = _request(request, pk), STEPS.get(step)
    if one is None or one.verb not in access.steps_of(request.actor, asked):
        raise Http404
    back = reverse("staff:expertise:request", args=[pk])
    initial = {"brief": asked.brief or asked.need, "amount": asked.amount, "confidentiality": asked.confidentiality}
    return ask_step(
        request,
        one,
        asked,
        by=request.actor,
        back=back,
        crumbs=[Crumb(_("Support requests"), reverse("staff:expertise:requests")), Crumb(asked.startup.name, back)],
        names={"partner": asked.offering.organisation.name},
        given={"initial": initial, "is_coded": asked.offering.is_coded} if step == "triage" else None,
    )


def _looking(request: PortalRequest) -> None:
    if not access.looks(request.actor):
        raise Http404


def _offering(request: PortalRequest, pk: UUID) -> Offering:
    rows = Offering.objects.visible_to(request.actor).with_free(month_of(today())).with_rating().select_related("organisation")
    found: Offering = get_object_or_404(rows, pk=pk)
    return found


def _request(request: PortalRequest, pk: UUID) -> SupportRequest:
    return get_object_or_404(SupportRequest.objects.visible_to(request.actor).for_pages().select_related("code", "asked_by"), pk=pk)
