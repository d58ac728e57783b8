"""Investor profiles in the staff site: to verify, to suspend."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.outbox.timeline import timeline
from incubator.startups.models import Area
from incubator.web import staff, times
from incubator.web.confirming import Step, ask_or_act, ask_step
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Next, chips
from incubator.web.refusals import refusals_shown
from incubator.web.templatetags.web import money
from investments.investors import access
from investments.investors import operations as investors
from investments.investors.forms import SuspendForm, VerifyForm
from investments.investors.models import InvestorProfile
from investments.investors.states import INVESTOR, InvestorState

TOLD = (_lazy("The people of %(organisation)s, by mail and in the portal"),)
STEPS = {
    "verify": Step(
        "verify", _lazy("Verify"), (_lazy("Rounds listed to it are open to the organisation for twelve months."),), investors.verify, TOLD, VerifyForm
    ),
    "suspend": Step(
        "suspend",
        _lazy("Suspend"),
        (_lazy("Details of rounds are closed to the organisation at once."),),
        investors.suspend,
        TOLD,
        SuspendForm,
        danger=True,
    ),
}


@require_safe
@portal("staff")
def index(request: PortalRequest) -> HttpResponse:
    """Investor profiles, those that wait first among the latest changed."""
    _looking(request)
    rows = InvestorProfile.objects.visible_to(request.actor).select_related("organisation")
    if request.GET.get("state") in InvestorState.values:
        rows = rows.filter(status=request.GET["state"])
    context = {
        "title": _("Investors"),
        "page": page(rows, after=request.GET.get("after") or request.GET.get("before")),
        "states": chips(request, "state", InvestorState.choices, label=_("State"), everything=_("All")),
    }
    return staff.draw(request, "staff/investors/index.html", context)


@require_safe
@portal("staff")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One profile: what it says, what was seen, its history."""
    row = _profile(request, pk)
    names = Area.objects.names(Area.Kind.FOCUS)
    verbs = row.verbs_for(request.actor)
    context = {
        "title": row.organisation.name,
        "profile": row,
        "facts": [
            Fact(_("Kind"), row.get_kind_display()),
            Fact(_("Professional investor because of"), row.get_ground_display()),
            Fact(_("Focus areas"), ", ".join(names[one] for one in row.focus_areas if one in names)),
            Fact(_("Verified until"), times.day(row.verified_until) if row.verified_until else ""),
            Fact(_("Smallest ticket"), money(row.ticket_min, row.currency)),
            Fact(_("Largest ticket"), money(row.ticket_max, row.currency)),
        ],
        "next": Next(_("Look at the evidence and verify the investor"), _("The organisation waits for you"), tone="mine")
        if row.status == InvestorState.PENDING
        else None,
        "actions": [Action(one.title, reverse("staff:investors:step", args=[pk, name]), danger=one.danger) for name, one in STEPS.items() if name in verbs],
        "entries": timeline(row.pk, machine=INVESTOR),
        "crumbs": [Crumb(_("Investors"), reverse("staff:investors:index")), Crumb(row.organisation.name)],
    }
    return staff.draw(request, "staff/investors/detail.html", context)


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Verify or suspend, with what was seen or why."""
    row, one = _profile(request, pk), STEPS.get(step)
    if one is None or step not in row.verbs_for(request.actor):
        raise Http404
    name, back = row.organisation.name, reverse("staff:investors:detail", args=[pk])
    crumbs = [Crumb(_("Investors"), reverse("staff:investors:index")), Crumb(name, back)]
    return ask_step(request, one, row, by=request.actor, back=back, crumbs=crumbs, names={"organisation": name})


def _looking(request: PortalRequest) -> None:
    if not access.may_look(request.actor):
        raise Http404


def _profile(request: PortalRequest, pk: UUID) -> InvestorProfile:
    _looking(request)
    return get_object_or_404(InvestorProfile.objects.visible_to(request.actor).select_related("organisation"), pk=pk)
