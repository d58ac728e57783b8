"""The reviews of one application as staff see them, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.outbox.timeline import Entry, timeline
from incubator.web import staff
from incubator.web.confirming import confirm, posted
from incubator.web.parts import Action, Crumb, Next
from incubator.web.refusals import refusals_shown
from programmes.applications.models import Application
from programmes.applications.states import TERMINAL, Status
from programmes.reviews import access, conflicts, overview, states
from programmes.reviews import operations as reviews
from programmes.reviews.forms import AssignForm
from programmes.reviews.models import Assignment, Review
from programmes.reviews.scoring import Summary, summarise
from programmes.reviews.states import ASSIGNMENT, AssignmentState
from programmes.reviews.steps import OF_APPLICATION, OF_ASSIGNMENT


def find(request: PortalRequest, pk: UUID) -> Application:
    """The application, if this person may see its reviews; else 404."""
    if not access.may_see_reviews(request.actor):
        raise Http404
    return get_object_or_404(Application.objects.visible_to(request.actor).select_related("intake__programme", "startup"), pk=pk)


def crumbs(application: Application, *, here: bool = False) -> list[Crumb]:
    """The way to the application's reviews; the last has no link where it is the page itself."""
    return [
        Crumb(_("Reviews"), reverse("staff:reviews:allocation")),
        Crumb(application.intake.title, reverse("staff:reviews:matrix", args=[application.intake_id])),
        Crumb(application.reference or "", "" if here else reverse("staff:reviews:application", args=[application.pk])),
    ]


@require_safe
@portal("staff")
def application(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Who was asked, what they say, how far they are apart, and what has happened."""
    application = find(request, pk)
    rows = _assignments(application, request.actor)
    summary = _summary(rows)
    verbs = application.verbs_for(request.actor)
    context = {
        "title": application.startup.name,
        "application": application,
        "here": "reviews",
        "has_decision": application.status in TERMINAL or application.status in (Status.OFFERED, Status.WAITLISTED, Status.APPROVED_CONDITIONAL),
        "steps": [Action(one.title, reverse(f"staff:reviews:{verb}", args=[pk]), icon=one.icon) for verb, one in OF_APPLICATION.items() if verb in verbs],
        "rows": rows,
        "summary": summary,
        "next": _next(application, rows, summary),
        "assign_url": reverse("staff:reviews:assign", args=[pk]) if _may_assign(application, request.actor) else "",
        "entries": _entries(application, rows),
        "crumbs": crumbs(application, here=True),
    }
    return staff.draw(request, "staff/reviews/application.html", context)


@require_safe
@portal("staff")
def summary(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The reviews in a card, beside the answers. Three queries."""
    application = find(request, pk)
    rows = _assignments(application, request.actor)
    return staff.fragment(request, "staff/reviews/_summary.html", {"application": application, "rows": rows, "summary": _summary(rows)})


@dataclass(frozen=True)
class Row:
    """One reviewer's part. `review` is None before the first draft; its words are shown once it was sent."""

    assignment: Assignment
    review: Review | None
    conflict: str
    is_overdue: bool
    buttons: Sequence[Action]

    @property
    def is_counted(self) -> bool:
        return self.assignment.status in states.COUNTED


def _assignments(application: Application, actor: Actor) -> list[Row]:
    """All who were asked, in the order of asking. Six queries."""
    found = list(
        Assignment.objects.visible_to(actor)
        .filter(application=application)
        .select_related("reviewer", "review")
        .prefetch_related("review__scores__criterion")
        .order_by("created_at", "pk")
    )
    reasons = conflicts.find([application], [one.reviewer_id for one in found])
    rows = []
    for one in found:
        one.application = application
        verbs = one.verbs_for(actor)
        buttons = [
            Action(step.title, reverse(f"staff:reviews:{verb}", args=[one.pk]), icon=step.icon, danger=step.danger)
            for verb, step in OF_ASSIGNMENT.items()
            if verb in verbs
        ]
        late = one.status in states.OPEN and one.due_on < today() and application.status == Status.IN_REVIEW
        rows.append(Row(one, getattr(one, "review", None), "; ".join(reasons.get((application.pk, one.reviewer_id), ())), late, buttons))
    return rows


def _summary(rows: Sequence[Row]) -> Summary:
    return summarise([row.review.score for row in rows if row.is_counted and row.review and row.review.score is not None])


def _next(application: Application, rows: Sequence[Row], summary: Summary) -> Next:
    needed = application.intake.reviews_per_application
    asked = sum(row.assignment.status in states.ACTIVE and not row.conflict for row in rows)
    count = {"have": asked, "needed": needed, "done": summary.count}
    if application.status == Status.SCREENING:
        step = _("Send it to its reviewers.") if asked >= needed else _("Assign reviewers: %(have)d of %(needed)d so far.") % count
        return Next(step, who=_("Waits for: %(who)s") % {"who": _("Officer")}, tone="mine")
    if application.status != Status.IN_REVIEW:
        return Next(str(application.state_label()), tone="rest")
    if summary.count < needed:
        due = max((row.assignment.due_on for row in rows if row.assignment.status in states.OPEN), default=None)
        return Next(_("%(done)d of %(needed)d reviews are in.") % count, who=_("Waits for: %(who)s") % {"who": _("Reviewers")}, expected=due)
    step = (
        _("The reviewers are far apart: look at it, then close the review.")
        if summary.alert
        else _("All reviews are in: close the review or invite to an interview.")
    )
    return Next(step, who=_("Waits for: %(who)s") % {"who": _("Officer")}, tone="mine")


def _entries(application: Application, rows: Sequence[Row]) -> list[Entry]:
    """The history of the application's reviews, each line with the reviewer it is about."""
    entries = timeline(*(row.assignment.pk for row in rows), machine=ASSIGNMENT)
    return [replace(one, sentence=f"{one.sentence}: {one.facts['reviewer']}") if one.facts.get("reviewer") not in (None, one.actor) else one for one in entries]


def _may_assign(application: Application, actor: Actor) -> bool:
    return access.may_steer(actor) and application.status in (Status.SCREENING, Status.IN_REVIEW)


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be asked; `why_not` says why they cannot."""

    carried: overview.Carried
    why_not: str


def _candidates(application: Application) -> list[Candidate]:
    """All reviewers of the park, the least loaded first, those who cannot be asked last. Eight queries."""
    people = list(overview.reviewers())
    found = conflicts.find([application], [one.pk for one in people])
    asked = dict(application.assignments.values_list("reviewer_id", "status"))
    candidates = []
    for carried in overview.carried_in(application.intake, people, today()):
        pk = carried.reviewer.pk
        why_not = ""
        if reasons := found.get((application.pk, pk)):
            why_not = _("Conflict of interest: %(reasons)s") % {"reasons": "; ".join(reasons)}
        elif pk in asked and asked[pk] not in states.MAY_BE_ASKED_AGAIN:
            why_not = _("Asked already: %(state)s") % {"state": AssignmentState(asked[pk]).label}
        elif carried.is_full:
            why_not = _("Has %(n)d applications, which is the most") % {"n": carried.load}
        candidates.append(Candidate(carried, why_not))
    return sorted(candidates, key=lambda one: (bool(one.why_not), one.carried.load))


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def assign(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask reviewers. Those with a conflict are shown with its reason and cannot be chosen."""
    application = find(request, pk)
    if not access.may_steer(request.actor):
        raise Http404
    candidates = _candidates(application)
    free = [one.carried.reviewer for one in candidates if not one.why_not]
    form = AssignForm(posted(request), free=free, intake=application.intake)
    told = _("The reviewers, by e-mail, now.") if application.status == Status.IN_REVIEW else _("The reviewers, by e-mail, when it is sent to review.")
    return confirm(
        request,
        title=_("Ask reviewers"),
        what=[_("The reviewers can read the application and are asked for a conflict of interest first.")],
        told=[told],
        button=_("Ask them"),
        form=form,
        act=lambda data, at: reviews.assign_many([(application, one) for one in data["reviewers"]], due_on=data["due_on"], by=request.actor, at=at),
        done=_("The reviewers are assigned."),
        back=reverse("staff:reviews:application", args=[pk]),
        crumbs=[*crumbs(application), Crumb(_("Ask reviewers"))],
        template="staff/reviews/assign.html",
        extra={"candidates": candidates, "chosen": request.POST.getlist("reviewers"), "application": application},
    )
