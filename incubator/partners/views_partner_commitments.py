"""Commitments in the partner portal, as the partner's side of them. Readable also while the organisation has no access."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.partners import commitment_pages as pages
from incubator.partners.models import Agreement
from incubator.web.refusals import refusals_shown


@require_safe
@portal("partner", without_access=True)
def commitments(request: PortalRequest) -> HttpResponse:
    """What the latest agreement promises, on both sides, and how far it is."""
    rows = Agreement.objects.visible_to(request.actor).select_related("partner__organisation")
    agreement = rows.filter(status="active").first() or rows.order_by("-created_at", "-pk").first()
    board = pages.scoreboard(request, agreement, pages.PARTNER) if agreement else {}
    return render(request, "partner/partners/commitments.html", {"agreement": agreement, **board})


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner", without_access=True)
@refusals_shown
def propose(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Propose a commitment under the agreement."""
    return pages.propose(request, pk, pages.PARTNER)


@require_safe
@portal("partner", without_access=True)
def commitment(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One commitment with its ledger."""
    return pages.detail(request, pk, pages.PARTNER)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner", without_access=True)
@refusals_shown
def revise(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Another proposal."""
    return pages.revise(request, pk, pages.PARTNER)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner", without_access=True)
@refusals_shown
def contribute(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Enter work done."""
    return pages.contribute(request, pk, pages.PARTNER)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("partner", without_access=True)
@refusals_shown
def commitment_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """One step, confirmed."""
    return pages.step(request, pk, step, pages.PARTNER)


@require_safe
@portal("partner", without_access=True)
def evidence(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The file that came with the delivery."""
    return pages.evidence(request, pk)


@require_safe
@portal("partner", without_access=True)
def contribution_file(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The file of one entry of the ledger."""
    return pages.contribution_file(request, pk)
