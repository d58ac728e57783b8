"""Before reading, and instead of it: no conflict, a conflict, abstaining, declining."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.web.confirming import ReasonForm, ask_or_act, confirm, posted
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment
from programmes.reviews.views_review import own


@require_POST
@portal("review")
@refusals_shown
def declare_free(request: PortalRequest, pk: UUID) -> HttpResponse:
    """No conflict: the application opens."""
    assignment = own(request, pk)
    reviews.declare_free(assignment, by=request.actor, at=now())
    return redirect("review:reviews:detail", pk=pk)


def _asked(request: PortalRequest, assignment: Assignment, **page: Any) -> HttpResponse:
    """The confirming page; afterwards the application is closed to the reviewer, so it leads to the queue."""
    done = request.method == "POST"
    queue, detail = reverse("review:reviews:index"), reverse("review:reviews:detail", args=[assignment.pk])
    crumbs = [Crumb(_("My reviews"), queue), Crumb(assignment.application.reference or "", detail), Crumb(page["title"])]
    form = ReasonForm(posted(request))
    back = queue if done and form.is_valid() else detail
    return confirm(request, back=back, crumbs=crumbs, form=form, layout="review/base.html", **page)


@ask_or_act
@portal("review")
@refusals_shown
def declare_conflict(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A conflict of interest: the application closes at once."""
    assignment = own(request, pk)
    return _asked(
        request,
        assignment,
        title=_("Declare a conflict of interest"),
        what=[_("The application closes to you at once, for good."), _("Somebody else is asked to review it.")],
        told=[_("The officers of the programme, with your reason. The applicant is not told.")],
        button=_("Declare the conflict"),
        danger=True,
        act=lambda data, at: reviews.declare_conflict(assignment, by=request.actor, at=at, **data),
        done=_("Thank you. The application is closed to you."),
    )


@ask_or_act
@portal("review")
@refusals_shown
def abstain(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Not to judge, without a conflict."""
    assignment = own(request, pk)
    return _asked(
        request,
        assignment,
        title=_("Abstain"),
        what=[_("Your review ends without a score, and you can no longer open the application.")],
        told=[_("The officers of the programme, with your reason.")],
        button=_("Abstain"),
        act=lambda data, at: reviews.abstain(assignment, by=request.actor, at=at, **data),
        done=_("You have abstained. Somebody else will be asked."),
    )


@ask_or_act
@portal("review")
@refusals_shown
def decline(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Not to take it on: no time, or not one's field."""
    assignment = own(request, pk)
    return _asked(
        request,
        assignment,
        title=_("Decline"),
        what=[_("You are not asked to review this application.")],
        told=[_("The officers of the programme, with your reason.")],
        button=_("Decline"),
        act=lambda data, at: reviews.decline(assignment, by=request.actor, at=at, **data),
        done=_("Thank you for saying so. Somebody else will be asked."),
    )
