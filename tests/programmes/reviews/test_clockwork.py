"""Reminders that go out once, reviews that end, and the lock."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.lib.actor import ActingAs
from incubator.lib.clock import now, today
from incubator.lib.refusals import NotAllowed
from incubator.outbox.models import Event
from programmes.applications.states import Status
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment
from programmes.reviews.operations.clockwork import step_reached
from programmes.reviews.states import AssignmentState
from tests.cast import Member
from tests.factories.catalogue import IntakeFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory


@pytest.mark.parametrize(("days", "step"), [(4, None), (3, "before"), (1, "before"), (0, "due"), (-2, "due"), (-3, "after"), (-30, "after")])
def test_step_reached_by_days_left(days: int, step: str | None) -> None:
    reached = step_reached(date(2026, 11, 22) + timedelta(days=days), date(2026, 11, 22))
    assert (reached[1] if reached else None) == step


@given(st.integers(-60, 60))
def test_step_reached_never_goes_back(days: int) -> None:
    order = [None, "before", "due", "after"]
    due = date(2026, 11, 22)
    one, other = (step_reached(due, due + timedelta(days=days + more)) for more in (0, 1))
    assert order.index(one[1] if one else None) <= order.index(other[1] if other else None)


def test_remind_due_tells_each_reviewer_once_per_step(system: ActingAs) -> None:
    assignment = AssignmentFactory(due_on=today() + timedelta(days=3))
    assert [reviews.remind_due(by=system, at=now()) for _ in range(2)] == [1, 0]
    (event,) = Event.objects.about(assignment.pk)
    assert (event.kind, event.told[0]["facts"]["days"]) == ("reviews.review_due", 3)
    assert reviews.remind_due(by=system, at=now() + timedelta(days=3)) == 1
    assert reviews.remind_due(by=system, at=now() + timedelta(days=6)) == 1
    assert Event.objects.about(assignment.pk)[0].kind == "reviews.review_overdue"


def test_remind_due_leaves_the_rest_alone(system: ActingAs) -> None:
    AssignmentFactory(due_on=today() + timedelta(days=4))
    AssignmentFactory(due_on=today(), status=AssignmentState.DECLINED)
    AssignmentFactory(due_on=today(), application__status=Status.WITHDRAWN)
    ReviewFactory(assignment__due_on=today())
    assert reviews.remind_due(by=system, at=now()) == 0


def test_remind_due_asks_anew_when_the_day_was_moved(system: ActingAs, officer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__due_on=today())
    assert reviews.remind_due(by=system, at=now()) == 1
    Assignment.objects.filter(pk=review.assignment_id).update(due_on=today() + timedelta(days=2))
    assert reviews.remind_due(by=system, at=now()) == 1


def test_remind_by_hand_once_a_day_by_officers_only(officer: Member, chair: Member) -> None:
    assignment = AssignmentFactory()
    assert [reviews.remind(assignment, by=officer.actor, at=now()) for _ in range(2)] == [True, False]
    with pytest.raises(NotAllowed):
        reviews.remind(assignment, by=chair.actor, at=now())


def test_expire_overdue_ends_what_is_past_the_grace_and_tells_both(system: ActingAs) -> None:
    late = AssignmentFactory(due_on=today() - timedelta(days=8))
    AssignmentFactory(due_on=today() - timedelta(days=7))
    assert [reviews.expire_overdue(by=system, at=now()) for _ in range(2)] == [1, 0]
    late.refresh_from_db()
    assert late.status == AssignmentState.EXPIRED
    assert {told["audience"] for told in Event.objects.about(late.pk)[0].told} == {"reviewer", "staff"}


def test_begin_deliberation_locks_what_was_sent_and_is_for_the_chair_or_a_manager(chair: Member, officer: Member) -> None:
    review = ReviewFactory(assignment__application__intake=IntakeFactory(in_review=True))
    intake = review.assignment.application.intake
    with pytest.raises(NotAllowed):
        reviews.begin_deliberation(intake, by=officer.actor, at=now())
    reviews.begin_deliberation(intake, by=chair.actor, at=now())
    review.assignment.refresh_from_db()
    intake.refresh_from_db()
    assert (intake.status, review.assignment.status) == ("deliberation", AssignmentState.LOCKED)


def test_lock_reviews_locks_what_was_sent_in_this_call(system: ActingAs) -> None:
    review = ReviewFactory()
    other = ReviewFactory()
    intake = review.assignment.application.intake
    assert [reviews.lock_reviews(intake, by=system, at=now()) for _ in range(2)] == [1, 0]
    review.assignment.refresh_from_db()
    other.assignment.refresh_from_db()
    assert (review.assignment.status, other.assignment.status) == (AssignmentState.LOCKED, AssignmentState.SUBMITTED)
