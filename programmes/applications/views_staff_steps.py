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

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.web.confirming import ReasonForm, ask_or_act, confirm, must_offer, posted
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown
from programmes.applications import operations as applications
from programmes.applications.forms import AskForm, ExtendForm, IneligibleForm
from programmes.applications.models import Application, Finding
from programmes.applications.views_staff_detail import find


def _to_step(request: PortalRequest, pk: UUID, verb: str) -> Application:
    """The application, if this person may take this step now; else 404 (or, for a stale page, the operation refuses)."""
    application = find(request, pk)
    must_offer(application, verb, request, by=request.actor)
    return application


def _asked(request: PortalRequest, application: Application, **page: Any) -> HttpResponse:
    """The confirming page of a step of this application; it leads back to the application."""
    back = page.pop("back", "") or reverse("staff:applications:detail", args=[application.pk])
    return confirm(request, back=back, crumbs=_crumbs(application, page["title"]), **page)


def _crumbs(application: Application, title: str) -> list[Crumb]:
    if not application.reference:
        return [Crumb(_("Not sent"), reverse("staff:applications:unsent")), Crumb(title)]
    return [
        Crumb(_("Applications"), reverse("staff:applications:index")),
        Crumb(application.reference, reverse("staff:applications:detail", args=[application.pk])),
        Crumb(title),
    ]


def _applicants(application: Application) -> str:
    return _("The founder and team of %(startup)s, by e-mail and in their inbox.") % {"startup": application.startup.name}


@ask_or_act
@portal("staff")
@refusals_shown
def start_screening(request: PortalRequest, pk: UUID) -> HttpResponse:
    application = _to_step(request, pk, "start_screening")
    return _asked(
        request,
        application,
        title=_("Start screening"),
        what=[_("The rules of the call are evaluated and the clock starts.")],
        told=[],
        button=_("Start screening"),
        act=lambda data, at: applications.start_screening(application, by=request.actor, at=at),
        done=_("The screening has started."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def ask(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask the applicant for information."""
    application = _to_step(request, pk, "ask_for_information")
    return _asked(
        request,
        application,
        title=_("Ask for information"),
        what=[_("The applicant can change the answers and send them again."), _("The clock stands still until they do.")],
        told=[_applicants(application)],
        button=_("Send the questions"),
        form=AskForm(posted(request)),
        act=lambda data, at: applications.ask_for_information(application, by=request.actor, at=at, **data),
        done=_("The applicant was asked."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def resume(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Go on without the answer."""
    application = _to_step(request, pk, "answer_request")
    return _asked(
        request,
        application,
        title=_("Go on without an answer"),
        what=[_("The question is closed; the applicant can no longer change the answers.")],
        told=[_applicants(application)],
        button=_("Go on with the screening"),
        form=ReasonForm(posted(request)),
        act=lambda data, at: applications.resume_screening(application, by=request.actor, at=at, **data),
        done=_("The screening goes on."),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def find_ineligible(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Find the application not eligible, or propose it to a second officer."""
    application = _to_step(request, pk, "find_ineligible")
    return _asked(
        request,
        application,
        title=_("Find not eligible"),
        what=[
            _("The application ends here, and the applicant can apply again only to another call."),
            _("Where the rule needs judgement, this is a proposal: it takes effect when another officer confirms it."),
        ],
        told=[_applicants(application), _("For a proposal: the other officers, in their inbox, and not the applicant.")],
        button=_("Find not eligible"),
        form=IneligibleForm(application, posted(request)),
        danger=True,
        act=lambda data, at: applications.find_ineligible(application, by=request.actor, at=at, **data),
        done=_("Recorded."),
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
