"""Commitments in the staff site, as the park's side of them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.partners import access
from incubator.partners import commitment_pages as pages
from incubator.partners import operations as partners
from incubator.partners.forms_commitments import WorkstreamForm
from incubator.partners.models import Agreement
from incubator.web.confirming import posted
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown


def _looking(request: PortalRequest) -> None:
    if not access.may_look(request.actor):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def add_workstream(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A strand of the agreement, under which commitments are proposed."""
    row = get_object_or_404(Agreement.objects.visible_to(request.actor).select_related("partner__organisation"), pk=pk)
    if not access.may_keep(request.actor) or access.is_over(row):
        raise Http404
    back = pages.STAFF.agreement_url(row)
    return pages.STAFF.confirm(
        request,
        title=_("Add a workstream"),
        what=[_("Commitments of both sides can be proposed under it.")],
        told=[],
        button=_("Add it"),
        act=lambda data, at: partners.add_workstream(row, **data, by=request.actor, at=at),
        done=_("Added."),
        back=back,
        crumbs=[Crumb(row.reference, back), Crumb(_("Add a workstream"))],
        form=WorkstreamForm(posted(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def propose(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Propose a commitment under the agreement."""
    _looking(request)
    return pages.propose(request, pk, pages.STAFF)


@require_safe
@portal("staff")
def commitment(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One commitment with its ledger."""
    _looking(request)
    return pages.detail(request, pk, pages.STAFF)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def revise(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Another proposal."""
    _looking(request)
    return pages.revise(request, pk, pages.STAFF)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def contribute(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Enter work done."""
    _looking(request)
    return pages.contribute(request, pk, pages.STAFF)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def commitment_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """One step, confirmed."""
    _looking(request)
    return pages.step(request, pk, step, pages.STAFF)


@require_safe
@portal("staff")
def evidence(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The file that came with the delivery."""
    _looking(request)
    return pages.evidence(request, pk)


@require_safe
@portal("staff")
def contribution_file(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The file of one entry of the ledger."""
    _looking(request)
    return pages.contribution_file(request, pk)
