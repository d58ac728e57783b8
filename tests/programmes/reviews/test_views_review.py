"""The reviewer's portal over HTTP: the queue, the declaration, drafts, sending, and everything that is closed to them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incubator.files import operations as files
from incubator.lib.clock import now, today
from incubator.lib.ids import uuid7
from incubator.outbox.models import Event
from incubator.startups.models import Tie
from programmes.applications.states import Status
from programmes.forms.models import Question
from programmes.reviews import operations as reviews
from programmes.reviews.models import Assignment, Review
from programmes.reviews.states import AssignmentState
from tests import corpus
from tests.cast import Member
from tests.factories.accounts import MembershipFactory, OrganisationFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.forms import QuestionFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory

INDEX = reverse("review:reviews:index")
PAGES = ("detail", "submit", "declare_conflict", "abstain", "decline")
POSTS = ("declare_free", "draft", "submit", "declare_conflict", "abstain", "decline")


@pytest.fixture
def assignment(reviewer: Member) -> Assignment:
    application = ApplicationFactory(sent=True, status=Status.IN_REVIEW, revision__answers={"pitch": "We do payments", "founders": "Ada Lovelace"})
    QuestionFactory(form_version=application.intake.form_version, key="pitch", label="Your pitch")
    QuestionFactory(form_version=application.intake.form_version, key="founders", label="Founders", names_people=True)
    return AssignmentFactory(application=application, reviewer=reviewer.user, declared=True)


def url(name: str, assignment: Assignment, *args: object) -> str:
    return reverse(f"review:reviews:{name}", args=[assignment.pk, *args])


def form(assignment: Assignment, *scores: str, version: int = 0, **words: str) -> dict[str, str]:
    criteria = assignment.application.intake.rubric.criteria.order_by("position", "pk")
    given = {f"score-{one.pk}": score for one, score in zip(criteria, scores, strict=False)}
    return {**given, **words, "version": str(version)}


def closed(member: Member, assignment: Assignment) -> None:
    """Nothing of the assignment is there for this person: not its pages, not its files, not what one posts to it."""
    file = reverse("review:reviews:file", args=[assignment.pk, uuid7()])
    for path in [url(name, assignment) for name in PAGES] + [file]:
        assert member.client.get(path).status_code == 404, path
    for name in POSTS:
        assert member.client.post(url(name, assignment), {"reason": "x"}).status_code == 404, name


# ── Queue ──
def test_queue_shows_what_is_mine_with_time_left(reviewer: Member, reviewer_unassigned: Member, assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(due_on=today() - timedelta(days=2))
    page = reviewer.client.get(INDEX).content.decode()
    assert assignment.application.reference in page
    assert "2 days late" in page
    assert assignment.application.reference not in reviewer_unassigned.client.get(INDEX).content.decode()


@pytest.mark.parametrize("who", ["founder", "officer", "partner_person"])
def test_portal_is_not_there_for_people_who_do_not_review(who: str, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(who).client
    assert client.get(INDEX).status_code == 404
    assert client.get(reverse("review:reviews:conflicts")).status_code == 404


def test_queue_shows_sent_reviews_on_their_own_page(reviewer: Member) -> None:
    review = ReviewFactory(assignment__reviewer=reviewer.user)
    reference = review.assignment.application.reference
    assert reference not in reviewer.client.get(INDEX).content.decode()
    assert reference in reviewer.client.get(INDEX, {"show": "sent"}).content.decode()


@pytest.mark.parametrize("show", ["", "sent"])
def test_queue_costs_the_same_for_one_row_and_for_twenty(reviewer: Member, show: str) -> None:
    reviewer.client.get(INDEX)
    counts = []
    for n in (1, 19):
        for _ in range(n):
            ReviewFactory(draft=not show, assignment__reviewer=reviewer.user)
        with CaptureQueriesContext(connection) as queries:
            assert len(reviewer.client.get(INDEX, {"show": show}).context["rows"]) == (1 if n == 1 else 20)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# ── Before reading ──
def test_first_opening_asks_for_a_declaration_and_shows_no_answer(reviewer: Member, assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(declared_free_at=None)
    page = reviewer.client.get(url("detail", assignment)).content.decode()
    assert "Before you read" in page
    assert "We do payments" not in page
    assert reviewer.client.post(url("draft", assignment), form(assignment, "4")).status_code == 404
    for _ in range(2):
        reviewer.client.post(url("declare_free", assignment))
    assert "We do payments" in reviewer.client.get(url("detail", assignment)).content.decode()
    assert Event.objects.about(assignment.pk).count() == 1


def test_declared_conflict_closes_everything(reviewer: Member, assignment: Assignment) -> None:
    response = reviewer.client.post(url("declare_conflict", assignment), {"reason": "My brother."})
    assert response["Location"] == INDEX
    closed(reviewer, assignment)
    page = reviewer.client.get(reverse("review:reviews:conflicts")).content.decode()
    assert "My brother." in page


@pytest.mark.parametrize("name", ["abstain", "decline"])
def test_giving_back_needs_a_reason_and_closes_everything(reviewer: Member, assignment: Assignment, name: str) -> None:
    assert reviewer.client.get(url(name, assignment)).status_code == 200
    assert reviewer.client.post(url(name, assignment), {"reason": ""}).status_code == 422
    reviewer.client.post(url(name, assignment), {"reason": "No time."})
    closed(reviewer, assignment)


# ── Who is kept out ──
def test_others_meet_nothing(assignment: Assignment, reviewer_unassigned: Member, chair: Member) -> None:
    for member in (reviewer_unassigned, chair):
        closed(member, assignment)
    assert not Event.objects.exists()


def test_recused_reviewer_meets_nothing(reviewer: Member, officer: Member, assignment: Assignment) -> None:
    reviews.recuse(assignment, reason="Cousin.", by=officer.actor, at=now())
    closed(reviewer, assignment)
    assert assignment.application.reference not in reviewer.client.get(INDEX).content.decode()


def test_tie_of_ones_firm_made_after_the_assignment_closes_it_at_once(reviewer: Member, assignment: Assignment) -> None:
    firm = OrganisationFactory(kind="investor")
    MembershipFactory(user=reviewer.user, organisation=firm, role="investor")
    assert reviewer.client.get(url("detail", assignment)).status_code == 200
    Tie.objects.create(startup=assignment.application.startup, organisation=firm, kind=Tie.Kind.INTEREST)
    closed(reviewer, assignment)
    assert assignment.application.startup.name not in reviewer.client.get(INDEX).content.decode()


def test_unknown_id_is_not_there(reviewer: Member) -> None:
    closed(reviewer, Assignment(pk=uuid7()))


# ── The desk ──
def test_desk_shows_answers_and_the_rubric_with_its_anchors(reviewer: Member, assignment: Assignment) -> None:
    page = reviewer.client.get(url("detail", assignment)).content.decode()
    for words in ("We do payments", "Ada Lovelace", "Proven with evidence.", "60 %", "Check and send"):
        assert words in page


def test_blind_call_hides_answers_that_name_people(reviewer: Member, assignment: Assignment) -> None:
    intake = assignment.application.intake
    intake.is_blind = True
    intake.save()
    page = reviewer.client.get(url("detail", assignment)).content.decode()
    assert "We do payments" in page
    assert "Ada Lovelace" not in page


def test_file_is_served_and_recorded_unless_the_call_is_blind_to_it(reviewer: Member, assignment: Assignment, settings, tmp_path) -> None:
    settings.FILES_ROOT = tmp_path
    application = assignment.application
    stored = files.store(SimpleUploadedFile("cv.pdf", corpus.pdf(), "application/pdf"), by=reviewer.actor, at=now())
    QuestionFactory(form_version=application.intake.form_version, key="cv", kind=Question.Kind.FILE, names_people=True)
    application.revision.answers["cv"] = {"file": str(stored.pk), "name": stored.name, "size": stored.size, "content_type": stored.content_type}
    application.revision.save()
    link = url("file", assignment, stored.pk)
    assert link in reviewer.client.get(url("detail", assignment)).content.decode()
    response = reviewer.client.get(link)
    assert b"".join(response.streaming_content) == corpus.pdf() or response["Content-Disposition"].startswith("attachment")
    assert Event.objects.about(assignment.pk)[0].kind == "reviews.file_read"
    application.intake.is_blind = True
    application.intake.save()
    assert reviewer.client.get(link).status_code == 404


# ── Drafts ──
def test_draft_saves_by_script_and_by_plain_post(reviewer: Member, assignment: Assignment) -> None:
    by_script = reviewer.client.post(url("draft", assignment), form(assignment, "4", strengths="Team"), headers={"accept": "application/json"})
    assert by_script.json()["version"] == 1
    assert by_script.json()["message"].startswith("Saved ")
    plain = reviewer.client.post(url("draft", assignment), form(assignment, "5", "na", version=1, strengths="Team", then="send"))
    assert plain["Location"] == url("submit", assignment)
    review = Review.objects.get()
    assert list(review.scores.order_by("criterion__position").values_list("value", "is_not_applicable")) == [(5, False), (None, True)]


def test_stale_draft_keeps_both_texts_on_the_page(reviewer: Member, assignment: Assignment) -> None:
    reviewer.client.post(url("draft", assignment), form(assignment, "4", strengths="From the other window"))
    data = form(assignment, "2", version=0, strengths="Typed here")
    assert reviewer.client.post(url("draft", assignment), data, headers={"accept": "application/json"}).status_code == 409
    response = reviewer.client.post(url("draft", assignment), data)
    assert response.status_code == 409
    page = response.content.decode()
    assert "From the other window" in page
    assert "Typed here" in page
    assert Review.objects.get().strengths == "From the other window"
    again = reviewer.client.post(url("draft", assignment), {**data, "version": str(response.context["version"])})
    assert again.status_code == 302
    assert Review.objects.get().strengths == "Typed here"


@pytest.mark.parametrize("bad", ["0", "6", "-1", "4.5", "five", "１"])
def test_draft_with_an_impossible_score_keeps_the_rest(reviewer: Member, assignment: Assignment, bad: str) -> None:
    reviewer.client.post(url("draft", assignment), form(assignment, bad, "3", strengths="Kept\x00"))
    review = Review.objects.get()
    assert review.strengths == "Kept"
    assert list(review.scores.order_by("criterion__position").values_list("value", flat=True)) == [None, 3]


@pytest.mark.parametrize("version", ["", "-1", "1e9", "999999999999", "x"])
def test_draft_with_a_forged_version_never_overwrites(reviewer: Member, assignment: Assignment, version: str) -> None:
    reviewer.client.post(url("draft", assignment), form(assignment, "4", strengths="Saved"))
    response = reviewer.client.post(url("draft", assignment), {**form(assignment, "1"), "version": version})
    assert response.status_code == 409
    assert Review.objects.get().strengths == "Saved"


# ── Sending ──
def test_sending_shows_the_score_and_acts_once(reviewer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user, assignment__declared=True, values=(5, 3))
    page = reviewer.client.get(url("submit", review.assignment)).content.decode()
    assert "4.20" in page
    for _ in range(2):
        assert reviewer.client.post(url("submit", review.assignment), {"version": review.version}).status_code == 302
    review.assignment.refresh_from_db()
    assert review.assignment.status == AssignmentState.SUBMITTED
    assert Event.objects.about(review.assignment_id).count() == 1


def test_sending_what_is_incomplete_says_what_is_missing(reviewer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user, recommendation="", values=(5,))
    response = reviewer.client.post(url("submit", review.assignment), {"version": review.version})
    assert response.status_code == 422
    page = response.content.decode()
    assert "your recommendation" in page
    assert "a score for" in page
    assert not Event.objects.exists()


def test_sending_another_version_than_was_read_asks_again(reviewer: Member) -> None:
    review = ReviewFactory(draft=True, assignment__reviewer=reviewer.user, version=4)
    response = reviewer.client.post(url("submit", review.assignment), {"version": "3"})
    assert response.status_code == 409
    assert not Event.objects.exists()


def test_others_reviews_are_seen_only_after_sending_ones_own(reviewer: Member) -> None:
    mine = ReviewFactory(draft=True, assignment__reviewer=reviewer.user)
    application = mine.assignment.application
    ReviewFactory(assignment__application=application, strengths="Their view", private_note="For the panel only")
    assert "Their view" not in reviewer.client.get(url("detail", mine.assignment)).content.decode()
    reviewer.client.post(url("submit", mine.assignment), {"version": mine.version})
    page = reviewer.client.get(url("detail", mine.assignment)).content.decode()
    assert "Their view" in page
    assert "For the panel only" not in page


def test_desk_of_a_withdrawn_application_can_be_read_and_not_written(reviewer: Member, assignment: Assignment) -> None:
    assignment.application.status = Status.WITHDRAWN
    assignment.application.save()
    page = reviewer.client.get(url("detail", assignment)).content.decode()
    assert "The review of this application is closed" in page
    assert "Check and send" not in page
    reviewer.client.post(url("draft", assignment), form(assignment, "4"), headers={"referer": "http://testserver/review/"})
    assert not Review.objects.exists()
