"""Steps of programmes and calls in the staff site: each first says what will happen and who will be told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.web import staff
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, must_offer
from incubator.web.parts import Action, Crumb, Words
from incubator.web.refusals import refusals_shown
from programmes.catalogue import access, readiness
from programmes.catalogue import operations as catalogue
from programmes.catalogue.models import Intake, Programme, Rubric

OFFICERS = _lazy("All programme officers and managers, in the app.")

PROGRAMME_STEPS = {
    "publish": Step(
        "publish",
        _lazy("Publish"),
        (_lazy("The programme's page is shown to everybody, and its calls can be scheduled."),),
        catalogue.publish,
        done=_lazy("The programme is published."),
        icon="world",
    ),
    "pause": Step(
        "pause",
        _lazy("Pause"),
        (_lazy("The page stays and says that the programme is paused."), _lazy("No call can be scheduled until it is published again.")),
        catalogue.pause,
        done=_lazy("The programme is paused."),
        icon="player-pause",
    ),
    "retire": Step(
        "retire",
        _lazy("Retire"),
        (_lazy("The page is taken off the public site for good."), _lazy("What was applied for, decided and granted stays.")),
        catalogue.retire,
        form=ReasonForm,
        danger=True,
        done=_lazy("The programme is retired."),
        icon="archive",
    ),
}
INTAKE_STEPS = {
    "schedule": Step(
        "schedule",
        _lazy("Schedule"),
        (
            _lazy("The call is announced on the public site and opens by itself at its opening time."),
            _lazy("Its form, its rubric and its eligibility rules are frozen: later changes need a new version and another call."),
        ),
        catalogue.schedule,
        told=(OFFICERS,),
        done=_lazy("The call is scheduled."),
        icon="calendar-plus",
    ),
    "close": Step(
        "close",
        _lazy("Close early"),
        (_lazy("From this moment nobody can send an application."), _lazy("Drafts that were not sent lapse; their authors are told.")),
        catalogue.close,
        told=(OFFICERS, _lazy("Founders whose drafts lapse.")),
        danger=True,
        done=_lazy("The call is closed."),
        icon="lock",
    ),
    "start_review": Step(
        "start_review",
        _lazy("Start the review"),
        (_lazy("Screened applications can go to their reviewers. Applicants see “In review”."),),
        catalogue.start_review,
        done=_lazy("The review has started."),
        icon="clipboard-check",
    ),
}
# Steps whose effects reach further live in higher apps; their pages are named here and shown where they exist.
ELSEWHERE: dict[str, tuple[Words, str, str]] = {
    "reopen": (_lazy("Open again"), "staff:home:reopen_call", "lock-open"),
    "cancel": (_lazy("Call off"), "staff:home:call_off", "ban"),
    "deliberate": (_lazy("Go to the deliberation"), "staff:cohorts:deliberation", "gavel"),
    "decide": (_lazy("Go to the deliberation"), "staff:cohorts:deliberation", "gavel"),
    "release": (_lazy("Prepare the release"), "staff:cohorts:release", "send"),
}


def steps_of(row: Programme | Intake, actor: Actor) -> list[Action]:
    """The buttons for this row as it stands and this actor, each a link to a page that asks first."""
    own = PROGRAMME_STEPS if isinstance(row, Programme) else INTAKE_STEPS
    kind = "programme" if isinstance(row, Programme) else "intake"
    found: dict[str, Action] = {}
    for verb in row.verbs_for(actor):
        if verb in own:
            address = reverse("staff:catalogue:step", args=[kind, row.pk, verb])
            found[address] = Action(own[verb].title, address, own[verb].icon, danger=own[verb].danger)
        elif verb in ELSEWHERE and kind == "intake":
            label, name, icon = ELSEWHERE[verb]
            try:
                address = reverse(name, args=[row.pk])
            except NoReverseMatch:
                continue
            found.setdefault(address, Action(label, address, icon, danger=verb == "cancel"))
    return list(found.values())


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, kind: str, pk: UUID, verb: str) -> HttpResponse:
    """Ask, then take one step of a programme or a call. 404 for a step this row or person has not."""
    row = _row(request, kind, pk)
    chosen = (PROGRAMME_STEPS if kind == "programme" else INTAKE_STEPS).get(verb)
    if chosen is None:
        raise Http404
    must_offer(row, verb, request, by=request.actor)
    back = reverse(f"staff:catalogue_{kind}_change", args=[pk])
    crumbs = [Crumb(str(row), back)]
    if verb == "schedule" and isinstance(row, Intake) and (lacking := readiness.lacking(row, now())):
        context = {"title": chosen.title, "lacking": lacking, "back": back, "crumbs": [*crumbs, Crumb(chosen.title)]}
        return staff.draw(request, "staff/catalogue/not_ready.html", context, status=422 if request.method == "POST" else 200)
    return ask_step(request, chosen, row, by=request.actor, back=back, crumbs=crumbs)


def _row(request: PortalRequest, kind: str, pk: UUID) -> Programme | Intake:
    if kind == "programme":
        return get_object_or_404(Programme.objects.visible_to(request.actor), pk=pk)
    if kind == "intake":
        return get_object_or_404(Intake.objects.visible_to(request.actor).select_related("programme", "form_version", "rubric"), pk=pk)
    raise Http404


@require_POST
@portal("staff")
@refusals_shown
def copy_rubric(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Make a version of the rubric that can be changed."""
    if not access.may_configure(request.actor):
        raise Http404
    rubric = get_object_or_404(Rubric.objects.visible_to(request.actor), pk=pk)
    copy = catalogue.copy_rubric(rubric, by=request.actor, at=now())
    messages.success(request, _("This is the new version. It can be changed until a call with it is scheduled."))
    return redirect("staff:catalogue_rubric_change", copy.pk)
