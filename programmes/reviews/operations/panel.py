"""An application's way through review: to the reviewers, to an interview, to those who decide, and back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.operations import transition
from incubator.web import times
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.reviews import conflicts, events, states
from programmes.reviews.models import Assignment, Review
from programmes.reviews.operations import told
from programmes.reviews.operations.assigning import request_review, unassign
from programmes.reviews.scoring import Summary, summarise


def counted_scores(application: Application) -> list[Decimal]:
    """The scores of the reviews that count: sent in, not reopened, their reviewers not recused. One query."""
    rows = Review.objects.filter(assignment__application=application, assignment__status__in=states.COUNTED, score__isnull=False)
    return [score for score in rows.values_list("score", flat=True) if score is not None]


@transaction.atomic
def send_to_review(application: Application, *, by: Actor, at: datetime) -> Application:
    """End the screening: the reviewers assigned are told and may read.

    Locks the application. Raises Refusal when too few reviewers without a conflict are assigned, when a question to
    the applicant or a proposal is open, IllegalTransition, NotAllowed.
    """
    application = Application.objects.locked(application.pk)
    edge = application.machine.step(application.status, "send_to_review")
    if not edge.roles & application.roles_of(by):
        raise NotAllowed
    if application.findings.filter(closed_at__isnull=True).exists():
        raise Refusal(_("An officer proposed to find this application not eligible. Confirm or dismiss that first."), code="proposal_open")
    assignments = list(Assignment.objects.select_related("reviewer").filter(application=application, status__in=states.ACTIVE).order_by("pk"))
    found = conflicts.find([application], [one.reviewer_id for one in assignments])
    free = [one for one in assignments if (application.pk, one.reviewer_id) not in found]
    needed = application.intake.reviews_per_application
    if len(free) < needed:
        words = ngettext(
            "This call asks for %(needed)d reviewer without a conflict of interest; %(have)d assigned so far.",
            "This call asks for %(needed)d reviewers without a conflict of interest; %(have)d assigned so far.",
            needed,
        )
        raise Refusal(words % {"needed": needed, "have": len(free)}, code="too_few_reviewers")
    transition(application, Status.IN_REVIEW, by=by, at=at, event=events.sent_to_review, tell=[told.founder(application)])
    for assignment in free:
        assignment.application = application
        request_review(assignment, by=by, at=at)
    return application


@transaction.atomic
def shortlist(application: Application, *, interview_at: datetime, place: str, by: Actor, at: datetime, reason: str = "") -> Application:
    """Invite the applicant to an interview with the panel; they are told when and where.

    Locks the application. Raises Invalid (a time that is past, no place), and all that `close_review` raises.
    """
    application = Application.objects.locked(application.pk)
    if interview_at <= at:
        raise Invalid(_("Choose a time that is still to come."), field="interview_at")
    if not place.strip():
        raise Invalid(_("Say where, or give the address of the call."), field="place")
    _must_be_reviewed(application, by, "shortlist", reason)
    facts = {"interview_at": interview_at, "place": place.strip()}
    tell = [told.founder(application, interview_at=times.moment(interview_at), place=place.strip())]
    _take_back_open_reviews(application, by=by, at=at)
    return transition(application, Status.SHORTLISTED, by=by, at=at, event=events.shortlisted, reason=reason, facts=facts, tell=tell)


@transaction.atomic
def close_review(application: Application, *, by: Actor, at: datetime, reason: str = "") -> Application:
    """Hand the application to those who decide. Reviews not sent by then are taken back.

    Locks the application. Raises Refusal when too few reviews are in (a manager may go on with at least one, giving a
    reason), ReasonNeeded when the reviewers are far apart and nobody says why that does not matter,
    IllegalTransition, NotAllowed. The applicant hears nothing.
    """
    application = Application.objects.locked(application.pk)
    summary = _must_be_reviewed(application, by, "close_review", reason)
    facts = {"mean": str(summary.mean), "spread": str(summary.spread), "count": summary.count}
    _take_back_open_reviews(application, by=by, at=at)
    return transition(application, Status.PENDING_DETERMINATION, by=by, at=at, event=events.review_closed, reason=reason, facts=facts)


@transaction.atomic
def record_panel(application: Application, *, minutes: str, score: Decimal, by: Actor, at: datetime) -> Application:
    """Record what the panel heard in the interview, and its score from 1 to 5. Then it waits for a decision.

    Locks the application. Raises Invalid (no minutes, a score out of range), IllegalTransition, NotAllowed.
    """
    application = Application.objects.locked(application.pk)
    application.machine.step(application.status, "record_panel")
    if not minutes.strip():
        raise Invalid(_("Write down what the panel found."), field="minutes")
    if not 1 <= score <= 5:
        raise Invalid(_("The panel's score runs from 1 to 5."), field="score")
    facts = {"panel_score": str(score)}
    return transition(application, Status.PENDING_DETERMINATION, by=by, at=at, event=events.panel_recorded, reason=minutes, facts=facts)


@transaction.atomic
def return_to_review(application: Application, *, reason: str, by: Actor, at: datetime) -> Application:
    """Send it back to the reviewers, before anything is decided: new ones can be assigned, reviews reopened.

    Locks the application. Raises ReasonNeeded, IllegalTransition, NotAllowed. The applicant hears nothing.
    """
    application = Application.objects.locked(application.pk)
    application.machine.step(application.status, "return_to_review")
    return transition(application, Status.IN_REVIEW, by=by, at=at, event=events.returned_to_review, reason=reason)


def _must_be_reviewed(application: Application, by: Actor, verb: str, reason: str) -> Summary:
    roles = application.roles_of(by)
    if not application.machine.step(application.status, verb).roles & roles:
        raise NotAllowed
    summary = summarise(counted_scores(application))
    needed = application.intake.reviews_per_application
    if summary.count < needed:
        words = {"needed": needed, "have": summary.count}
        if "manager" not in roles or summary.count == 0:
            raise Refusal(_("%(have)d of %(needed)d reviews are in. Wait for the others, or ask somebody else.") % words, code="too_few_reviews")
        if not reason.strip():
            raise ReasonNeeded(_("%(have)d of %(needed)d reviews are in. Say why you go on without the others.") % words, field="reason")
    if summary.alert and not reason.strip():
        apart = {"spread": summary.spread}
        raise ReasonNeeded(_("The reviewers are %(spread)s points apart. Say why this does not stand in the way.") % apart, field="reason")
    return summary


def _take_back_open_reviews(application: Application, *, by: Actor, at: datetime) -> None:
    for assignment in Assignment.objects.filter(application=application, status__in=states.OPEN).order_by("pk"):
        unassign(assignment, reason=str(_("The review was closed.")), by=by, at=at)
