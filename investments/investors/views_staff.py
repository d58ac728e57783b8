"""Investor profiles in the staff site: to verify, to suspend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.outbox.timeline import timeline
from incubator.startups.models import Area
from incubator.web import staff, times
from incubator.web.confirming import posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Next, Words, chips
from incubator.web.refusals import on_form, refusals_shown
from incubator.web.templatetags.web import money
from investments.investors import access
from investments.investors import operations as investors
from investments.investors.forms import SuspendForm, VerifyForm
from investments.investors.models import InvestorProfile
from investments.investors.states import INVESTOR, InvestorState


class Step(NamedTuple):
    """A step of a profile as its confirm page words it."""

    title: Words
    what: Words
    take: Callable[..., InvestorProfile]
    form: Any


STEPS = {
    "verify": Step(_lazy("Verify"), _lazy("Rounds listed to it are open to the organisation for twelve months."), investors.verify, VerifyForm),
    "suspend": Step(_lazy("Suspend"), _lazy("Details of rounds are closed to the organisation at once."), investors.suspend, SuspendForm),
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
        "actions": [
            Action(one.title, reverse("staff:investors:step", args=[pk, name]), danger=name == "suspend") for name, one in STEPS.items() if name in verbs
        ],
        "entries": timeline(row.pk, machine=INVESTOR),
        "crumbs": [Crumb(_("Investors"), reverse("staff:investors:index")), Crumb(row.organisation.name)],
    }
    return staff.draw(request, "staff/investors/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Verify or suspend, with what was seen or why."""
    row, one = _profile(request, pk), STEPS.get(step)
    if one is None or step not in row.verbs_for(request.actor):
        raise Http404
    form = one.form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            one.take(row, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Done."))
            return redirect("staff:investors:detail", pk=pk)
    context = {
        "title": one.title,
        "what": [one.what],
        "told": [_("The people of %(organisation)s, by mail and in the portal") % {"organisation": row.organisation.name}],
        "form": form,
        "button": one.title,
        "danger": step == "suspend",
        "cancel_url": reverse("staff:investors:detail", args=[pk]),
        "crumbs": [Crumb(_("Investors"), reverse("staff:investors:index")), Crumb(row.organisation.name)],
    }
    return staff.draw(request, "staff/confirm.html", context, status=422 if form.errors else 200)


def _looking(request: PortalRequest) -> None:
    if not access.may_look(request.actor):
        raise Http404


def _profile(request: PortalRequest, pk: UUID) -> InvestorProfile:
    _looking(request)
    return get_object_or_404(InvestorProfile.objects.visible_to(request.actor).select_related("organisation"), pk=pk)
