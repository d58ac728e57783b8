"""Deliberation in the staff site: the board, the decision, its letter, and the release."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Avg, Count, Max, Min, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.accounts.models import Membership
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid
from incubator.outbox.timeline import timeline
from incubator.web import staff
from incubator.web.confirming import ReasonForm, Step, ask_or_act, ask_step, confirm, must_offer, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Stat, chips
from incubator.web.refusals import refusals_shown
from programmes.applications.models import Application
from programmes.applications.querysets import ApplicationQuerySet
from programmes.applications.states import APPLICATION, Status
from programmes.catalogue import operations as catalogue
from programmes.catalogue.models import Intake
from programmes.catalogue.states import INTAKE, IntakeState
from programmes.cohorts import access
from programmes.cohorts import operations as cohorts
from programmes.cohorts.forms import DeterminationForm, LetterForm
from programmes.cohorts.operations import Letter
from programmes.reviews import operations as reviews
from programmes.reviews.models import Determination, Review
from programmes.reviews.states import COUNTED

ON_THE_BOARD = (
    Status.PENDING_DETERMINATION,
    Status.APPROVED_CONDITIONAL,
    Status.OFFERED,
    Status.WAITLISTED,
    Status.REJECTED,
    Status.ACCEPTED,
    Status.DECLINED,
    Status.OFFER_LAPSED,
)
UNDECIDED = "undecided"


STEPS = {
    "deliberate": Step(
        "deliberate",
        _lazy("Open the deliberation"),
        (_lazy("The panel can record decisions, and reviews that were sent are locked. Applicants still see «In review»."),),
        reviews.begin_deliberation,
    ),
    "decide": Step("decide", _lazy("Close the deliberation"), (_lazy("All decisions are recorded; the release can be prepared."),), cohorts.close_deliberation),
    "reopen_deliberation": Step(
        "reopen_deliberation",
        _lazy("Reopen the deliberation"),
        (_lazy("Decisions can be changed again."),),
        catalogue.reopen_deliberation,
        form=ReasonForm,
    ),
}


def _intake(request: PortalRequest, pk: UUID) -> Intake:
    if not access.may_see_deliberation(request.actor):
        raise Http404
    return get_object_or_404(Intake.objects.visible_to(request.actor).select_related("programme"), pk=pk)


def _scored(rows: ApplicationQuerySet) -> ApplicationQuerySet:
    """With `mean`, `lowest`, `highest` and `reviews` over the submitted reviews."""
    counted = Q(assignments__status__in=COUNTED, assignments__review__score__isnull=False)
    score = "assignments__review__score"
    return rows.annotate(
        mean=Avg(score, filter=counted),
        lowest=Min(score, filter=counted),
        highest=Max(score, filter=counted),
        reviews=Count("assignments", filter=counted),
    )


@require_safe
@portal("staff")
def board(request: PortalRequest, pk: UUID) -> HttpResponse:
    """All applications before the panel, best score first, with what has been decided."""
    intake = _intake(request, pk)
    rows = _scored(Application.objects.visible_to(request.actor).filter(intake=intake))
    wanted = request.GET.get("outcome", "")
    if wanted == UNDECIDED:
        rows = rows.filter(status=Status.PENDING_DETERMINATION)
    elif wanted in Determination.Outcome.values:
        rows = rows.filter(determination__outcome=wanted, status__in=ON_THE_BOARD)
    else:
        rows = rows.filter(status__in=ON_THE_BOARD)
    listed = page(rows.select_related("startup", "determination"), order=("status", "-submitted_at", "-id"), after=request.GET.get("after"), size=50)
    context = {
        "title": _("Deliberation: %(intake)s") % {"intake": intake.title},
        "intake": intake,
        "page": listed,
        "stats": _board_stats(intake),
        "outcomes": chips(
            request,
            "outcome",
            [(UNDECIDED, _("Undecided")), *Determination.Outcome.choices],
            label=_("Decision"),
            everything=_("All"),
        ),
        "steps": _steps(request, intake),
        "may_decide": access.may_decide(request.actor),
        "entries": timeline(intake.pk, machine=INTAKE),
        "crumbs": [
            Crumb(_("Decisions and cohorts"), reverse("staff:cohorts:index")),
            Crumb(intake.title, reverse("staff:cohorts:cohort", args=[intake.pk])),
            Crumb(_("Deliberation")),
        ],
    }
    return staff.draw(request, "staff/cohorts/board.html", context)


def _board_stats(intake: Intake) -> list[Stat]:
    """One query over the intake's applications."""
    counts = Application.objects.filter(intake=intake).aggregate(
        undecided=Count("pk", filter=Q(status=Status.PENDING_DETERMINATION)),
        reviewing=Count("pk", filter=Q(status__in=(Status.IN_REVIEW, Status.SHORTLISTED))),
        offers=Count("pk", filter=Q(status__in=(Status.OFFERED, Status.ACCEPTED))),
        waitlist=Count("pk", filter=Q(status=Status.WAITLISTED)),
        rejected=Count("pk", filter=Q(status=Status.REJECTED)),
    )
    return [
        Stat(_("Undecided"), counts["undecided"], url="?outcome=undecided"),
        Stat(_("Still in review"), counts["reviewing"]),
        Stat(_("Seats given"), _("%(given)s of %(seats)s") % {"given": counts["offers"], "seats": intake.seats}),
        Stat(_("Waiting list"), counts["waitlist"], url="?outcome=waitlist"),
        Stat(_("Rejected"), counts["rejected"], url="?outcome=rejected"),
    ]


def _steps(request: PortalRequest, intake: Intake) -> list[Action]:
    verbs = intake.verbs_for(request.actor)
    steps = [Action(STEPS[verb].title, reverse("staff:cohorts:step", args=[intake.pk, verb])) for verb in verbs if verb in STEPS]
    if "release" in verbs:
        steps.insert(0, Action(_("Prepare the release"), reverse("staff:cohorts:release", args=[intake.pk]), icon="send"))
    return steps


@ask_or_act
@portal("staff")
@refusals_shown
def step(request: PortalRequest, pk: UUID, step: str) -> HttpResponse:
    """Confirm and take a step of the deliberation."""
    intake, one = _intake(request, pk), STEPS.get(step)
    if one is None:
        raise Http404
    must_offer(intake, step, request, by=request.actor)
    back = reverse("staff:cohorts:deliberation", args=[pk])
    return ask_step(request, one, intake, by=request.actor, back=back, crumbs=[Crumb(intake.title, back)])


def _application(request: PortalRequest, pk: UUID) -> Application:
    if not access.may_see_deliberation(request.actor):
        raise Http404
    rows = Application.objects.visible_to(request.actor).select_related("startup", "intake__programme")
    return get_object_or_404(rows, pk=pk)


@ask_or_act
@portal("staff")
@refusals_shown
def decide(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Record the decision on one application, with the reviews beside it."""
    application = _application(request, pk)
    if not access.may_decide(request.actor) or application.status not in (Status.PENDING_DETERMINATION, Status.WAITLISTED):
        raise Http404
    existing = Determination.objects.filter(application=application).first()
    form = DeterminationForm(request.POST or None, instance=existing)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            cohorts.determine(application, by=request.actor, at=now(), **data)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        else:
            messages.success(request, _("The decision is recorded. Read its letter before the release."))
            return redirect("staff:cohorts:letter", pk=pk)
    sent = (
        Review.objects.filter(assignment__application=application, assignment__status__in=COUNTED)
        .select_related("assignment__reviewer")
        .order_by("-score", "pk")
    )
    context = {
        "title": _("Decision on %(startup)s") % {"startup": application.startup.name},
        "application": application,
        "form": form,
        "reviews": sent,
        "snapshot": cohorts.score_snapshot(application),
        "released": application.intake.is_released,
        "crumbs": _crumbs(application, _("Decision")),
    }
    return staff.draw(request, "staff/cohorts/decide.html", context, status=422 if form.errors else 200)


def _crumbs(application: Application, last: str) -> list[Crumb]:
    intake = application.intake
    return [
        Crumb(intake.title, reverse("staff:cohorts:deliberation", args=[intake.pk])),
        Crumb(application.reference or "", reverse("staff:applications:detail", args=[application.pk])),
        Crumb(last),
    ]


@ask_or_act
@portal("staff")
@refusals_shown
def letter(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Read and change the letter of a recorded decision; after the release, read only."""
    application = _application(request, pk)
    determination = get_object_or_404(Determination.objects.select_related("author"), application=application)
    editable = access.may_decide(request.actor) and determination.released_at is None
    form = LetterForm(request.POST or None, initial={"subject": determination.letter_subject, "body": determination.letter_body})
    if request.method == "POST":
        if not access.may_decide(request.actor):
            raise Http404
        if form.is_valid():
            text = Letter(form.cleaned_data["subject"], form.cleaned_data["body"])
            cohorts.rewrite_letter(determination, text, by=request.actor, at=now())
            messages.success(request, _("The letter is saved. It goes out with the release."))
            return redirect("staff:cohorts:letter", pk=pk)
    verbs = application.verbs_for(request.actor)
    others = []
    if "revert_decision" in verbs and determination.released_at is None:
        others.append(Action(_("Take the decision back"), reverse("staff:cohorts:revert", args=[pk]), danger=True))
    if application.status == Status.APPROVED_CONDITIONAL and access.may_release(request.actor):
        others.append(Action(_("Conditions are met"), reverse("staff:cohorts:conditions-met", args=[pk])))
    context = {
        "title": _("Letter to %(startup)s") % {"startup": application.startup.name},
        "application": application,
        "determination": determination,
        "form": form,
        "editable": editable,
        "others": others,
        "facts": [
            Fact(_("Decision"), determination.get_outcome_display()),
            Fact(_("Main reason"), determination.get_reason_code_display()),
            Fact(_("Reasons"), determination.reasons),
            Fact(_("Conditions"), "; ".join(determination.conditions)),
            Fact(_("Decided by"), determination.author),
            Fact(_("Decided"), determination.decided_at),
        ],
        "entries": timeline(application.pk, determination.pk, machine=APPLICATION),
        "crumbs": _crumbs(application, _("Letter")),
    }
    return staff.draw(request, "staff/cohorts/letter.html", context, status=422 if form.errors else 200)


@ask_or_act
@portal("staff")
@refusals_shown
def revert(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take an unreleased decision back, with a reason."""
    application = _application(request, pk)
    must_offer(application, "revert_decision", request, by=request.actor)
    title, letter = _("Take the decision back"), reverse("staff:cohorts:letter", args=[pk])
    return confirm(
        request,
        title=title,
        what=[_("The application waits for a decision again. A prepared offer is cancelled.")],
        told=[],
        button=title,
        danger=True,
        form=ReasonForm(posted(request)),
        act=lambda data, at: cohorts.revert_decision(application, **data, by=request.actor, at=at),
        done=_("The decision is taken back; the application waits for a decision again."),
        back=letter,
        after=reverse("staff:cohorts:deliberation", args=[application.intake_id]),
        crumbs=_crumbs(application, title),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def conditions_met(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Turn a conditional approval into an offer."""
    application = _application(request, pk)
    if not access.may_release(request.actor) or (request.method != "POST" and application.status != Status.APPROVED_CONDITIONAL):
        raise Http404
    released = application.intake.is_released
    title = _("Conditions are met")
    return confirm(
        request,
        title=title,
        what=[_("The application moves to «Offered» and takes a seat of the cohort.")],
        told=[_("The founders of %(startup)s, at once.") % {"startup": application.startup.name}] if released else [],
        button=_("Offer the place"),
        act=lambda data, at: cohorts.meet_conditions(application, by=request.actor, at=at),
        done=_("The conditions are met; the place is offered."),
        back=reverse("staff:cohorts:letter", args=[pk]),
        crumbs=_crumbs(application, title),
    )


@ask_or_act
@portal("staff")
@refusals_shown
def release(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Exactly who will be told what; then, all letters in one batch."""
    intake = _intake(request, pk)
    if intake.status != IntakeState.DECIDED or not access.may_release(request.actor):
        raise Http404
    if request.method == "POST":
        sent = cohorts.release(intake, by=request.actor, at=now())
        messages.success(
            request,
            ngettext("Released: %(count)s letter is on its way.", "Released: %(count)s letters are on their way.", sent) % {"count": sent},
        )
        intake.refresh_from_db(fields=["release_batch"])
        return redirect("staff:notifications:broadcast", pk=intake.release_batch)
    letters = list(
        Determination.objects.filter(application__intake=intake, released_at__isnull=True)
        .exclude(application__status=Status.WITHDRAWN)
        .select_related("application__startup")
        .order_by("outcome", "application__startup__name", "pk")
    )
    people: dict[UUID, list[str]] = {}
    organisations = [one.application.startup.organisation_id for one in letters]
    for member in (
        Membership.objects.filter(organisation_id__in=organisations, role__in=("founder", "member")).select_related("user").order_by("user__name", "pk")
    ):
        people.setdefault(member.organisation_id, []).append(f"{member.user.name} <{member.user.email}>")
    context = {
        "title": _("Release %(intake)s") % {"intake": intake.title},
        "intake": intake,
        "letters": [(one, people.get(one.application.startup.organisation_id, [])) for one in letters],
        "crumbs": [
            Crumb(intake.title, reverse("staff:cohorts:deliberation", args=[pk])),
            Crumb(_("Release")),
        ],
    }
    return staff.draw(request, "staff/cohorts/release.html", context)
