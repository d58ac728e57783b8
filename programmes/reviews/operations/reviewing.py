"""What a reviewer does: declare, read, score, send; or say that they will not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, ReasonNeeded, Refusal, Stale
from incubator.outbox.operations import record, transition
from programmes.applications import operations as applications
from programmes.applications.states import Status
from programmes.catalogue.models import Criterion
from programmes.reviews import conflicts, events, states
from programmes.reviews.models import Assignment, Conflict, Review, Score
from programmes.reviews.operations import told
from programmes.reviews.scoring import weighted_mean
from programmes.reviews.states import AssignmentState

WORST, BEST = 1, 5


@dataclass(frozen=True, slots=True)
class ScoreGiven:
    """What a reviewer says on one criterion: a score, or that it does not apply, or neither yet."""

    value: int | None = None
    is_not_applicable: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ReviewText:
    """A review as it stands in the form: scores by criterion id, and the words."""

    scores: Mapping[UUID, ScoreGiven] = field(default_factory=dict)
    recommendation: str = ""
    strengths: str = ""
    weaknesses: str = ""
    private_note: str = ""


class StaleDraft(Stale):
    """The review was saved elsewhere since this form was opened; `saved` is what was saved. Nothing was overwritten."""

    code = "stale"
    message = _("This review was saved in another window since you opened it. Your text is kept below; compare, then save again.")

    def __init__(self, saved: Review) -> None:
        self.saved = saved
        super().__init__()


@transaction.atomic
def declare_free(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """Record that the reviewer knows of no conflict; only then the application opens. Doing it twice changes nothing."""
    assignment = _own(assignment, by)
    if assignment.declared_free_at is None:
        Assignment.objects.filter(pk=assignment.pk).update(declared_free_at=at)
        assignment.declared_free_at = at
        record(events.declared_free, assignment, by=by, at=at, facts=told.facts(assignment))
    return assignment


@transaction.atomic
def save_draft(assignment: Assignment, text: ReviewText, *, version: int, by: Actor, at: datetime) -> Review:
    """Save what the reviewer has so far. `version` is that of the review the form was opened with, 0 for none.

    Locks the assignment. Raises StaleDraft when the review was saved elsewhere since, Invalid for a score out of
    range or a criterion of another rubric, NotAllowed for somebody else's review, Refusal when it was sent already.
    """
    assignment = _own(assignment, by)
    _must_be_open(assignment)
    return _save(assignment, text, version=version, by=by, at=at)


@transaction.atomic
def submit(assignment: Assignment, *, version: int, by: Actor, at: datetime) -> Review:
    """Send the saved review. It counts from now on, and the reviewer may see the others'.

    Locks the assignment. Raises StaleDraft, Invalid with what is missing, IllegalTransition when it was sent already.
    """
    assignment = _own(assignment, by)
    _must_be_open(assignment)
    review = Review.objects.filter(assignment=assignment).first()
    if review is None:
        raise Invalid(_("There is nothing to send yet: score the criteria first."), field="scores")
    if review.version != version:
        raise StaleDraft(review)
    lacking = missing(review)
    if lacking:
        raise Invalid(_("Still missing: %(list)s.") % {"list": "; ".join(lacking)}, code="incomplete", field="scores")
    review.score = weighted_mean(review.scores.values_list("criterion__weight", "value"))
    review.submitted_at = at
    review.save(update_fields=["score", "submitted_at"])
    facts = {**told.facts(assignment), "score": str(review.score), "recommendation": review.recommendation}
    transition(
        assignment,
        AssignmentState.SUBMITTED,
        by=by,
        at=at,
        event=events.submitted,
        facts=facts,
        tell=[told.staff(assignment, score=str(review.score), recommendation=str(review.get_recommendation_display()))],
    )
    return review


def missing(review: Review) -> list[str]:
    """What a review lacks before it can be sent, in words. Two queries."""
    done = {one.criterion_id: one for one in review.scores.all()}
    criteria = Criterion.objects.filter(rubric=review.assignment.application.intake.rubric_id).order_by("position", "pk")
    lacking = [_("a score for “%(title)s”") % {"title": one.title} for one in criteria if not _is_scored(done.get(one.pk))]
    if not lacking and all(one.value is None for one in done.values()):
        lacking.append(str(_("at least one criterion that applies")))
    if not review.recommendation:
        lacking.append(str(_("your recommendation")))
    return lacking


@transaction.atomic
def declare_conflict(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """The reviewer has a conflict of interest: the application closes to them at once, and an officer is told.

    Locks the assignment. Raises ReasonNeeded, NotAllowed, IllegalTransition.
    """
    assignment = _own(assignment, by, free_of_conflict=False)
    if not reason.strip():
        raise ReasonNeeded(_("Say what the conflict is; the officer will see it."), field="reason")
    transition(
        assignment,
        AssignmentState.COI_DECLARED,
        by=by,
        at=at,
        event=events.conflict_declared,
        reason=reason,
        facts=told.facts(assignment),
        tell=[told.staff(assignment, reason=reason.strip())],
    )
    applications.bar(assignment.application, user_id=assignment.reviewer_id)
    Conflict.objects.update_or_create(
        application=assignment.application,
        user_id=assignment.reviewer_id,
        defaults={"source": Conflict.Source.DECLARED, "reason": reason.strip()[:500], "recorded_at": at},
    )
    return assignment


@transaction.atomic
def abstain(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """Not to judge this application, though one could read it. Raises ReasonNeeded, NotAllowed, IllegalTransition."""
    assignment = _own(assignment, by)
    tell = [told.staff(assignment, reason=reason.strip())]
    transition(assignment, AssignmentState.ABSTAINED, by=by, at=at, event=events.abstained, reason=reason, facts=told.facts(assignment), tell=tell)
    applications.stop_reading(assignment.application, user_id=assignment.reviewer_id)
    return assignment


@transaction.atomic
def decline(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """Not to take the review on. Raises ReasonNeeded, NotAllowed, IllegalTransition once it is begun."""
    assignment = _own(assignment, by)
    tell = [told.staff(assignment, reason=reason.strip())]
    transition(assignment, AssignmentState.DECLINED, by=by, at=at, event=events.declined, reason=reason, facts=told.facts(assignment), tell=tell)
    applications.stop_reading(assignment.application, user_id=assignment.reviewer_id)
    return assignment


def _own(assignment: Assignment, by: Actor, *, free_of_conflict: bool = True) -> Assignment:
    """The assignment, locked, if it is the actor's own and no conflict has come up."""
    assignment = Assignment.objects.locked(assignment.pk)
    if assignment.reviewer_id != by.user_id:
        raise NotAllowed(_("This review is somebody else's."))
    if free_of_conflict and conflicts.of(assignment.application, assignment.reviewer_id):
        raise NotAllowed(_("You have a conflict of interest with this application."), code="conflict_of_interest")
    return assignment


def _must_be_open(assignment: Assignment) -> None:
    if assignment.status not in states.OPEN:
        raise Refusal(_("This review was sent or given back already; it cannot be changed."), code="illegal_transition")
    if assignment.application.status != Status.IN_REVIEW:
        raise Refusal(_("The review of this application is closed."), code="review_closed")


def _is_scored(score: Score | None) -> bool:
    return score is not None and (score.value is not None or score.is_not_applicable)


def _save(assignment: Assignment, text: ReviewText, *, version: int, by: Actor, at: datetime) -> Review:
    _must_be_well_formed(assignment, text)
    review = Review.objects.filter(assignment=assignment).first()
    if review is not None and review.version != version:
        raise StaleDraft(review)
    if review is None:
        review = Review(assignment=assignment, version=0)
    review.recommendation = text.recommendation
    review.strengths, review.weaknesses, review.private_note = text.strengths, text.weaknesses, text.private_note
    review.version += 1
    review.saved_at = at
    review.save()
    Score.objects.bulk_create(
        [
            Score(review=review, criterion_id=pk, value=one.value, is_not_applicable=one.is_not_applicable, comment=one.comment)
            for pk, one in text.scores.items()
        ],
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["value", "is_not_applicable", "comment"],
    )
    if assignment.status == AssignmentState.ASSIGNED:
        transition(assignment, AssignmentState.IN_PROGRESS, by=by, at=at, event=events.started, facts=told.facts(assignment))
    review.assignment = assignment
    return review


def _must_be_well_formed(assignment: Assignment, text: ReviewText) -> None:
    known = set(Criterion.objects.filter(rubric=assignment.application.intake.rubric_id).values_list("pk", flat=True))
    if set(text.scores) - known:
        raise Invalid(_("A score is given for something that is not in this call's rubric. Reload the page."), field="scores")
    for score in text.scores.values():
        if score.value is not None and (score.is_not_applicable or not WORST <= score.value <= BEST):
            raise Invalid(_("A score runs from 1 to 5, or is marked as not applicable."), field="scores")
    if text.recommendation and text.recommendation not in Review.Recommendation.values:
        raise Invalid(_("Choose yes, maybe or no."), field="recommendation")
