"""Before reading, and instead of it: no conflict, a conflict, abstaining, declining."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.web.confirming import ask_or_act, ask_step
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.reviews import operations as reviews
from programmes.reviews.steps import EXITS
from programmes.reviews.views_review import own


@require_POST
@portal("review")
@refusals_shown
def declare_free(request: PortalRequest, pk: UUID) -> HttpResponse:
    """No conflict: the application opens."""
    assignment = own(request, pk)
    reviews.declare_free(assignment, by=request.actor, at=now())
    return redirect("review:reviews:detail", pk=pk)


@ask_or_act
@portal("review")
@refusals_shown
def leave(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """A way out; afterwards the application is closed to the reviewer, so it leads to the queue."""
    assignment = own(request, pk)
    queue, detail = reverse("review:reviews:index"), reverse("review:reviews:detail", args=[pk])
    crumbs = [Crumb(_("My reviews"), queue), Crumb(assignment.application.reference or "", detail)]
    return ask_step(request, EXITS[verb], assignment, by=request.actor, back=detail, after=queue, crumbs=crumbs, layout="review/base.html")
