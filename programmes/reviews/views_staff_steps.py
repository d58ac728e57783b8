"""The steps of an application's review and of single assignments: each asks first, and acts on POST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from incubator.accounts.access import PortalRequest, portal
from incubator.web.confirming import ReasonForm, ask_or_act, confirm, must_offer, posted
from incubator.web.refusals import refusals_shown
from programmes.applications.models import Application
from programmes.reviews import access
from programmes.reviews import operations as reviews
from programmes.reviews.forms import OptionalReasonForm, PanelForm, ReopenForm, ShortlistForm
from programmes.reviews.models import Assignment
from programmes.reviews.views_staff_application import crumbs, find


def _to_step(request: PortalRequest, pk: UUID, verb: str) -> Application:
    """The application, if this person may take this step now; else 404 (or, for a stale page, the operation refuses)."""
    application = find(request, pk)
    must_offer(application, verb, request, by=request.actor)
    return application


def _asked(request: PortalRequest, application: Application, **page: Any) -> HttpResponse:
    back = reverse("staff:reviews:application", args=[application.pk])
    return confirm(request, back=back, crumbs=crumbs(application, page["title"]), **page)


@ask_or_act
@portal("staff")
@refusals_shown
def send_to_review(request: PortalRequest, pk: UUID) -> HttpResponse:
    application = _to_step(request, pk, "send_to_review")
    return _asked(
        request,
        application,
        title=_("Send to review"),
        what=[_("The screening ends; the reviewers assigned can read the application.")],
        told=[_("The reviewers, by e-mail."), _("The applicant, in their inbox: “In review”.")],
        button=_("Send to review"),
        act=lambda data, at: reviews.send_to_review(application, by=request.actor, at=at),
        done=_("The reviewers are asked."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def close_review(request: PortalRequest, pk: UUID) -> HttpResponse:
    application = _to_step(request, pk, "close_review")
    return _asked(
        request,
        application,
        title=_("Close the review"),
        what=[_("The application waits for a decision."), _("Reviews that were not sent are taken back from their reviewers.")],
        told=[_("Reviewers whose review is taken back, by e-mail. The applicant is not told.")],
        button=_("Close the review"),
        form=OptionalReasonForm(posted(request)),
        act=lambda data, at: reviews.close_review(application, by=request.actor, at=at, **data),
        done=_("The review is closed."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def shortlist(request: PortalRequest, pk: UUID) -> HttpResponse:
    application = _to_step(request, pk, "shortlist")
    return _asked(
        request,
        application,
        title=_("Invite to an interview"),
        what=[_("The review is closed, and the panel meets the applicant.")],
        told=[_("The founder and team of %(startup)s, by e-mail: when and where.") % {"startup": application.startup.name}],
        button=_("Send the invitation"),
        form=ShortlistForm(posted(request)),
        act=lambda data, at: reviews.shortlist(application, by=request.actor, at=at, **data),
        done=_("The invitation is on its way."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def record_panel(request: PortalRequest, pk: UUID) -> HttpResponse:
    application = _to_step(request, pk, "record_panel")
    return _asked(
        request,
        application,
        title=_("Record the panel"),
        what=[_("The minutes and the score stand in the history; the application waits for a decision.")],
        told=[],
        button=_("Record the panel"),
        form=PanelForm(posted(request)),
        act=lambda data, at: reviews.record_panel(application, by=request.actor, at=at, **data),
        done=_("The panel is recorded."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def return_to_review(request: PortalRequest, pk: UUID) -> HttpResponse:
    application = _to_step(request, pk, "return_to_review")
    return _asked(
        request,
        application,
        title=_("Return to review"),
        what=[_("Reviewers can be assigned and reviews reopened again.")],
        told=[],
        button=_("Return to review"),
        form=ReasonForm(posted(request)),
        act=lambda data, at: reviews.return_to_review(application, by=request.actor, at=at, **data),
        done=_("It is in review again."),
    )


# ── One assignment ──────────────────────────────────────────────────────────
def _assignment(request: PortalRequest, pk: UUID, verb: str) -> Assignment:
    if not access.may_steer(request.actor):
        raise Http404
    rows = Assignment.objects.visible_to(request.actor).select_related("application__intake", "application__startup", "reviewer")
    assignment = get_object_or_404(rows, pk=pk)
    must_offer(assignment, verb, request, by=request.actor)
    return assignment


@ask_or_act
@portal("staff")
@refusals_shown
def unassign(request: PortalRequest, pk: UUID) -> HttpResponse:
    assignment = _assignment(request, pk, "unassign")
    return _asked(
        request,
        assignment.application,
        title=_("Take the review back"),
        what=[_("%(name)s can no longer read the application; what was written is kept.") % {"name": assignment.reviewer}],
        told=[_("%(name)s, by e-mail, if they were asked already.") % {"name": assignment.reviewer}],
        button=_("Take the review back"),
        form=ReasonForm(posted(request)),
        act=lambda data, at: reviews.unassign(assignment, by=request.actor, at=at, **data),
        done=_("The review is taken back."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def recuse(request: PortalRequest, pk: UUID) -> HttpResponse:
    assignment = _assignment(request, pk, "recuse")
    return _asked(
        request,
        assignment.application,
        title=_("Recuse the reviewer"),
        what=[
            _("%(name)s sees nothing of this application any more, for good.") % {"name": assignment.reviewer},
            _("A review they sent no longer counts."),
        ],
        told=[_("%(name)s, by e-mail, without details.") % {"name": assignment.reviewer}],
        button=_("Recuse"),
        danger=True,
        form=ReasonForm(posted(request)),
        act=lambda data, at: reviews.recuse(assignment, by=request.actor, at=at, **data),
        done=_("The reviewer is recused."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def reopen(request: PortalRequest, pk: UUID) -> HttpResponse:
    assignment = _assignment(request, pk, "reopen")
    return _asked(
        request,
        assignment.application,
        title=_("Reopen the review"),
        what=[_("%(name)s can change the review; until it is sent again it does not count.") % {"name": assignment.reviewer}],
        told=[_("%(name)s, by e-mail, with your reason.") % {"name": assignment.reviewer}],
        button=_("Reopen the review"),
        form=ReopenForm(posted(request), intake=assignment.application.intake),
        act=lambda data, at: reviews.reopen(assignment, by=request.actor, at=at, **data),
        done=_("The review is reopened."),
    )
