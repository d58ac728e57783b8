"""The steps of an application's review and of single assignments: each asks first, and acts on POST."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from incubator.accounts.access import PortalRequest, portal
from incubator.web.confirming import ask_or_act, ask_step, must_offer
from incubator.web.refusals import refusals_shown
from programmes.reviews import access
from programmes.reviews.models import Assignment
from programmes.reviews.steps import OF_APPLICATION, OF_ASSIGNMENT
from programmes.reviews.views_staff_application import crumbs, find


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """A step of the application's review."""
    application = find(request, pk)
    must_offer(application, verb, request, by=request.actor)
    back = reverse("staff:reviews:application", args=[pk])
    names = {"startup": application.startup.name}
    return ask_step(request, OF_APPLICATION[verb], application, by=request.actor, back=back, crumbs=crumbs(application), names=names)


@ask_or_act
@portal("staff")
@refusals_shown
def assignment_step(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """A step of one assignment."""
    if not access.may_steer(request.actor):
        raise Http404
    rows = Assignment.objects.visible_to(request.actor).select_related("application__intake", "application__startup", "reviewer")
    assignment = get_object_or_404(rows, pk=pk)
    must_offer(assignment, verb, request, by=request.actor)
    application = assignment.application
    return ask_step(
        request,
        OF_ASSIGNMENT[verb],
        assignment,
        by=request.actor,
        back=reverse("staff:reviews:application", args=[application.pk]),
        crumbs=crumbs(application),
        names={"name": assignment.reviewer},
        given={"intake": application.intake} if verb == "reopen" else None,
    )
