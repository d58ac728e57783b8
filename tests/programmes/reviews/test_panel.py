"""An application's way through review, and what stands in it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from incubator.lib.clock import now
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from incubator.startups.models import Tie
from programmes.applications import operations as applications
from programmes.applications.models import Application, Reader
from programmes.applications.states import Status
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment
from programmes.reviews.states import AssignmentState
from tests.cast import Member
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import EligibilityRuleFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory


@pytest.fixture
def screening(db: None) -> Application:
    return ApplicationFactory(sent=True, status=Status.SCREENING, intake__reviews_per_application=2)


@pytest.fixture
def in_review(db: None) -> Application:
    return ApplicationFactory(sent=True, status=Status.IN_REVIEW, intake__reviews_per_application=2)


def review_of(application: Application, *values: int) -> None:
    ReviewFactory(assignment__application=application, values=values)


# ── send_to_review ──
def test_send_to_review_opens_it_to_the_reviewers_and_tells_them(screening: Application, officer: Member, reviewer: Member) -> None:
    AssignmentFactory(application=screening, reviewer=reviewer.user, may_read=False)
    AssignmentFactory(application=screening, may_read=False)
    assert not Application.objects.visible_to(reviewer.actor).exists()
    reviews.send_to_review(screening, by=officer.actor, at=now())
    screening.refresh_from_db()
    assert screening.status == Status.IN_REVIEW
    assert Application.objects.visible_to(reviewer.actor).exists()
    assert Event.objects.filter(kind="reviews.review_requested").count() == 2


def test_send_to_review_does_not_count_reviewers_in_conflict(screening: Application, officer: Member) -> None:
    AssignmentFactory(application=screening, may_read=False)
    tied = AssignmentFactory(application=screening, may_read=False)
    Tie.objects.create(startup=screening.startup, user=tied.reviewer, kind=Tie.Kind.ADVISER)
    with pytest.raises(Refusal, match="1 assigned") as refusal:
        reviews.send_to_review(screening, by=officer.actor, at=now())
    assert refusal.value.code == "too_few_reviewers"
    screening.refresh_from_db()
    assert screening.status == Status.SCREENING
    assert not Reader.objects.exists()


def test_send_to_review_with_an_open_proposal_is_refused(screening: Application, officer: Member) -> None:
    rule = EligibilityRuleFactory(intake=screening.intake, needs_judgement=True)
    applications.find_ineligible(screening, rule=rule, reason="Not new.", by=officer.actor, at=now())
    AssignmentFactory.create_batch(2, application=screening, may_read=False)
    with pytest.raises(Refusal) as refusal:
        reviews.send_to_review(screening, by=officer.actor, at=now())
    assert refusal.value.code == "proposal_open"


# ── close_review, shortlist ──
def test_close_review_with_all_reviews_in_keeps_the_figures(in_review: Application, officer: Member) -> None:
    review_of(in_review, 4, 4)
    review_of(in_review, 5, 5)
    reviews.close_review(in_review, by=officer.actor, at=now())
    in_review.refresh_from_db()
    assert in_review.status == Status.PENDING_DETERMINATION
    event = Event.objects.about(in_review.pk)[0]
    assert event.facts == {"mean": "4.50", "spread": "1.00", "count": 2}
    assert event.told == []


def test_close_review_takes_back_what_was_not_sent(in_review: Application, officer: Member, reviewer: Member) -> None:
    review_of(in_review, 4, 4)
    review_of(in_review, 4, 4)
    late = AssignmentFactory(application=in_review, reviewer=reviewer.user)
    reviews.close_review(in_review, by=officer.actor, at=now())
    late.refresh_from_db()
    assert late.status == AssignmentState.UNASSIGNED
    assert not Assignment.objects.asked_of(reviewer.actor).exists()


def test_close_review_with_too_few_reviews_is_for_a_manager_with_a_reason(in_review: Application, officer: Member, manager: Member) -> None:
    with pytest.raises(Refusal):
        reviews.close_review(in_review, by=manager.actor, at=now(), reason="None came.")
    review_of(in_review, 4, 4)
    with pytest.raises(Refusal) as refusal:
        reviews.close_review(in_review, by=officer.actor, at=now(), reason="One is enough.")
    assert refusal.value.code == "too_few_reviews"
    with pytest.raises(ReasonNeeded):
        reviews.close_review(in_review, by=manager.actor, at=now())
    reviews.close_review(in_review, by=manager.actor, at=now(), reason="The other reviewer is ill.")


def test_close_review_while_reviewers_are_far_apart_needs_a_reason(in_review: Application, officer: Member) -> None:
    review_of(in_review, 1, 1)
    review_of(in_review, 5, 5)
    with pytest.raises(ReasonNeeded, match=r"4\.00 points apart"):
        reviews.close_review(in_review, by=officer.actor, at=now())
    reviews.close_review(in_review, by=officer.actor, at=now(), reason="One of them read the wrong annex.")


def test_reviews_reopened_or_recused_do_not_count(in_review: Application, officer: Member) -> None:
    review_of(in_review, 4, 4)
    for status in (AssignmentState.REOPENED, AssignmentState.RECUSED):
        ReviewFactory(assignment__application=in_review, assignment__status=status, values=(1, 1))
    with pytest.raises(Refusal, match="1 of 2"):
        reviews.close_review(in_review, by=officer.actor, at=now())


def test_shortlist_tells_the_applicant_when_and_where(in_review: Application, officer: Member) -> None:
    review_of(in_review, 4, 4)
    review_of(in_review, 5, 4)
    reviews.shortlist(in_review, interview_at=now() + timedelta(days=7), place="Room 3", by=officer.actor, at=now())
    in_review.refresh_from_db()
    assert in_review.status == Status.SHORTLISTED
    told = Event.objects.about(in_review.pk)[0].told[0]
    assert (told["audience"], told["facts"]["place"]) == ("founder", "Room 3")


@pytest.mark.parametrize(("days", "place", "field"), [(-1, "Room 3", "interview_at"), (7, " ", "place")])
def test_shortlist_with_bad_input_changes_nothing(in_review: Application, officer: Member, days: int, place: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        reviews.shortlist(in_review, interview_at=now() + timedelta(days=days), place=place, by=officer.actor, at=now())
    assert refusal.value.field == field
    assert not Event.objects.exists()


# ── record_panel, return_to_review ──
def test_record_panel_is_for_the_chair_or_a_manager(chair: Member, officer: Member) -> None:
    application = ApplicationFactory(sent=True, status=Status.SHORTLISTED)
    with pytest.raises(NotAllowed):
        reviews.record_panel(application, minutes="Good answers.", score=Decimal(4), by=officer.actor, at=now())
    reviews.record_panel(application, minutes="Good answers.", score=Decimal("4.5"), by=chair.actor, at=now())
    event = Event.objects.about(application.pk)[0]
    assert (event.reason, event.facts) == ("Good answers.", {"panel_score": "4.5"})


@pytest.mark.parametrize(("minutes", "score"), [("", "4"), ("Good.", "0.5"), ("Good.", "5.1")])
def test_record_panel_with_bad_input_is_refused(chair: Member, minutes: str, score: str) -> None:
    application = ApplicationFactory(sent=True, status=Status.SHORTLISTED)
    with pytest.raises(Invalid):
        reviews.record_panel(application, minutes=minutes, score=Decimal(score), by=chair.actor, at=now())


def test_return_to_review_is_for_a_manager_with_a_reason_and_silent(manager: Member, officer: Member) -> None:
    application = ApplicationFactory(sent=True, status=Status.PENDING_DETERMINATION)
    with pytest.raises(NotAllowed):
        reviews.return_to_review(application, reason="A third opinion.", by=officer.actor, at=now())
    with pytest.raises(ReasonNeeded):
        reviews.return_to_review(application, reason="", by=manager.actor, at=now())
    reviews.return_to_review(application, reason="A third opinion.", by=manager.actor, at=now())
    assert Event.objects.about(application.pk)[0].told == []


@pytest.mark.parametrize("verb", ["send_to_review", "close_review"])
@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.PENDING_DETERMINATION, Status.SHORTLISTED, Status.REJECTED, Status.WITHDRAWN])
def test_steps_of_review_from_elsewhere_are_refused(manager: Member, verb: str, status: Status) -> None:
    application = ApplicationFactory(sent=True, status=status)
    with pytest.raises(IllegalTransition):
        getattr(reviews, verb)(application, by=manager.actor, at=now())


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.REJECTED])
def test_record_panel_without_an_interview_is_refused(manager: Member, status: Status) -> None:
    application = ApplicationFactory(sent=True, status=status)
    with pytest.raises(IllegalTransition):
        reviews.record_panel(application, minutes="Good.", score=Decimal(4), by=manager.actor, at=now())
