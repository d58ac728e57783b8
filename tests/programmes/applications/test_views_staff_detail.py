"""One application at /staff/: what it shows, its files, and its steps by GET (nothing) and POST (once)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incubator.files import operations as files
from incubator.lib.clock import now, today
from incubator.lib.ids import uuid7
from incubator.outbox.models import Event
from incubator.startups.models import Tie
from programmes.applications import operations as applications
from programmes.applications.models import Application, Finding, InfoRequest
from programmes.applications.states import Status
from programmes.forms.models import Question
from tests import corpus
from tests.cast import Member
from tests.factories.applications import ApplicationFactory, InfoRequestFactory
from tests.factories.catalogue import EligibilityRuleFactory
from tests.factories.forms import QuestionFactory, RevisionFactory

PDF = corpus.pdf()


@pytest.fixture
def application(db: None) -> Application:
    application = ApplicationFactory(sent=True, status=Status.SCREENING, revision__answers={"pitch": "We do payments", "incorporated-in": "SG"})
    QuestionFactory(form_version=application.intake.form_version, key="pitch", label="Your pitch")
    EligibilityRuleFactory(intake=application.intake, title="Incorporated in Hong Kong")
    return application


def url(application: Application, name: str = "detail", *args: object) -> str:
    return reverse(f"staff:applications:{name}", args=[application.pk, *args])


def test_detail_shows_answers_rules_and_what_is_next(application: Application, officer: Member) -> None:
    page = officer.client.get(url(application)).content.decode()
    for words in ("We do payments", "Your pitch", "Incorporated in Hong Kong", "Not met", "What happens next", application.reference):
        assert words in page


@pytest.mark.parametrize("who", ["founder", "reviewer", "finance", "partner_person"])
def test_detail_is_not_there_for_others(application: Application, who: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(who).client.get(url(application)).status_code == 404


def test_detail_of_a_draft_or_of_what_one_is_tied_to_is_not_there(application: Application, officer: Member) -> None:
    assert officer.client.get(url(ApplicationFactory())).status_code == 404
    assert officer.client.get(reverse("staff:applications:detail", args=[uuid7()])).status_code == 404
    Tie.objects.create(startup=application.startup, user=officer.user, kind=Tie.Kind.FAMILY)
    assert officer.client.get(url(application)).status_code == 404


def test_detail_marks_what_a_later_revision_changed(application: Application, officer: Member) -> None:
    RevisionFactory(answer_set=application.answer_set, number=2, answers={"pitch": "We do wallets", "incorporated-in": "HK"})
    page = officer.client.get(url(application)).content.decode()
    assert "We do wallets" in page
    assert "Changed" in page
    assert "Not met" not in page
    first = officer.client.get(url(application), {"revision": "1"}).content.decode()
    assert "We do wallets" not in first
    assert officer.client.get(url(application), {"revision": "3"}).status_code == 404


def test_readonly_officer_sees_no_steps_and_cannot_take_them(application: Application, readonly_officer: Member) -> None:
    assert url(application, "ask") not in readonly_officer.client.get(url(application)).content.decode()
    assert readonly_officer.client.get(url(application, "ask")).status_code == 404
    response = readonly_officer.client.post(url(application, "find_ineligible"), {"rule": application.intake.rules.get().pk, "reason": "No."})
    assert response.status_code == 404
    application.refresh_from_db()
    assert application.status == Status.SCREENING


def test_file_is_served_as_attachment_and_recorded(application: Application, officer: Member, settings, tmp_path) -> None:
    settings.FILES_ROOT = tmp_path
    stored = files.store(SimpleUploadedFile("deck.pdf", PDF, "application/pdf"), by=officer.actor, at=now())
    QuestionFactory(form_version=application.intake.form_version, key="deck", kind=Question.Kind.FILE)
    value = {"file": str(stored.pk), "name": stored.name, "size": stored.size, "content_type": stored.content_type}
    RevisionFactory(answer_set=application.answer_set, number=2, answers={"deck": value})
    link = url(application, "file", stored.pk)
    assert link in officer.client.get(url(application)).content.decode()
    response = officer.client.get(link)
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == PDF
    event = Event.objects.about(application.pk)[0]
    assert (event.kind, event.actor_user_id, event.facts["name"]) == ("applications.file_read", officer.user.pk, "deck.pdf")


def test_file_of_another_application_is_not_there(application: Application, officer: Member, settings, tmp_path) -> None:
    settings.FILES_ROOT = tmp_path
    stored = files.store(SimpleUploadedFile("deck.pdf", PDF, "application/pdf"), by=officer.actor, at=now())
    assert officer.client.get(url(application, "file", stored.pk)).status_code == 404
    assert not Event.objects.exists()


# ── Steps ──
def test_step_pages_change_nothing_on_get(application: Application, officer: Member) -> None:
    for name in ("ask", "find_ineligible"):
        assert officer.client.get(url(application, name)).status_code == 200
    application.refresh_from_db()
    assert application.version == 0
    assert not Event.objects.exists()


def test_start_screening_twice_acts_once(officer: Member) -> None:
    application = ApplicationFactory(sent=True)
    assert "Nobody" in officer.client.get(url(application, "start_screening")).content.decode()
    for _ in range(2):
        officer.client.post(url(application, "start_screening"), headers={"referer": "http://testserver/staff/"})
    assert Event.objects.about(application.pk).count() == 1


def test_ask_with_good_input_opens_a_request(application: Application, officer: Member) -> None:
    data = {"asks": "- Certificate\n\n- Second founder", "due_on": (today() + timedelta(days=5)).isoformat()}
    response = officer.client.post(url(application, "ask"), data)
    assert response["Location"] == url(application)
    assert InfoRequest.objects.get().asks == ["Certificate", "Second founder"]


@pytest.mark.parametrize(
    ("asks", "due", "words"),
    [("", "2999-01-01", "required"), ("One", "2020-01-01", "after today"), ("One", "soon", "valid date"), ("\n".join("x" * 11), "2999-01-01", "at most 10")],
)
def test_ask_with_bad_input_says_why_and_keeps_what_was_typed(application: Application, officer: Member, asks: str, due: str, words: str) -> None:
    response = officer.client.post(url(application, "ask"), {"asks": asks, "note": "Kept words", "due_on": due})
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "Kept words" in page
    assert not InfoRequest.objects.exists()


def test_finding_by_judgement_is_confirmed_by_another_officer_on_pages(application: Application, officer: Member, second_officer: Member) -> None:
    rule = EligibilityRuleFactory(intake=application.intake, needs_judgement=True)
    officer.client.post(url(application, "find_ineligible"), {"rule": rule.pk, "reason": "Not new."})
    finding = Finding.objects.get()
    confirm = url(application, "confirm_finding", finding.pk)
    assert confirm not in officer.client.get(url(application)).content.decode()
    assert confirm in second_officer.client.get(url(application)).content.decode()
    second_officer.client.post(confirm)
    application.refresh_from_db()
    assert application.status == Status.INELIGIBLE


def test_finding_of_another_application_is_not_there(application: Application, officer: Member, second_officer: Member) -> None:
    rule = EligibilityRuleFactory(intake=application.intake, needs_judgement=True)
    finding = applications.find_ineligible(application, rule=rule, reason="Not new.", by=officer.actor, at=now())
    other = ApplicationFactory(sent=True, status=Status.SCREENING)
    assert second_officer.client.post(url(other, "confirm_finding", finding.pk)).status_code == 404


def test_rule_of_another_call_is_refused_by_the_form(application: Application, officer: Member) -> None:
    response = officer.client.post(url(application, "find_ineligible"), {"rule": EligibilityRuleFactory().pk, "reason": "No."})
    assert response.status_code == 422
    assert not Finding.objects.exists()


def test_resume_goes_on_without_an_answer(officer: Member) -> None:
    request = InfoRequestFactory()
    officer.client.post(url(request.application, "resume"), {"reason": "Found it elsewhere."})
    request.application.refresh_from_db()
    assert request.application.status == Status.SCREENING


def test_extend_gives_one_applicant_more_time(officer: Member) -> None:
    draft = ApplicationFactory()
    until = draft.intake.closes_at + timedelta(days=3)
    assert officer.client.get(url(draft, "extend")).status_code == 200
    officer.client.post(url(draft, "extend"), {"until": until.strftime("%Y-%m-%dT%H:%M"), "reason": "Ill."})
    draft.refresh_from_db()
    assert draft.extended_until is not None


def test_extend_of_what_was_sent_is_not_there(application: Application, officer: Member) -> None:
    assert officer.client.get(url(application, "extend")).status_code == 404
