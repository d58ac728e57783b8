"""Agreements in the staff site: all of them, one, its steps, its signature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.outbox.timeline import timeline
from incubator.partners import access
from incubator.partners import operations as partners
from incubator.partners.commitment_pages import STAFF, scoreboard
from incubator.partners.forms import AgreementForm, SignForm, TerminateForm
from incubator.partners.models import Agreement, Partner
from incubator.partners.states import AGREEMENT, AgreementState
from incubator.web import staff, times
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, chips
from incubator.web.refusals import on_form, refusals_shown

PARTNERS_PEOPLE = (_lazy("The partner's representatives, by mail and in the portal"),)
STEPS = {
    "negotiate": Step(
        "negotiate", _lazy("Open the negotiation"), (_lazy("The draft is under negotiation; it can still be changed."),), partners.open_negotiation
    ),
    "send": Step(
        "send_for_signature",
        _lazy("Send for signature"),
        (_lazy("The text is final. Both sides sign with their typed name; the second signature opens the partner's access."),),
        partners.send_for_signature,
        PARTNERS_PEOPLE,
    ),
    "reopen": Step("reopen", _lazy("Back into negotiation"), (_lazy("Signatures given so far are void."),), partners.reopen, PARTNERS_PEOPLE, ReasonForm),
    "sign": Step("sign", _lazy("Sign for the park"), (_lazy("You sign for the park with your typed name."),), partners.sign, PARTNERS_PEOPLE, SignForm),
    "terminate": Step(
        "terminate",
        _lazy("Terminate"),
        (_lazy("The agreement ends with the last day you give. Then the partner's people and keys have no access any more."),),
        partners.terminate,
        PARTNERS_PEOPLE,
        TerminateForm,
        danger=True,
    ),
}


@require_safe
@portal("staff")
def agreements(request: PortalRequest) -> HttpResponse:
    """All agreements, the latest first."""
    if not access.may_look(request.actor):
        raise Http404
    rows = Agreement.objects.visible_to(request.actor).select_related("partner__organisation")
    if request.GET.get("state") in AgreementState.values:
        rows = rows.filter(status=request.GET["state"])
    if text := request.GET.get("q", "")[:100].strip():
        rows = rows.filter(partner__organisation__name__icontains=text)
    part = page(rows, after=request.GET.get("after") or request.GET.get("before"))
    context = {
        "title": _("Agreements"),
        "page": part,
        "rows": [(one, one.is_expiring(today())) for one in part.rows],
        "states": chips(request, "state", AgreementState.choices, label=_("State"), everything=_("All")),
    }
    return staff.draw(request, "staff/partners/agreements.html", context)


@require_safe
@portal("staff")
def agreement(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One agreement: its terms, who has signed, what can be done, its history."""
    row = _agreement(request, pk)
    context = {
        "title": row.title,
        "agreement": row,
        "facts": _facts(row),
        "actions": _actions(request, row),
        "entries": timeline(row.pk, machine=AGREEMENT),
        **scoreboard(request, row, STAFF),
        "add_workstream": _add_workstream(request, row),
        "crumbs": [*_crumbs(row)[:-1], Crumb(row.reference)],
    }
    return staff.draw(request, "staff/partners/agreement.html", context)


def _add_workstream(request: PortalRequest, row: Agreement) -> Action | None:
    if not access.may_keep(request.actor) or access.is_over(row):
        return None
    return Action(_("Add a workstream"), reverse("staff:partners:add-workstream", args=[row.pk]))


def _facts(row: Agreement) -> list[Fact]:
    return [
        Fact(_("Partner"), row.partner.organisation.name),
        Fact(_("From"), times.day(row.starts_on)),
        Fact(_("To"), times.day(row.ends_on)),
        *([Fact(_("Terminated with"), times.day(row.terminated_on))] if row.terminated_on else []),
        Fact(_("Signed by the park"), row.signed_by_park_name, note=_when(row.signed_by_park_at)),
        Fact(_("Signed by the partner"), row.signed_by_partner_name, note=_when(row.signed_by_partner_at)),
    ]


def _when(at: datetime | None) -> str:
    return times.moment(at) if at else ""


def _may(request: PortalRequest, row: Agreement, verb: str) -> bool:
    if verb == "sign":
        return access.may_sign(request.actor, row)
    return verb in row.verbs_for(request.actor)


def _actions(request: PortalRequest, row: Agreement) -> list[Action]:
    steps = [
        Action(one.title, reverse("staff:partners:agreement-step", args=[row.pk, name]), danger=one.danger)
        for name, one in STEPS.items()
        if _may(request, row, one.verb)
    ]
    if access.may_keep(request.actor) and row.status in (AgreementState.DRAFT, AgreementState.NEGOTIATION):
        steps.append(Action(_("Edit"), reverse("staff:partners:edit-agreement", args=[row.pk]), icon="pencil"))
    return steps


@ask_or_act
@portal("staff")
@refusals_shown
def draft(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A new agreement with a partner; also the successor of one that ends."""
    if not access.may_keep(request.actor):
        raise Http404
    partner = get_object_or_404(Partner.objects.visible_to(request.actor).select_related("organisation"), pk=pk)
    form = AgreementForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        row = _saved(request, form, lambda values: partners.draft_agreement(partner, **values, by=request.actor, at=now()))
        if row:
            return redirect("staff:partners:agreement", pk=row.pk)
    back = reverse("staff:partners:detail", args=[pk])
    crumbs = [Crumb(_("Partners"), reverse("staff:partners:index")), Crumb(partner.organisation.name, back), Crumb(_("New agreement"))]
    context = {"title": _("Draft an agreement"), "form": form, "back": back, "crumbs": crumbs}
    return staff.draw(request, "staff/partners/form.html", context, status=422 if form.errors else 200)


@ask_or_act
@portal("staff")
@refusals_shown
def edit(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Change a draft."""
    if not access.may_keep(request.actor):
        raise Http404
    row = _agreement(request, pk)
    form = AgreementForm(posted(request), request.FILES or None, instance=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and _saved(request, form, lambda values: partners.edit_agreement(row, **values, by=request.actor, at=now()))
    ):
        return redirect("staff:partners:agreement", pk=pk)
    context = {
        "title": _("Edit %(reference)s") % {"reference": row.reference},
        "form": form,
        "back": reverse("staff:partners:agreement", args=[pk]),
        "crumbs": _crumbs(row, Crumb(_("Edit"))),
    }
    return staff.draw(request, "staff/partners/form.html", context, status=422 if form.errors else 200)


def _saved(request: PortalRequest, form: AgreementForm, save: Callable[[dict[str, Any]], Agreement]) -> Agreement | None:
    """Store the document, if one came, and save in one transaction. None after a refusal, which stands on the form."""
    values = {name: form.cleaned_data[name] for name in ("title", "summary", "starts_on", "ends_on")}
    upload = form.cleaned_data["upload"]
    try:
        with transaction.atomic():
            document = files.store(upload, by=request.actor, at=now()) if upload else None
            row = save({**values, "document": document})
    except Refusal as refusal:
        on_form(form, refusal)
        return None
    messages.success(request, _("Saved."))
    return row


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """One step of an agreement, confirmed, with a reason or a signature where it needs one."""
    row, one = _agreement(request, pk), STEPS.get(step)
    if one is None or not _may(request, row, one.verb):
        raise Http404
    back = reverse("staff:partners:agreement", args=[pk])
    return ask_step(request, one, row, by=request.actor, back=back, crumbs=_crumbs(row))


@require_safe
@portal("staff")
def document(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    row = _agreement(request, pk)
    if row.document is None:
        raise Http404
    return files.download(row.document)


def _agreement(request: PortalRequest, pk: UUID) -> Agreement:
    if not access.may_look(request.actor):
        raise Http404
    rows = Agreement.objects.visible_to(request.actor).select_related("partner__organisation", "document")
    return get_object_or_404(rows, pk=pk)


def _crumbs(row: Agreement, *more: Crumb) -> list[Crumb]:
    """The way to the agreement, and on."""
    partner = Crumb(row.partner.organisation.name, reverse("staff:partners:detail", args=[row.partner_id]))
    return [Crumb(_("Partners"), reverse("staff:partners:index")), partner, Crumb(row.reference, reverse("staff:partners:agreement", args=[row.pk])), *more]
