"""The steps of screening: each asks on a page of its own, saying what will happen and who will be told, and acts on POST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, confirm, must_offer, posted
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.applications import operations as applications
from programmes.applications.forms import AskForm, ExtendForm, IneligibleForm
from programmes.applications.models import Application, Finding
from programmes.applications.views_staff_detail import find

APPLICANTS = _lazy("The founder and team of %(startup)s, by e-mail and in their inbox.")
STEPS = {
    one.verb: one
    for one in (
        Step(
            "start_screening",
            _lazy("Start screening"),
            (_lazy("The rules of the call are evaluated and the clock starts."),),
            applications.start_screening,
            done=_lazy("The screening has started."),
        ),
        Step(
            "ask_for_information",
            _lazy("Ask for information"),
            (_lazy("The applicant can change the answers and send them again."), _lazy("The clock stands still until they do.")),
            applications.ask_for_information,
            (APPLICANTS,),
            AskForm,
            button=_lazy("Send the questions"),
            done=_lazy("The applicant was asked."),
        ),
        Step(
            "answer_request",
            _lazy("Go on without an answer"),
            (_lazy("The question is closed; the applicant can no longer change the answers."),),
            applications.resume_screening,
            (APPLICANTS,),
            ReasonForm,
            button=_lazy("Go on with the screening"),
            done=_lazy("The screening goes on."),
        ),
        Step(
            "find_ineligible",
            _lazy("Find not eligible"),
            (
                _lazy("The application ends here, and the applicant can apply again only to another call."),
                _lazy("Where the rule needs judgement, this is a proposal: it takes effect when another officer confirms it."),
            ),
            applications.find_ineligible,
            (APPLICANTS, _lazy("For a proposal: the other officers, in their inbox, and not the applicant.")),
            IneligibleForm,
            danger=True,
            done=_lazy("Recorded."),
        ),
    )
}


def _to_step(request: PortalRequest, pk: UUID, verb: str) -> Application:
    """The application, if this person may take this step now; else 404 (or, for a stale page, the operation refuses)."""
    application = find(request, pk)
    must_offer(application, verb, request, by=request.actor)
    return application


def _asked(request: PortalRequest, application: Application, **page: Any) -> HttpResponse:
    """The confirming page of what is no step of the application's own machine."""
    back = page.pop("back", "") or reverse("staff:applications:detail", args=[application.pk])
    return confirm(request, back=back, crumbs=[*_crumbs(application), Crumb(page["title"])], **page)


def _crumbs(application: Application) -> list[Crumb]:
    if not application.reference:
        return [Crumb(_("Not sent"), reverse("staff:applications:unsent"))]
    return [
        Crumb(_("Applications"), reverse("staff:applications:index")),
        Crumb(application.reference, reverse("staff:applications:detail", args=[application.pk])),
    ]


def _applicants(application: Application) -> str:
    return str(APPLICANTS) % {"startup": application.startup.name}


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """A step of the screening."""
    application = _to_step(request, pk, verb)
    return ask_step(
        request,
        STEPS[verb],
        application,
        by=request.actor,
        back=reverse("staff:applications:detail", args=[pk]),
        crumbs=_crumbs(application),
        names={"startup": application.startup.name},
        given={"application": application} if verb == "find_ineligible" else None,
    )


def _finding(request: PortalRequest, pk: UUID, finding: UUID) -> Finding:
    application = _to_step(request, pk, "find_ineligible")
    found = get_object_or_404(application.findings.select_related("rule", "proposed_by"), pk=finding)
    found.application = application
    return found


@ask_or_act
@portal("staff")
@refusals_shown
def confirm_finding(request: PortalRequest, pk: UUID, finding: UUID) -> HttpResponse:
    """Confirm another officer's proposal."""
    found = _finding(request, pk, finding)
    words = {"name": found.proposed_by, "rule": found.rule.title, "reason": found.reason}
    return _asked(
        request,
        found.application,
        title=_("Confirm: not eligible"),
        what=[_("%(name)s found that this rule is not met: %(rule)s. “%(reason)s”") % words, _("The application ends here.")],
        told=[_applicants(found.application)],
        button=_("Confirm"),
        danger=True,
        act=lambda data, at: applications.confirm_finding(found, by=request.actor, at=at),
        done=_("Confirmed. The applicant is told."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def dismiss_finding(request: PortalRequest, pk: UUID, finding: UUID) -> HttpResponse:
    """Dismiss a proposal."""
    found = _finding(request, pk, finding)
    return _asked(
        request,
        found.application,
        title=_("Dismiss the proposal"),
        what=[_("The screening goes on.")],
        told=[],
        button=_("Dismiss the proposal"),
        form=ReasonForm(posted(request)),
        act=lambda data, at: applications.dismiss_finding(found, by=request.actor, at=at, **data),
        done=_("The proposal is dismissed."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def extend(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Give one applicant more time."""
    rows = Application.objects.unsent(request.actor).select_related("intake", "startup")
    application = get_object_or_404(rows, pk=pk)
    later = timezone.localtime(max(application.closes_at(), now()) + timedelta(days=2)).replace(second=0, microsecond=0)
    return _asked(
        request,
        application,
        title=_("More time for %(startup)s") % {"startup": application.startup.name},
        what=[_("This applicant can send until the new deadline; the call stays as it is for everybody else.")],
        told=[_applicants(application)],
        button=_("Extend the deadline"),
        form=ExtendForm(posted(request), initial={"until": later}),
        act=lambda data, at: applications.extend_deadline(application, by=request.actor, at=at, **data),
        done=_("The deadline is extended."),
        back=reverse("staff:applications:unsent"),
    )
