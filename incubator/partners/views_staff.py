"""Partners in the staff site: the pipeline, one partner, its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.accounts.models import Membership
from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.outbox.timeline import timeline
from incubator.partners import access
from incubator.partners import operations as partners
from incubator.partners.forms import PartnerForm
from incubator.partners.models import Agreement, Partner
from incubator.partners.states import PARTNER, AgreementState, PartnerState
from incubator.web import staff, times
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Next, chips
from incubator.web.refusals import on_form, refusals_shown

STEPS = {
    "explore": Step("explore", _lazy("Begin to explore"), (_lazy("The partner moves from prospect to exploring."),), partners.explore),
    "negotiate": Step("negotiate", _lazy("Begin to negotiate"), (_lazy("The partner moves to negotiating."),), partners.negotiate),
    "activate": Step("activate", _lazy("Make active again"), (_lazy("The partner is active again; its agreement gives it access."),), partners.activate),
    "rest": Step("rest", _lazy("Let rest"), (_lazy("The partner becomes dormant. Its agreement and its access stay."),), partners.rest, form=ReasonForm),
    "end": Step(
        "end",
        _lazy("End the partnership"),
        (_lazy("The partnership ends for good. Its people and keys are out at once."),),
        partners.end,
        form=ReasonForm,
        danger=True,
    ),
}


def _looking(request: PortalRequest) -> None:
    if not access.may_look(request.actor):
        raise Http404


def _keeping(request: PortalRequest) -> None:
    if not access.may_keep(request.actor):
        raise Http404


@require_safe
@portal("staff")
def index(request: PortalRequest) -> HttpResponse:
    """All partners by name, with the agreement that counts. Two queries."""
    _looking(request)
    rows = Partner.objects.visible_to(request.actor).select_related("organisation")
    if request.GET.get("state") in PartnerState.values:
        rows = rows.filter(status=request.GET["state"])
    if text := request.GET.get("q", "")[:100].strip():
        rows = rows.filter(organisation__name__icontains=text)
    part = page(rows, order=("organisation__name", "id"), after=request.GET.get("after") or request.GET.get("before"))
    active = {one.partner_id: one for one in Agreement.objects.filter(partner__in=[one.pk for one in part.rows], status=AgreementState.ACTIVE)}
    context = {
        "title": _("Partners"),
        "page": part,
        "rows": [(one, active.get(one.pk)) for one in part.rows],
        "today": today(),
        "states": chips(request, "state", PartnerState.choices, label=_("State"), everything=_("All")),
        "add": Action(_("Add a partner"), reverse("staff:partners:add"), icon="plus") if access.may_keep(request.actor) else None,
    }
    return staff.draw(request, "staff/partners/index.html", context)


@require_safe
@portal("staff")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One partner: its record, people, agreements and history."""
    _looking(request)
    partner = _partner(request, pk)
    agreements = list(Agreement.objects.visible_to(request.actor).filter(partner=partner).order_by("-created_at", "-pk")[:50])
    verbs = partner.verbs_for(request.actor)
    may_keep = access.may_keep(request.actor)
    context = {
        "title": partner.organisation.name,
        "partner": partner,
        "agreements": agreements,
        "people": Membership.objects.filter(organisation=partner.organisation, role="partner").select_related("user").order_by("user__name", "pk")[:50],
        "facts": _facts(partner),
        "next": _next(partner, agreements),
        "draft": Action(_("Draft an agreement"), reverse("staff:partners:draft-agreement", args=[pk]), icon="file-plus")
        if may_keep and partner.status != PartnerState.ENDED
        else None,
        "actions": [
            *([Action(_("Edit"), reverse("staff:partners:edit", args=[pk]), icon="pencil")] if may_keep else []),
            *(Action(one.title, reverse("staff:partners:step", args=[pk, name]), danger=one.danger) for name, one in STEPS.items() if one.verb in verbs),
        ],
        "entries": timeline(partner.pk, machine=PARTNER),
        "crumbs": [Crumb(_("Partners"), reverse("staff:partners:index")), Crumb(partner.organisation.name)],
    }
    return staff.draw(request, "staff/partners/detail.html", context)


def _facts(partner: Partner) -> list[Fact]:
    organisation = partner.organisation
    open_now = _("Yes") if organisation.is_open() else _("No")
    until = _("Until %(at)s") % {"at": times.moment(organisation.access_until)} if organisation.access_until else ""
    return [
        Fact(_("Access"), open_now, note=until),
        Fact(_("Website"), partner.website),
        Fact(_("Areas of expertise"), ", ".join(partner.expertise_areas)),
        Fact(_("Webhook domains"), ", ".join(partner.webhook_domains)),
    ]


def _next(partner: Partner, agreements: list[Agreement]) -> Next | None:
    pending = next((one for one in agreements if one.status == AgreementState.PENDING_SIGNATURE), None)
    if pending is not None:
        missing = _("The park") if pending.signed_by_park_at is None else _("The partner")
        return Next(_("Both sides sign %(reference)s") % {"reference": pending.reference}, _("Waiting for: %(who)s") % {"who": missing})
    active = next((one for one in agreements if one.status == AgreementState.ACTIVE), None)
    if active is not None and active.is_expiring(today()):
        return Next(_("The agreement ends soon: draft its successor or let it end"), "", active.ends_on, tone="mine")
    if partner.status in (PartnerState.PROSPECT, PartnerState.EXPLORING, PartnerState.NEGOTIATING) and not agreements:
        return Next(_("Draft an agreement when the talks are far enough"), _("The park acts"), tone="mine")
    return None


@ask_or_act
@portal("staff")
@refusals_shown
def add(request: PortalRequest) -> HttpResponse:
    """A new partner; its people are invited from its organisation."""
    _keeping(request)
    form = PartnerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "summary", "website", "expertise_areas")}
        try:
            partner = partners.add(**given, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Added. It has no access before an agreement is active."))
            return redirect("staff:partners:detail", pk=partner.pk)
    return _draw_form(request, form, title=_("Add a partner"), back=reverse("staff:partners:index"))


@ask_or_act
@portal("staff")
@refusals_shown
def edit(request: PortalRequest, pk: UUID) -> HttpResponse:
    _keeping(request)
    partner = _partner(request, pk)
    form = PartnerForm(posted(request), instance=partner)
    if request.method == "POST" and form.is_valid():
        partners.edit(_partner(request, pk), **form.cleaned_data, by=request.actor, at=now())
        messages.success(request, _("Saved."))
        return redirect("staff:partners:detail", pk=pk)
    return _draw_form(request, form, title=partner.organisation.name, back=reverse("staff:partners:detail", args=[pk]))


def _draw_form(request: PortalRequest, form: Any, *, title: str, back: str) -> HttpResponse:
    context = {"title": title, "form": form, "back": back, "crumbs": [Crumb(_("Partners"), reverse("staff:partners:index")), Crumb(title)]}
    return staff.draw(request, "staff/partners/form.html", context, status=422 if form.errors else 200)


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """One step of a partner, confirmed."""
    partner, one = _partner(request, pk), STEPS.get(step)
    if one is None or one.verb not in partner.verbs_for(request.actor):
        raise Http404
    back = reverse("staff:partners:detail", args=[pk])
    crumbs = [Crumb(_("Partners"), reverse("staff:partners:index")), Crumb(partner.organisation.name, back)]
    return ask_step(request, one, partner, by=request.actor, back=back, crumbs=crumbs)


def _partner(request: PortalRequest, pk: UUID) -> Partner:
    return get_object_or_404(Partner.objects.visible_to(request.actor).select_related("organisation"), pk=pk)
