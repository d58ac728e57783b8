"""A partner's offerings in the partner portal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.outbox.timeline import timeline
from incubator.web.confirming import Step, ask_or_act, ask_step, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Next, chips
from incubator.web.refusals import on_form, refusals_shown
from programmes.expertise import access, pages
from programmes.expertise import operations as expertise
from programmes.expertise.capacity import month_of
from programmes.expertise.forms import OfferingForm
from programmes.expertise.models import Offering
from programmes.expertise.states import OFFERING, OfferingState

MANAGERS = _lazy("The park's partnership managers")
STEPS = {
    "submit": Step(
        "submit",
        _lazy("Send for approval"),
        (_lazy("The park reads the offering; you cannot change it meanwhile."), _lazy("Once approved, founders find it in their catalogue.")),
        expertise.submit,
        (MANAGERS,),
        done=_lazy("Sent. You are told when the park has read it."),
    ),
    "pause": Step("pause", _lazy("Pause"), (_lazy("Founders cannot ask for it until you put it up again. Requests under way go on."),), expertise.pause),
    "resume": Step("resume", _lazy("Put up again"), (_lazy("Founders find it in their catalogue again."),), expertise.resume),
    "retire": Step(
        "retire", _lazy("Retire"), (_lazy("It leaves the catalogue for good. Requests under way go on. This cannot be undone."),), expertise.retire, danger=True
    ),
}


@require_safe
@portal("partner")
def offerings(request: PortalRequest) -> HttpResponse:
    """Own offerings, the latest first, with what is free this month."""
    _offering_side(request)
    rows = Offering.objects.visible_to(request.actor).with_free(month_of(today())).with_rating()
    if request.GET.get("state") in OfferingState.values:
        rows = rows.filter(status=request.GET["state"])
    states = [(one.value, OFFERING.label(one.value, "partner")) for one in OfferingState]
    context = {
        "page": page(rows, after=request.GET.get("after") or request.GET.get("before")),
        "areas": pages.names(),
        "states": chips(request, "state", states, label=_("State"), everything=_("All")),
        "create": Action(_("Draft an offering"), reverse("partner:expertise:create"), icon="plus") if access.may_offer(request.actor) else None,
    }
    return render(request, "partner/expertise/offerings.html", context)


@require_safe
@portal("partner")
def offering(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One offering: what founders read, what can be done, its history."""
    row = _offering(request, pk)
    verbs = row.verbs_for(request.actor)
    context = {
        "offering": row,
        "facts": pages.offering_facts(row, pages.names()),
        "next": _next(row, verbs),
        "edit": Action(_("Edit"), reverse("partner:expertise:edit", args=[pk]), icon="pencil") if access.may_edit(request.actor, row) else None,
        "actions": [
            Action(one.title, reverse("partner:expertise:offering-step", args=[pk, name]), danger=one.danger)
            for name, one in STEPS.items()
            if one.verb in verbs and name != "submit"
        ],
        "entries": timeline(pk, machine=OFFERING, audience="partner", organisation_id=request.actor.organisation_id),
        "crumbs": [Crumb(_("Offerings"), reverse("partner:expertise:offerings")), Crumb(row.title)],
    }
    return render(request, "partner/expertise/offering.html", context)


def _next(row: Offering, verbs: tuple[str, ...]) -> Next | None:
    if row.status == OfferingState.DRAFT:
        action = Action(_("Send for approval"), reverse("partner:expertise:offering-step", args=[row.pk, "submit"])) if "submit" in verbs else None
        return Next(_("Read it once more and send it for approval"), _("Only your people and the park see it"), tone="mine", action=action)
    if row.status == OfferingState.PENDING_APPROVAL:
        return Next(_("The park reads it, and publishes it or gives it back"), _("You wait for the park's partnership manager"))
    if row.status == OfferingState.PUBLISHED:
        return Next(_("Founders ask for it; the park puts their requests to you"), _("You are told of each"), tone="done")
    if row.status == OfferingState.PAUSED:
        return Next(_("Put it up again, or retire it"), _("Founders cannot ask for it"), tone="mine")
    return None


@ask_or_act
@portal("partner")
@refusals_shown
def create(request: PortalRequest) -> HttpResponse:
    """Draft an offering."""
    _offering_side(request)
    if not access.may_offer(request.actor) or request.organisation is None:
        raise Http404
    form = OfferingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = expertise.draft_offering(request.organisation, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            return redirect("partner:expertise:offering", pk=row.pk)
    return _draw_form(request, form, title=_("Draft an offering"), back=reverse("partner:expertise:offerings"))


@ask_or_act
@portal("partner")
@refusals_shown
def edit(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Change a draft; capacity and lead time of what is up."""
    row = _offering(request, pk)
    if not access.may_edit(request.actor, row):
        raise Http404
    form = OfferingForm(posted(request), instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            expertise.edit_offering(row, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("partner:expertise:offering", pk=pk)
    return _draw_form(request, form, title=_("Edit the offering"), back=reverse("partner:expertise:offering", args=[pk]))


def _draw_form(request: PortalRequest, form: OfferingForm, *, title: str, back: str) -> HttpResponse:
    crumbs = [Crumb(_("Offerings"), reverse("partner:expertise:offerings")), Crumb(title)]
    context = {"form": form, "title": title, "back": back, "crumbs": crumbs, "approved": form.instance.status != OfferingState.DRAFT}
    return render(request, "partner/expertise/form.html", context, status=422 if form.errors else 200)


@ask_or_act
@portal("partner")
@refusals_shown
def offering_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Send, pause, put up again or retire, confirmed."""
    row, one = _offering(request, pk), STEPS.get(step)
    if one is None or one.verb not in row.verbs_for(request.actor):
        raise Http404
    back = reverse("partner:expertise:offering", args=[pk])
    crumbs = [Crumb(_("Offerings"), reverse("partner:expertise:offerings")), Crumb(row.title, back)]
    return ask_step(request, one, row, by=request.actor, back=back, crumbs=crumbs, layout="partner/base.html")


def _offering_side(request: PortalRequest) -> None:
    """Investors share this portal; offerings are for partners."""
    if request.actor.organisation_kind != "partner":
        raise Http404


def _offering(request: PortalRequest, pk: UUID) -> Offering:
    rows = Offering.objects.visible_to(request.actor).with_free(month_of(today())).with_rating()
    found: Offering = get_object_or_404(rows, pk=pk)
    return found
