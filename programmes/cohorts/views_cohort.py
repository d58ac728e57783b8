"""Cohorts in the staff site: seats, offers, the waiting list, and onboarding."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.outbox.timeline import timeline
from incubator.web import staff
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, confirm, must_offer, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Stat, chips
from incubator.web.refusals import refusals_shown
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.catalogue.states import IntakeState
from programmes.cohorts import access
from programmes.cohorts import operations as cohorts
from programmes.cohorts.forms import OnboardingForm
from programmes.cohorts.models import Cohort, CohortMembership, Offer
from programmes.cohorts.states import MEMBERSHIP

STARTUPS_PEOPLE = (_lazy("The founders and team of %(startup)s."),)
STEPS = {
    "activate": Step("activate", _lazy("Start the programme"), (_lazy("The membership becomes active."),), cohorts.activate, told=STARTUPS_PEOPLE),
    "defer": Step(
        "defer", _lazy("Put the start off"), (_lazy("The membership rests until you start the programme."),), cohorts.defer, STARTUPS_PEOPLE, ReasonForm
    ),
    "cancel": Step(
        "cancel",
        _lazy("Cancel the membership"),
        (_lazy("The startup loses its place. This cannot be undone."),),
        cohorts.cancel_membership,
        STARTUPS_PEOPLE,
        ReasonForm,
        danger=True,
    ),
}
SHOWN = frozenset(
    {
        IntakeState.CLOSED,
        IntakeState.IN_REVIEW,
        IntakeState.DELIBERATION,
        IntakeState.DECIDED,
        IntakeState.RELEASED,
        IntakeState.COMPLETED,
    }
)


@require_safe
@portal("staff")
def index(request: PortalRequest) -> HttpResponse:
    """Intakes from the review on: where each stands and how full its cohort is."""
    if not access.may_see_deliberation(request.actor):
        raise Http404
    intakes = (
        Intake.objects.visible_to(request.actor)
        .exclude(status__in=(IntakeState.DRAFT, IntakeState.SCHEDULED, IntakeState.OPEN, IntakeState.CANCELLED))
        .select_related("programme")
        .annotate(
            waiting=Count("applications", filter=Q(applications__status=Status.PENDING_DETERMINATION)),
            offered=Count("applications", filter=Q(applications__status=Status.OFFERED)),
            accepted=Count("applications", filter=Q(applications__status=Status.ACCEPTED)),
            waitlisted=Count("applications", filter=Q(applications__status=Status.WAITLISTED)),
        )
    )
    state = request.GET.get("state", "")
    shown = [one for one in IntakeState if one in SHOWN]
    if state in SHOWN:
        intakes = intakes.filter(status=state)
    context = {
        "title": _("Decisions and cohorts"),
        "page": page(intakes, order=("-closes_at", "-id"), after=request.GET.get("after")),
        "states": chips(request, "state", [(one.value, one.label) for one in shown], label=_("State"), everything=_("All")),
    }
    return staff.draw(request, "staff/cohorts/index.html", context)


@require_safe
@portal("staff")
def cohort(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One intake's cohort: members with their onboarding, open offers, the waiting list."""
    if not access.may_see_deliberation(request.actor):
        raise Http404
    intake = get_object_or_404(Intake.objects.visible_to(request.actor).select_related("programme"), pk=pk)
    cohort = Cohort.objects.filter(intake=intake).first()
    members = list(
        CohortMembership.objects.visible_to(request.actor)
        .filter(cohort__intake=intake)
        .select_related("startup", "application")
        .order_by("startup__name", "pk")[:200]
    )
    offers = list(
        Offer.objects.visible_to(request.actor).filter(application__intake=intake).select_related("application__startup").order_by("expires_at", "pk")[:200]
    )
    waitlist = list(
        Application.objects.visible_to(request.actor)
        .filter(intake=intake, status=Status.WAITLISTED)
        .select_related("startup", "determination")
        .order_by("determination__rank", "pk")[:200]
    )
    seats = cohort.seats if cohort else intake.seats
    taken = sum(one.application.status in (Status.OFFERED, Status.ACCEPTED) for one in offers)
    context = {
        "title": intake.title,
        "intake": intake,
        "members": members,
        "offers": offers,
        "waitlist": waitlist,
        "stats": [
            Stat(_("Seats"), seats),
            Stat(_("Free"), max(seats - taken, 0)),
            Stat(_("Offers open"), sum(one.status == "open" for one in offers)),
            Stat(_("Members"), len(members)),
            Stat(_("Waiting list"), len(waitlist)),
        ],
        "actions": [Action(_("Deliberation"), reverse("staff:cohorts:deliberation", args=[intake.pk]), icon="scale"), *_letters(request, intake)],
        "crumbs": [Crumb(_("Decisions and cohorts"), reverse("staff:cohorts:index")), Crumb(intake.title)],
    }
    return staff.draw(request, "staff/cohorts/cohort.html", context)


def _letters(request: PortalRequest, intake: Intake) -> list[Action]:
    """How far the letters of the release are, for those who look after delivery."""
    if intake.release_batch is None or not access.may_follow_letters(request.actor):
        return []
    return [Action(_("Letters"), reverse("staff:notifications:broadcast", args=[intake.release_batch]), icon="send")]


def _membership(request: PortalRequest, pk: UUID) -> CohortMembership:
    rows = CohortMembership.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("startup", "application", "cohort__intake__programme"), pk=pk)


@ask_or_act
@portal("staff")
@refusals_shown
def membership(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One startup's onboarding: dates of the steps, and the step into the active programme."""
    if not access.may_see_deliberation(request.actor):
        raise Http404
    row = _membership(request, pk)
    if request.method == "POST" and not access.may_onboard(request.actor):
        raise Http404
    form = OnboardingForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        cohorts.record_onboarding(row, form.cleaned_data, by=request.actor, at=now())
        messages.success(request, _("The onboarding is updated."))
        return redirect("staff:cohorts:membership", pk=pk)
    verbs = row.verbs_for(request.actor)
    steps = {
        verb: Action(STEPS[verb].title, reverse("staff:cohorts:membership-step", args=[pk, verb]), danger=STEPS[verb].danger) for verb in verbs if verb in STEPS
    }
    intake = row.cohort.intake
    context = {
        "title": row.startup.name,
        "membership": row,
        "form": form,
        "editable": access.may_onboard(request.actor) and row.status in ("onboarding", "deferred"),
        "main": steps.pop("activate", None),
        "others": list(steps.values()),
        "facts": [
            Fact(_("Programme"), intake.programme.title),
            Fact(_("Cohort"), row.cohort.title),
            Fact(_("Application"), row.application.reference),
            Fact(_("Starts"), row.starts_on),
            Fact(_("Ends"), row.ends_on),
        ],
        "entries": timeline(row.pk, machine=MEMBERSHIP),
        "crumbs": [*_crumbs(intake), Crumb(row.startup.name)],
    }
    return staff.draw(request, "staff/cohorts/membership.html", context)


@ask_or_act
@portal("staff")
@refusals_shown
def membership_step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Confirm and take a step of the membership."""
    row, one = _membership(request, pk), STEPS.get(step)
    if one is None:
        raise Http404
    must_offer(row, step, request, by=request.actor)
    back = reverse("staff:cohorts:membership", args=[pk])
    crumbs = [*_crumbs(row.cohort.intake), Crumb(row.startup.name, back)]
    return ask_step(request, one, row, by=request.actor, back=back, crumbs=crumbs, names={"startup": row.startup.name})


@ask_or_act
@portal("staff")
@refusals_shown
def rescind(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Withdraw an admission because of a false statement, before the agreement is signed."""
    application = get_object_or_404(Application.objects.visible_to(request.actor).select_related("startup", "intake"), pk=pk)
    must_offer(application, "rescind", request, by=request.actor)
    title = _("Withdraw the admission")
    return confirm(
        request,
        title=title,
        what=[
            _("The application becomes rescinded and the membership is cancelled."),
            _("The seat is free again; promote from the waiting list if you want to fill it."),
        ],
        told=[_("The founders and team of %(startup)s, with your reason.") % {"startup": application.startup.name}],
        button=title,
        form=ReasonForm(posted(request)),
        danger=True,
        act=lambda data, at: cohorts.rescind(application, **data, by=request.actor, at=at),
        done=_("The admission is withdrawn."),
        back=reverse("staff:cohorts:cohort", args=[application.intake_id]),
        crumbs=[*_crumbs(application.intake), Crumb(title)],
    )


def _crumbs(intake: Intake) -> list[Crumb]:
    """The way to an intake's cohort."""
    return [Crumb(_("Decisions and cohorts"), reverse("staff:cohorts:index")), Crumb(intake.title, reverse("staff:cohorts:cohort", args=[intake.pk]))]
