"""Asking reviewers: who may, whom, how many, and how a review is taken back."""

from datetime import timedelta

import pytest

from incubator.accounts.models import Organisation
from incubator.lib.clock import now, today
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from incubator.startups.models import Tie
from programmes.applications.models import Application, Reader
from programmes.applications.states import Status
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment, Conflict
from programmes.reviews.operations.assigning import InConflict
from programmes.reviews.states import AssignmentState
from tests.cast import Member, join
from tests.factories.applications import ApplicationFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory

SOON = today() + timedelta(days=14)


@pytest.fixture
def application(db: None) -> Application:
    return ApplicationFactory(sent=True, status=Status.IN_REVIEW)


def assign(application: Application, reviewer: Member, by: Member) -> Assignment:
    return reviews.assign(application, reviewer=reviewer.user, due_on=SOON, by=by.actor, at=now())


# ── assign ──
def test_assign_in_review_opens_the_application_and_tells_the_reviewer(application: Application, officer: Member, reviewer: Member) -> None:
    assignment = assign(application, reviewer, officer)
    assert Application.objects.visible_to(reviewer.actor).get() == application
    requested = Event.objects.about(assignment.pk)[0]
    assert requested.kind == "reviews.review_requested"
    assert requested.told[0]["users"] == [str(reviewer.user.pk)]


def test_assign_during_screening_tells_nobody_and_opens_nothing_yet(officer: Member, reviewer: Member) -> None:
    assignment = assign(ApplicationFactory(sent=True, status=Status.SCREENING), reviewer, officer)
    assert not Application.objects.visible_to(reviewer.actor).exists()
    assert not Assignment.objects.asked_of(reviewer.actor).exists()
    assert [event.told for event in Event.objects.about(assignment.pk)] == [[]]


@pytest.mark.parametrize("who", ["readonly_officer", "chair", "reviewer_unassigned", "founder", "admin_person"])
def test_assign_by_others_is_not_allowed(application: Application, reviewer: Member, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        assign(application, reviewer, request.getfixturevalue(who))
    assert not Assignment.objects.exists()


def test_assign_with_a_conflict_is_refused_with_its_reason(application: Application, officer: Member, reviewer_recused: Member) -> None:
    Tie.objects.create(startup=application.startup, user=reviewer_recused.user, kind=Tie.Kind.ADVISER)
    with pytest.raises(InConflict) as refusal:
        assign(application, reviewer_recused, officer)
    assert refusal.value.reasons == ("Adviser or mentor",)
    assert not Assignment.objects.exists()
    assert not Reader.objects.exists()


def test_assign_somebody_who_is_no_reviewer_is_refused(application: Application, officer: Member, founder: Member) -> None:
    with pytest.raises(Invalid):
        assign(application, founder, officer)


def test_assign_twice_is_refused(application: Application, officer: Member, reviewer: Member) -> None:
    assign(application, reviewer, officer)
    with pytest.raises(Refusal, match="already"):
        assign(application, reviewer, officer)
    assert Assignment.objects.count() == 1


def test_assign_beyond_the_capacity_is_refused(application: Application, officer: Member, reviewer: Member) -> None:
    application.intake.reviewer_capacity = 1
    application.intake.save()
    other = ApplicationFactory(sent=True, intake=application.intake, status=Status.IN_REVIEW)
    first = assign(other, reviewer, officer)
    with pytest.raises(Refusal, match="which is the most") as refusal:
        assign(application, reviewer, officer)
    assert refusal.value.code == "over_capacity"
    reviews.unassign(first, reason="Too many.", by=officer.actor, at=now())
    assign(application, reviewer, officer)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.PENDING_DETERMINATION, Status.INELIGIBLE])
def test_assign_at_another_point_is_refused(officer: Member, reviewer: Member, status: Status) -> None:
    with pytest.raises(Refusal):
        assign(ApplicationFactory(sent=True, status=status), reviewer, officer)


def test_assign_with_a_day_that_is_past_is_refused(application: Application, officer: Member, reviewer: Member) -> None:
    with pytest.raises(Invalid) as refusal:
        reviews.assign(application, reviewer=reviewer.user, due_on=today() - timedelta(days=1), by=officer.actor, at=now())
    assert refusal.value.field == "due_on"


@pytest.mark.parametrize("status", [AssignmentState.UNASSIGNED, AssignmentState.DECLINED, AssignmentState.EXPIRED])
def test_assign_again_after_it_came_to_nothing(application: Application, officer: Member, reviewer: Member, status: AssignmentState) -> None:
    AssignmentFactory(application=application, reviewer=reviewer.user, status=status)
    assignment = assign(application, reviewer, officer)
    assert (assignment.status, assignment.due_on) == (AssignmentState.ASSIGNED, SOON)
    assert Assignment.objects.count() == 1


def test_assign_again_after_a_recusal_is_refused(application: Application, officer: Member, reviewer: Member) -> None:
    AssignmentFactory(application=application, reviewer=reviewer.user, status=AssignmentState.RECUSED)
    with pytest.raises(Refusal):
        assign(application, reviewer, officer)


def test_assign_many_is_all_or_nothing(application: Application, officer: Member, reviewer: Member, reviewer_recused: Member) -> None:
    Tie.objects.create(startup=application.startup, user=reviewer_recused.user, kind=Tie.Kind.FAMILY)
    pairs = [(application, reviewer.user), (application, reviewer_recused.user)]
    with pytest.raises(InConflict):
        reviews.assign_many(pairs, due_on=SOON, by=officer.actor, at=now())
    assert not Assignment.objects.exists()
    assert not Event.objects.exists()


# ── unassign, recuse, reopen ──
def test_unassign_closes_the_application_to_the_reviewer_without_barring_them(application: Application, officer: Member, reviewer: Member) -> None:
    assignment = assign(application, reviewer, officer)
    reviews.unassign(assignment, reason="Enough reviews.", by=officer.actor, at=now())
    assert not Application.objects.visible_to(reviewer.actor).exists()
    assert not Reader.objects.filter(is_barred=True).exists()


@pytest.mark.parametrize("verb", [reviews.unassign, reviews.recuse])
def test_taking_a_review_back_needs_a_reason_and_the_role(verb, officer: Member, chair: Member, reviewer: Member) -> None:
    assignment = AssignmentFactory(reviewer=reviewer.user)
    with pytest.raises(ReasonNeeded):
        verb(assignment, reason="  ", by=officer.actor, at=now())
    for other in (chair, reviewer):
        with pytest.raises(NotAllowed):
            verb(assignment, reason="Because.", by=other.actor, at=now())
    assignment.refresh_from_db()
    assert assignment.status == AssignmentState.ASSIGNED
    assert not Event.objects.exists()


def test_recuse_bars_the_reviewer_for_good_and_their_review_no_longer_counts(officer: Member, reviewer: Member) -> None:
    review = ReviewFactory(assignment__reviewer=reviewer.user)
    application = review.assignment.application
    reviews.recuse(review.assignment, reason="Cousin of the founder.", by=officer.actor, at=now())
    assert Reader.objects.get().is_barred
    assert Conflict.objects.get().source == Conflict.Source.STAFF
    assert not Assignment.objects.counted().filter(application=application).exists()
    assert not Application.objects.visible_to(reviewer.actor).exists()
    told = Event.objects.about(review.assignment.pk)[0].told
    assert application.startup.name not in str(told)


def test_recuse_of_a_locked_review_is_refused(officer: Member) -> None:
    review = ReviewFactory(assignment__status=AssignmentState.LOCKED)
    with pytest.raises(IllegalTransition):
        reviews.recuse(review.assignment, reason="Too late.", by=officer.actor, at=now())


def test_reopen_takes_the_review_out_of_the_count_until_it_is_sent_again(officer: Member, reviewer: Member) -> None:
    review = ReviewFactory(assignment__reviewer=reviewer.user, values=(4, 4))
    reviews.reopen(review.assignment, due_on=SOON, reason="Please say why.", by=officer.actor, at=now())
    assert not Assignment.objects.counted().exists()
    reviews.submit(review.assignment, version=review.version, by=reviewer.actor, at=now())
    assert Assignment.objects.counted().exists()


def test_reopen_after_the_review_was_closed_is_refused(officer: Member) -> None:
    review = ReviewFactory(assignment__application__status=Status.PENDING_DETERMINATION)
    with pytest.raises(Refusal):
        reviews.reopen(review.assignment, due_on=SOON, reason="Please.", by=officer.actor, at=now())


def test_person_who_lost_the_reviewer_role_cannot_be_assigned(application: Application, park: Organisation, officer: Member) -> None:
    former = join(park, name="Former Reviewer")
    with pytest.raises(Invalid, match="not a reviewer"):
        assign(application, former, officer)
