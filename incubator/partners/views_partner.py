"""The partner's own agreement: to read, to sign, to keep. Open also while the organisation has no access."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.outbox.timeline import timeline
from incubator.partners import access
from incubator.partners import operations as partners
from incubator.partners.forms import SignForm
from incubator.partners.models import Agreement
from incubator.partners.states import AGREEMENT, AgreementState
from incubator.web import times
from incubator.web.confirming import posted
from incubator.web.parts import Action, Crumb, Fact, Next
from incubator.web.refusals import on_form, refusals_shown


@require_safe
@portal("partner", without_access=True)
def agreement(request: PortalRequest) -> HttpResponse:
    """The agreements of this organisation, the latest first, with what happened to each."""
    rows = list(Agreement.objects.visible_to(request.actor).select_related("partner__organisation", "document").order_by("-created_at", "-pk")[:20])
    current = rows[0] if rows else None
    context = {
        "rows": [{"agreement": one, "facts": facts(one), "next": next_step(request, one)} for one in rows],
        "entries": timeline(current.pk, machine=AGREEMENT, audience="partner", organisation_id=request.actor.organisation_id) if current else (),
    }
    return render(request, "partner/partners/agreement.html", context)


def facts(agreement: Agreement) -> list[Fact]:
    return [
        Fact(_("Reference"), agreement.reference),
        Fact(_("From"), times.day(agreement.starts_on)),
        Fact(_("To"), times.day(agreement.terminated_on or agreement.ends_on)),
        Fact(_("Signed by the park"), agreement.signed_by_park_name, note=_when(agreement.signed_by_park_at)),
        Fact(_("Signed by the partner"), agreement.signed_by_partner_name, note=_when(agreement.signed_by_partner_at)),
    ]


def _when(at: datetime | None) -> str:
    return times.moment(at) if at else ""


def next_step(request: PortalRequest, agreement: Agreement) -> Next | None:
    if access.may_sign(request.actor, agreement):
        to_sign = Action(_("Read and sign"), reverse("partner:partners:sign", args=[agreement.pk]))
        return Next(_("Read and sign the agreement"), _("The park waits for you"), tone="mine", action=to_sign)
    if agreement.status == AgreementState.PENDING_SIGNATURE:
        return Next(_("The park signs"), _("You have signed; you are told when it is active"), tone="others")
    if agreement.is_expiring(today()):
        return Next(_("The agreement ends soon"), _("Write to your contact at the park to renew it"), agreement.ends_on, tone="mine")
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner", without_access=True)
@refusals_shown
def sign(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Read the agreement and sign it with a typed name. Once signed, this leads to the list."""
    row = _own(request, pk)
    if not access.may_sign(request.actor, row):
        return redirect("partner:partners:agreement")
    form = SignForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = partners.sign(row, name=form.cleaned_data["name"], by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _signed(row))
            return redirect("partner:partners:agreement")
    context = {
        "agreement": row,
        "facts": facts(row),
        "form": form,
        "crumbs": [Crumb(_("Agreement"), reverse("partner:partners:agreement")), Crumb(row.reference)],
    }
    return render(request, "partner/partners/sign.html", context, status=422 if form.errors else 200)


def _signed(row: Agreement) -> str:
    if row.status == AgreementState.ACTIVE:
        return _("Signed by both sides: the agreement is active, and the portal is open to you.")
    return _("Signed. The agreement begins when the park has signed too; you are told.")


@require_safe
@portal("partner", without_access=True)
def document(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    row = _own(request, pk)
    if row.document is None:
        raise Http404
    return files.download(row.document)


def _own(request: PortalRequest, pk: UUID) -> Agreement:
    return get_object_or_404(Agreement.objects.visible_to(request.actor).select_related("partner__organisation", "document"), pk=pk)
