"""The staff's pages of reviews: the matrix and its cost, asking, steps, reminders."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incubator.lib.clock import now, today
from incubator.lib.ids import uuid7
from incubator.outbox.models import Event
from incubator.startups.models import Tie
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.reviews.models import Assignment
from programmes.reviews.states import AssignmentState
from tests.cast import Member
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory

DUE = (today() + timedelta(days=14)).isoformat()


@pytest.fixture
def intake(db: None) -> Intake:
    return IntakeFactory(in_review=True, reviews_per_application=2)


@pytest.fixture
def application(intake: Intake) -> Application:
    return ApplicationFactory(sent=True, intake=intake, status=Status.IN_REVIEW)


def url(name: str, row: object) -> str:
    return reverse(f"staff:reviews:{name}", args=[row.pk])  # type: ignore[attr-defined]


# ── Reading ──
@pytest.mark.parametrize("who", ["founder", "reviewer", "finance", "investment_manager", "partner_person"])
def test_pages_are_not_there_for_others(intake: Intake, application: Application, who: str, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(who).client
    for page in (reverse("staff:reviews:allocation"), url("matrix", intake), url("application", application), url("summary", application)):
        assert client.get(page).status_code == 404


def test_allocation_lists_calls_with_what_is_overdue(officer: Member, application: Application) -> None:
    AssignmentFactory(application=application, due_on=today() - timedelta(days=1))
    response = officer.client.get(reverse("staff:reviews:allocation"))
    assert response.context["rows"] == [(application.intake, 1)]


def test_matrix_shows_states_conflicts_and_disagreement(officer: Member, reviewer: Member, reviewer_recused: Member, application: Application) -> None:
    ReviewFactory(assignment__application=application, assignment__reviewer=reviewer.user, values=(1, 1))
    ReviewFactory(assignment__application=application, values=(5, 5))
    Tie.objects.create(startup=application.startup, user=reviewer_recused.user, kind=Tie.Kind.ADVISER)
    response = officer.client.get(url("matrix", application.intake))
    (row,) = response.context["rows"]
    assert row.summary.alert
    cells = {cell.reviewer.name: cell for cell in row.cells}
    assert cells["Ray Reviewer"].assignment.status == AssignmentState.SUBMITTED
    assert cells["Rex Recused"].conflict == "Adviser or mentor"


def test_matrix_costs_the_same_for_one_row_and_for_twenty(officer: Member, reviewer: Member, intake: Intake) -> None:
    officer.client.get(url("matrix", intake))
    counts = []
    for n in (1, 19):
        for _ in range(n):
            ReviewFactory(assignment__application=ApplicationFactory(sent=True, intake=intake, status=Status.IN_REVIEW), assignment__reviewer=reviewer.user)
        with CaptureQueriesContext(connection) as queries:
            assert len(officer.client.get(url("matrix", intake)).context["rows"]) == (1 if n == 1 else 20)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_application_page_shows_reviews_that_were_sent_and_no_drafts(officer: Member, application: Application) -> None:
    ReviewFactory(assignment__application=application, strengths="Sent words")
    ReviewFactory(assignment__application=application, draft=True, strengths="Draft words")
    page = officer.client.get(url("application", application)).content.decode()
    assert "Sent words" in page
    assert "Draft words" not in page


def test_application_page_costs_the_same_for_one_review_and_for_twenty(officer: Member, application: Application) -> None:
    officer.client.get(url("application", application))
    counts = []
    for n in (1, 19):
        for _ in range(n):
            ReviewFactory(assignment__application=application)
        with CaptureQueriesContext(connection) as queries:
            officer.client.get(url("application", application))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_foreign_ids_are_not_there(officer: Member) -> None:
    for name in ("matrix", "assign_bulk", "remind", "application", "summary", "assign", "unassign", "recuse", "reopen"):
        assert officer.client.get(reverse(f"staff:reviews:{name}", args=[uuid7()])).status_code == 404


# ── Asking ──
def test_assign_page_says_why_somebody_cannot_be_asked(officer: Member, reviewer: Member, reviewer_recused: Member, application: Application) -> None:
    Tie.objects.create(startup=application.startup, user=reviewer_recused.user, kind=Tie.Kind.FAMILY)
    page = officer.client.get(url("assign", application)).content.decode()
    assert "Conflict of interest: Family or close friend" in page
    response = officer.client.post(url("assign", application), {"reviewers": [reviewer_recused.user.pk], "due_on": DUE})
    assert response.status_code == 422
    assert not Assignment.objects.exists()
    response = officer.client.post(url("assign", application), {"reviewers": [reviewer.user.pk], "due_on": DUE})
    assert response["Location"] == url("application", application)
    assert Assignment.objects.get().reviewer == reviewer.user


def test_assign_nobody_is_refused_with_words(officer: Member, application: Application) -> None:
    response = officer.client.post(url("assign", application), {"due_on": DUE})
    assert response.status_code == 422
    assert "Choose at least one reviewer" in response.content.decode()


def test_bulk_suggestion_stores_nothing_until_it_is_confirmed(officer: Member, reviewer: Member, reviewer_unassigned: Member, application: Application) -> None:
    page = officer.client.get(url("assign_bulk", application.intake))
    (row,) = page.context["rows"]
    assert {one.pk for one in row["reviewers"]} == {reviewer.user.pk, reviewer_unassigned.user.pk}
    assert not Assignment.objects.exists()
    pairs = [f"{application.pk}:{one.pk}" for one in row["reviewers"]]
    officer.client.post(url("assign_bulk", application.intake), {"pair": [*pairs, pairs[0], f"{uuid7()}:{uuid7()}", "x"], "due_on": DUE})
    assert Assignment.objects.count() == 2


def test_bulk_posted_twice_assigns_once(officer: Member, reviewer: Member, application: Application) -> None:
    data = {"pair": [f"{application.pk}:{reviewer.user.pk}"], "due_on": DUE}
    for _ in range(2):
        officer.client.post(url("assign_bulk", application.intake), data, headers={"referer": "http://testserver/staff/"})
    assert Assignment.objects.count() == 1
    assert Event.objects.filter(kind="reviews.assigned").count() == 1


@pytest.mark.parametrize("who", ["readonly_officer", "chair"])
def test_who_only_reads_cannot_ask_or_remind(application: Application, reviewer: Member, who: str, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(who).client
    assert client.get(url("application", application)).status_code == 200
    assert client.post(url("assign", application), {"reviewers": [reviewer.user.pk], "due_on": DUE}).status_code == 404
    assert client.post(url("assign_bulk", application.intake)).status_code == 404
    assert client.post(url("remind", application.intake)).status_code == 404
    assert not Event.objects.exists()


def test_remind_tells_who_has_not_sent_once_a_day(officer: Member, application: Application) -> None:
    AssignmentFactory(application=application)
    ReviewFactory(assignment__application=application)
    for _ in range(2):
        officer.client.post(url("remind", application.intake))
    assert Event.objects.filter(kind="reviews.review_due").count() == 1


# ── Steps ──
def test_close_review_page_refuses_with_words_until_reviews_are_in(officer: Member, application: Application) -> None:
    referer = {"referer": f"http://testserver{url('application', application)}"}
    response = officer.client.post(url("close_review", application), headers=referer, follow=True)
    assert "0 of 2 reviews are in" in response.content.decode()
    for _ in range(2):
        ReviewFactory(assignment__application=application)
    officer.client.post(url("close_review", application))
    application.refresh_from_db()
    assert application.status == Status.PENDING_DETERMINATION
    officer.client.post(url("close_review", application), headers=referer)
    assert Event.objects.about(application.pk).count() == 1


def test_close_review_asks_for_the_reason_at_its_field(officer: Member, application: Application) -> None:
    ReviewFactory(assignment__application=application, values=(1, 1))
    ReviewFactory(assignment__application=application, values=(5, 5))
    response = officer.client.post(url("close_review", application), {"reason": ""})
    assert response.status_code == 422
    assert "4.00 points apart" in response.content.decode()


def test_shortlist_and_panel_on_pages(officer: Member, chair: Member, application: Application) -> None:
    for _ in range(2):
        ReviewFactory(assignment__application=application)
    at = timezone.localtime(now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    officer.client.post(url("shortlist", application), {"interview_at": at, "place": "Room 3"})
    application.refresh_from_db()
    assert application.status == Status.SHORTLISTED
    chair.client.post(url("record_panel", application), {"score": "4.5", "minutes": "Good answers."})
    application.refresh_from_db()
    assert application.status == Status.PENDING_DETERMINATION
    assert Event.objects.about(application.pk)[0].facts == {"panel_score": str(Decimal("4.5"))}


@pytest.mark.parametrize(("name", "status"), [("unassign", "unassigned"), ("recuse", "recused")])
def test_assignment_steps_ask_for_a_reason_and_act_once(officer: Member, application: Application, name: str, status: str) -> None:
    assignment = AssignmentFactory(application=application)
    assert officer.client.get(url(name, assignment)).status_code == 200
    assert officer.client.post(url(name, assignment), {"reason": ""}).status_code == 422
    for _ in range(2):
        officer.client.post(url(name, assignment), {"reason": "Because."}, headers={"referer": "http://testserver/staff/"})
    assignment.refresh_from_db()
    assert assignment.status == status
    assert Event.objects.about(assignment.pk).count() == 1


def test_reopen_on_its_page(officer: Member, application: Application) -> None:
    review = ReviewFactory(assignment__application=application)
    officer.client.post(url("reopen", review.assignment), {"reason": "Say why.", "due_on": DUE})
    review.assignment.refresh_from_db()
    assert review.assignment.status == AssignmentState.REOPENED
