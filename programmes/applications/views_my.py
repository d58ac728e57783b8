"""A startup's applications: the list, the start, how each stands, its receipt, and withdrawing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.outbox.timeline import timeline
from incubator.startups.models import Startup
from incubator.web import times
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact
from incubator.web.refusals import refusals_shown
from programmes.applications import access, next_steps
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import APPLICATION
from programmes.applications.views_form import crumbs, files_at, own
from programmes.catalogue.models import Intake
from programmes.forms import operations as forms


@require_safe
@portal("my")
def index(request: PortalRequest) -> HttpResponse:
    """The startup's applications, newest first."""
    rows = Application.objects.visible_to(request.actor).select_related("intake__programme")
    part = page(rows, order=("-created_at", "-id"), after=request.GET.get("after"))
    context = {"page": part, "browse": Action(_("See open calls"), reverse("public:catalogue:programmes"), icon="search")}
    return render(request, "my/applications/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def start(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Begin an application to a call: a page that says what will happen, and the post that does it."""
    calls = Intake.objects.visible_to(request.actor).select_related("programme", "form_version")
    intake = get_object_or_404(calls, pk=pk)
    startup = get_object_or_404(Startup.objects.owned_by(request.actor).select_related("organisation"))
    if request.method == "POST":
        try:
            application = applications.start(intake, startup, by=request.actor, at=now())
        except applications.AlreadyApplied as refusal:
            messages.info(request, str(refusal.message))
            return redirect("my:applications:detail", refusal.application.pk)
        return redirect("my:applications:form", application.pk)
    what = [
        _("A draft for %(startup)s begins, filled in from your profile as far as that goes.") % {"startup": startup.name},
        _("You can stop and come back until %(closes)s. Everything is saved as you type.") % {"closes": times.moment(intake.closes_at)},
        _("Nothing is sent before you press “Send application”."),
    ]
    context = {
        "title": _("Apply to %(call)s") % {"call": intake.title},
        "what": what,
        "told": [],
        "button": _("Start the application"),
        "cancel_url": reverse("my:applications:index"),
        "crumbs": [Crumb(_("Applications"), reverse("my:applications:index")), Crumb(intake.title)],
        "layout": "my/base.html",
        "is_closed": not intake.is_accepting(now()),
    }
    return render(request, "my/applications/start.html", context)


@require_safe
@portal("my")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Where the application stands, what happens next, what was asked, and its history in the applicant's words."""
    application = own(request, pk)
    asked = application.info_requests.filter(answered_at=None).first()
    context = {
        "application": application,
        "next": next_steps.of(application, asked, now()),
        "request_open": asked,
        "facts": _facts(application),
        "actions": _actions(application, request),
        "entries": timeline(pk, machine=APPLICATION, audience="founder", organisation_id=request.actor.organisation_id),
        "crumbs": crumbs(application),
    }
    return render(request, "my/applications/detail.html", context)


def _facts(application: Application) -> list[Fact]:
    facts = [
        Fact(_("Programme"), application.intake.programme.title),
        Fact(_("Call"), application.intake.title),
        Fact(_("Closes"), times.moment(application.closes_at()), _("Extended for you") if application.extended_until else ""),
    ]
    if application.submitted_at:
        facts += [Fact(_("Reference"), application.reference), Fact(_("Sent"), times.moment(application.submitted_at))]
    return [*facts, Fact(_("You hear by"), times.day(application.intake.decision_on))]


def _actions(application: Application, request: PortalRequest) -> list[Action]:
    pk = application.pk
    actions = []
    if application.revision_id:
        actions.append(Action(_("What you sent"), reverse("my:applications:sent", args=[pk]), icon="file-text"))
        actions.append(Action(_("Receipt"), reverse("my:applications:receipt", args=[pk]), icon="receipt"))
    if access.may_withdraw(request.actor, application):
        actions.append(Action(_("Withdraw"), reverse("my:applications:withdraw", args=[pk]), icon="arrow-back-up", danger=True))
    return actions


@require_safe
@portal("my")
def sent(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The answers as they were sent last, to read and print."""
    application = own(request, pk)
    if application.revision is None:
        raise Http404
    application.revision.answer_set = application.answer_set
    context = {
        "application": application,
        "revision": application.revision,
        "sheet": forms.sheet_of_revision(application.revision),
        "files_at": files_at(application),
        "crumbs": crumbs(application, Crumb(_("What you sent"))),
    }
    return render(request, "my/applications/sent.html", context)


@require_safe
@portal("my")
def receipt(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The receipt, to keep or print."""
    application = own(request, pk)
    if application.revision is None:
        raise Http404
    first = application.answer_set.revisions.select_related("frozen_by").get(number=1)
    facts = [
        Fact(_("Reference"), application.reference),
        Fact(_("Call"), application.intake.title),
        Fact(_("Applicant"), application.startup.name),
        Fact(_("Sent"), times.moment(application.submitted_at or first.frozen_at)),
        Fact(_("Sent by"), first.frozen_by.name if first.frozen_by else ""),
        Fact(_("Fingerprint of the answers"), first.sha256, _("SHA-256: proves later what was sent.")),
    ]
    context = {"application": application, "facts": facts, "crumbs": crumbs(application, Crumb(_("Receipt")))}
    return render(request, "my/applications/receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def withdraw(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take the application back, after a page that says what that means."""
    application = own(request, pk)
    if request.method == "POST":
        reason = forms.clean_text(request.POST.get("reason"), limit=2000) or ""
        applications.withdraw(application, reason=reason, by=request.actor, at=now())
        messages.success(request, _("The application is withdrawn."))
        return redirect("my:applications:detail", pk)
    if not access.may_withdraw(request.actor, application):
        messages.error(request, _("This application cannot be withdrawn."))
        return redirect("my:applications:detail", pk)
    told = [_("Everybody of your startup, by mail")]
    if application.submitted_at:
        told.append(_("The park's programme officers"))
    context = {
        "title": _("Withdraw this application?"),
        "what": [_("Nobody works on it any more. This cannot be undone."), _("Your answers stay in your account, for you to read.")],
        "told": told,
        "button": _("Withdraw the application"),
        "danger": True,
        "cancel_url": reverse("my:applications:detail", args=[pk]),
        "crumbs": crumbs(application, Crumb(_("Withdraw"))),
        "layout": "my/base.html",
    }
    return render(request, "partials/confirm.html", context)
