"""What a reviewer does: drafts that lose nothing, a review that is complete, and the ways out."""

from decimal import Decimal

import pytest

from incubator.lib.clock import now
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from incubator.startups.models import Tie
from programmes.applications.models import Application, Reader
from programmes.applications.states import Status
from programmes.catalogue.models import Criterion
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment, Conflict, Review, Score
from programmes.reviews.operations import ReviewText, ScoreGiven, StaleDraft
from programmes.reviews.states import AssignmentState
from tests.cast import Member
from tests.factories.catalogue import CriterionFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory


@pytest.fixture
def assignment(reviewer: Member) -> Assignment:
    return AssignmentFactory(reviewer=reviewer.user, declared=True)


def criteria(assignment: Assignment) -> list[Criterion]:
    return list(assignment.application.intake.rubric.criteria.order_by("position", "pk"))


def text(assignment: Assignment, *values: int | None, **words: str) -> ReviewText:
    given = {one.pk: ScoreGiven(value, value is None) for one, value in zip(criteria(assignment), values, strict=False)}
    return ReviewText(scores=given, **words)


# ── save_draft ──
def test_first_draft_begins_the_review_and_the_second_only_saves(assignment: Assignment, reviewer: Member) -> None:
    first = reviews.save_draft(assignment, text(assignment, 4, strengths="Team"), version=0, by=reviewer.actor, at=now())
    assert (first.version, first.strengths) == (1, "Team")
    assignment.refresh_from_db()
    assert assignment.status == AssignmentState.IN_PROGRESS
    second = reviews.save_draft(assignment, text(assignment, 5, 3), version=1, by=reviewer.actor, at=now())
    assert second.version == 2
    assert list(second.scores.order_by("criterion__position").values_list("value", flat=True)) == [5, 3]
    assert Event.objects.about(assignment.pk).count() == 1
    assert Score.objects.count() == 2


def test_stale_draft_is_refused_with_what_was_saved_and_overwrites_nothing(assignment: Assignment, reviewer: Member) -> None:
    reviews.save_draft(assignment, text(assignment, 4, strengths="From the first window"), version=0, by=reviewer.actor, at=now())
    with pytest.raises(StaleDraft) as refusal:
        reviews.save_draft(assignment, text(assignment, 1, strengths="From the second"), version=0, by=reviewer.actor, at=now())
    assert refusal.value.saved.strengths == "From the first window"
    review = Review.objects.get()
    assert (review.version, review.strengths) == (1, "From the first window")
    assert Score.objects.get().value == 4


@pytest.mark.parametrize("given", [ScoreGiven(0), ScoreGiven(6), ScoreGiven(3, is_not_applicable=True)])
def test_draft_with_an_impossible_score_is_refused(assignment: Assignment, reviewer: Member, given: ScoreGiven) -> None:
    with pytest.raises(Invalid):
        reviews.save_draft(assignment, ReviewText({criteria(assignment)[0].pk: given}), version=0, by=reviewer.actor, at=now())
    assert not Review.objects.exists()


def test_draft_with_a_criterion_of_another_rubric_is_refused(assignment: Assignment, reviewer: Member) -> None:
    with pytest.raises(Invalid):
        reviews.save_draft(assignment, ReviewText({CriterionFactory().pk: ScoreGiven(3)}), version=0, by=reviewer.actor, at=now())


def test_draft_with_an_unknown_recommendation_is_refused(assignment: Assignment, reviewer: Member) -> None:
    with pytest.raises(Invalid) as refusal:
        reviews.save_draft(assignment, ReviewText(recommendation="perhaps"), version=0, by=reviewer.actor, at=now())
    assert refusal.value.field == "recommendation"


@pytest.mark.parametrize("who", ["reviewer_unassigned", "officer", "manager", "chair", "founder"])
def test_draft_by_somebody_else_is_not_allowed(assignment: Assignment, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        reviews.save_draft(assignment, text(assignment, 4), version=0, by=request.getfixturevalue(who).actor, at=now())
    assert not Review.objects.exists()
    assert not Event.objects.exists()


def test_draft_after_a_conflict_came_up_is_not_allowed(assignment: Assignment, reviewer: Member) -> None:
    Tie.objects.create(startup=assignment.application.startup, user=reviewer.user, kind=Tie.Kind.INTEREST)
    with pytest.raises(NotAllowed):
        reviews.save_draft(assignment, text(assignment, 4), version=0, by=reviewer.actor, at=now())


@pytest.mark.parametrize("status", [AssignmentState.SUBMITTED, AssignmentState.LOCKED, AssignmentState.EXPIRED, AssignmentState.DECLINED])
def test_draft_of_what_was_sent_or_given_back_is_refused(reviewer: Member, status: AssignmentState) -> None:
    assignment = AssignmentFactory(reviewer=reviewer.user, status=status)
    with pytest.raises(Refusal):
        reviews.save_draft(assignment, text(assignment, 4), version=0, by=reviewer.actor, at=now())
    assert not Review.objects.exists()


def test_draft_after_the_review_was_closed_is_refused(reviewer: Member) -> None:
    assignment = AssignmentFactory(reviewer=reviewer.user, application__status=Status.PENDING_DETERMINATION)
    with pytest.raises(Refusal, match="closed"):
        reviews.save_draft(assignment, text(assignment, 4), version=0, by=reviewer.actor, at=now())


# ── submit ──
def test_submit_scores_by_weight_and_tells_the_officers(reviewer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user, values=(5, None))
    review = reviews.submit(review.assignment, version=review.version, by=reviewer.actor, at=now())
    assert review.score == Decimal("5.00")
    event = Event.objects.about(review.assignment_id)[0]
    assert (event.to_state, event.told[0]["audience"], event.told[0]["facts"]["score"]) == ("submitted", "staff", "5.00")


@pytest.mark.parametrize(
    ("values", "recommendation", "lacking"),
    [((4,), "yes", "a score for"), ((4, 3), "", "your recommendation"), ((None, None), "yes", "at least one criterion")],
)
def test_submit_says_what_is_missing(reviewer: Member, values: tuple[int | None, ...], recommendation: str, lacking: str) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user, values=values, recommendation=recommendation)
    with pytest.raises(Invalid, match=lacking):
        reviews.submit(review.assignment, version=review.version, by=reviewer.actor, at=now())
    review.refresh_from_db()
    assert review.submitted_at is None
    assert not Event.objects.exists()


def test_submit_without_a_draft_is_refused(assignment: Assignment, reviewer: Member) -> None:
    with pytest.raises(Invalid):
        reviews.submit(assignment, version=0, by=reviewer.actor, at=now())


def test_submit_twice_is_refused_and_leaves_one_event(reviewer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user)
    reviews.submit(review.assignment, version=review.version, by=reviewer.actor, at=now())
    with pytest.raises(Refusal):
        reviews.submit(review.assignment, version=review.version, by=reviewer.actor, at=now())
    assert Event.objects.about(review.assignment_id).count() == 1


def test_submit_of_another_version_than_was_read_is_refused(reviewer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user, version=3)
    with pytest.raises(StaleDraft):
        reviews.submit(review.assignment, version=2, by=reviewer.actor, at=now())


# ── Ways out ──
def test_declare_conflict_closes_the_application_at_once_and_tells_an_officer(assignment: Assignment, reviewer: Member) -> None:
    reviews.declare_conflict(assignment, reason="My brother works there.", by=reviewer.actor, at=now())
    assignment.refresh_from_db()
    assert assignment.status == AssignmentState.COI_DECLARED
    assert Reader.objects.get().is_barred
    assert Conflict.objects.get().reason == "My brother works there."
    assert not Application.objects.visible_to(reviewer.actor).exists()
    assert Event.objects.about(assignment.pk)[0].told[0]["audience"] == "staff"


def test_declare_conflict_is_possible_when_a_tie_is_on_record_already(assignment: Assignment, reviewer: Member) -> None:
    Tie.objects.create(startup=assignment.application.startup, user=reviewer.user, kind=Tie.Kind.FAMILY)
    reviews.declare_conflict(assignment, reason="Family.", by=reviewer.actor, at=now())
    assert Conflict.objects.exists()


@pytest.mark.parametrize(("verb", "state"), [(reviews.abstain, AssignmentState.ABSTAINED), (reviews.decline, AssignmentState.DECLINED)])
def test_giving_back_takes_the_reading_away_without_barring(verb, state: AssignmentState, assignment: Assignment, reviewer: Member) -> None:
    verb(assignment, reason="No time.", by=reviewer.actor, at=now())
    assignment.refresh_from_db()
    assert assignment.status == state
    assert not Reader.objects.exists()
    assert not Assignment.objects.asked_of(reviewer.actor).exists()


@pytest.mark.parametrize("verb", [reviews.abstain, reviews.decline, reviews.declare_conflict])
def test_ways_out_need_a_reason_and_the_reviewer(verb, assignment: Assignment, reviewer: Member, officer: Member) -> None:
    with pytest.raises(ReasonNeeded):
        verb(assignment, reason="", by=reviewer.actor, at=now())
    with pytest.raises(NotAllowed):
        verb(assignment, reason="Because.", by=officer.actor, at=now())
    assert not Event.objects.exists()
    assert not Conflict.objects.exists()


def test_decline_of_a_review_already_begun_is_refused(reviewer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user)
    with pytest.raises(IllegalTransition):
        reviews.decline(review.assignment, reason="No time.", by=reviewer.actor, at=now())


def test_declare_free_twice_is_recorded_once(reviewer: Member) -> None:
    assignment = AssignmentFactory(reviewer=reviewer.user)
    for _ in range(2):
        reviews.declare_free(assignment, by=reviewer.actor, at=now())
    assert Event.objects.about(assignment.pk).count() == 1
