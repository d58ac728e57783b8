"""What officers do with an application before it is reviewed, and who may not."""

from datetime import timedelta

import pytest

from incubator.lib.clock import now, today
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from programmes.applications import operations as applications
from programmes.applications.models import Application, Finding, InfoRequest
from programmes.applications.states import Status
from tests.cast import Member
from tests.factories.applications import ApplicationFactory, InfoRequestFactory
from tests.factories.catalogue import EligibilityRuleFactory


@pytest.fixture
def application(db: None) -> Application:
    return ApplicationFactory(sent=True, revision__answers={"incorporated-in": "SG"})


@pytest.fixture
def screening(db: None) -> Application:
    return ApplicationFactory(sent=True, status=Status.SCREENING)


def last_event(application: Application) -> Event:
    return Event.objects.about(application.pk)[0]


# ── start_screening ──
def test_start_screening_by_officer_evaluates_the_rules_and_tells_nobody(application: Application, officer: Member) -> None:
    EligibilityRuleFactory(intake=application.intake, title="Incorporated in Hong Kong")
    at = now()
    screened = applications.start_screening(application, by=officer.actor, at=at)
    assert screened.status == Status.SCREENING
    screened.refresh_from_db()
    assert screened.screening_started_at == at
    assert [(one["title"], one["passed"], one["found"]) for one in screened.eligibility] == [("Incorporated in Hong Kong", False, "SG")]
    assert last_event(screened).told == []


@pytest.mark.parametrize("who", ["readonly_officer", "chair", "finance", "reviewer", "founder", "admin_person"])
def test_start_screening_by_others_is_not_allowed(application: Application, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        applications.start_screening(application, by=request.getfixturevalue(who).actor, at=now())
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert not Event.objects.about(application.pk).exists()


def test_start_screening_twice_is_refused(application: Application, officer: Member) -> None:
    applications.start_screening(application, by=officer.actor, at=now())
    with pytest.raises(IllegalTransition):
        applications.start_screening(application, by=officer.actor, at=now())
    assert Event.objects.about(application.pk).count() == 1


def test_start_screening_does_not_close_an_open_request(officer: Member) -> None:
    request = InfoRequestFactory()
    with pytest.raises(IllegalTransition):
        applications.start_screening(request.application, by=officer.actor, at=now())


# ── ask_for_information, resume_screening ──
def test_ask_for_information_opens_a_request_and_tells_the_applicant(screening: Application, officer: Member) -> None:
    asks = ["Attach the certificate. ", "", "Name the second founder."]
    request = applications.ask_for_information(screening, asks=asks, due_on=today() + timedelta(days=5), note="Thanks", by=officer.actor, at=now())
    screening.refresh_from_db()
    assert screening.status == Status.INFO_REQUESTED
    assert request.asks == ["Attach the certificate.", "Name the second founder."]
    (told,) = last_event(screening).told
    assert told["audience"] == "founder"
    assert told["organisation"] == str(screening.startup.organisation_id)
    assert told["facts"]["asks"] == request.asks


@pytest.mark.parametrize(
    ("asks", "days", "field"),
    [([" "], 5, "asks"), (["One"] * 11, 5, "asks"), (["One"], 0, "due_on"), (["One"], -3, "due_on")],
)
def test_ask_for_information_with_bad_input_changes_nothing(screening: Application, officer: Member, asks: list[str], days: int, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        applications.ask_for_information(screening, asks=asks, due_on=today() + timedelta(days=days), by=officer.actor, at=now())
    assert refusal.value.field == field
    screening.refresh_from_db()
    assert screening.status == Status.SCREENING
    assert not InfoRequest.objects.exists()


def test_resume_screening_closes_the_request_and_counts_the_wait(officer: Member) -> None:
    at = now()
    request = InfoRequestFactory(asked_at=at - timedelta(days=3))
    application = applications.resume_screening(request.application, reason="Found it in the registry.", by=officer.actor, at=at)
    request.refresh_from_db()
    application.refresh_from_db()
    assert request.answered_at == at
    assert (application.status, application.waited_on_applicant) == (Status.SCREENING, timedelta(days=3))


def test_resume_screening_without_reason_is_refused(officer: Member) -> None:
    request = InfoRequestFactory()
    with pytest.raises(ReasonNeeded):
        applications.resume_screening(request.application, reason=" ", by=officer.actor, at=now())
    request.refresh_from_db()
    assert request.answered_at is None


def test_resume_screening_when_nothing_was_asked_is_refused(screening: Application, officer: Member) -> None:
    with pytest.raises(Refusal):
        applications.resume_screening(screening, reason="No need", by=officer.actor, at=now())


# ── find_ineligible ──
def test_find_ineligible_by_a_hard_rule_ends_it_and_tells_the_applicant_which(screening: Application, officer: Member) -> None:
    rule = EligibilityRuleFactory(intake=screening.intake, title="At most 24 months old")
    applications.find_ineligible(screening, rule=rule, reason="Founded in 2019.", by=officer.actor, at=now())
    screening.refresh_from_db()
    assert screening.status == Status.INELIGIBLE
    (told,) = last_event(screening).told
    assert (told["audience"], told["facts"]["rule"]) == ("founder", "At most 24 months old")


def test_find_ineligible_by_a_rule_of_judgement_needs_another_officer(screening: Application, officer: Member, second_officer: Member) -> None:
    rule = EligibilityRuleFactory(intake=screening.intake, needs_judgement=True)
    finding = applications.find_ineligible(screening, rule=rule, reason="Not new.", by=officer.actor, at=now())
    screening.refresh_from_db()
    assert screening.status == Status.SCREENING
    with pytest.raises(NotAllowed):
        applications.confirm_finding(finding, by=officer.actor, at=now())
    applications.confirm_finding(finding, by=second_officer.actor, at=now())
    screening.refresh_from_db()
    finding.refresh_from_db()
    assert screening.status == Status.INELIGIBLE
    assert (finding.is_confirmed, finding.closed_by) == (True, second_officer.user)


def test_dismissed_finding_leaves_the_screening_open_and_cannot_be_confirmed(screening: Application, officer: Member, second_officer: Member) -> None:
    rule = EligibilityRuleFactory(intake=screening.intake, needs_judgement=True)
    finding = applications.find_ineligible(screening, rule=rule, reason="Not new.", by=officer.actor, at=now())
    applications.dismiss_finding(finding, reason="It is.", by=second_officer.actor, at=now())
    with pytest.raises(Refusal):
        applications.confirm_finding(finding, by=second_officer.actor, at=now())
    screening.refresh_from_db()
    assert screening.status == Status.SCREENING


def test_second_proposal_while_one_is_open_is_refused(screening: Application, officer: Member) -> None:
    rule = EligibilityRuleFactory(intake=screening.intake, needs_judgement=True)
    applications.find_ineligible(screening, rule=rule, reason="Not new.", by=officer.actor, at=now())
    with pytest.raises(Refusal):
        applications.find_ineligible(screening, rule=rule, reason="Not new.", by=officer.actor, at=now())
    assert Finding.objects.count() == 1


def test_find_ineligible_by_a_rule_of_another_call_is_refused(screening: Application, officer: Member) -> None:
    with pytest.raises(Invalid):
        applications.find_ineligible(screening, rule=EligibilityRuleFactory(), reason="No.", by=officer.actor, at=now())
    assert not Finding.objects.exists()


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.IN_REVIEW, Status.REJECTED])
def test_find_ineligible_outside_screening_is_refused(officer: Member, status: Status) -> None:
    application = ApplicationFactory(sent=True, status=status)
    with pytest.raises(IllegalTransition):
        applications.find_ineligible(application, rule=EligibilityRuleFactory(intake=application.intake), reason="No.", by=officer.actor, at=now())


# ── extend_deadline ──
def test_extend_deadline_of_a_draft_by_officer_tells_the_applicant(officer: Member) -> None:
    draft = ApplicationFactory()
    until = draft.intake.closes_at + timedelta(days=2)
    applications.extend_deadline(draft, until=until, reason="Ill.", by=officer.actor, at=now())
    draft.refresh_from_db()
    assert draft.closes_at() == until
    assert last_event(draft).told[0]["audience"] == "founder"


def test_extend_deadline_of_a_lapsed_draft_brings_it_back_by_a_manager_only(officer: Member, manager: Member) -> None:
    lapsed = ApplicationFactory(status=Status.LAPSED)
    until = lapsed.intake.closes_at + timedelta(days=2)
    with pytest.raises(NotAllowed):
        applications.extend_deadline(lapsed, until=until, reason="Ill.", by=officer.actor, at=now())
    applications.extend_deadline(lapsed, until=until, reason="Ill.", by=manager.actor, at=now())
    lapsed.refresh_from_db()
    assert (lapsed.status, lapsed.extended_until) == (Status.DRAFT, until)


def test_extend_deadline_to_before_the_calls_own_is_refused(officer: Member) -> None:
    draft = ApplicationFactory()
    with pytest.raises(Invalid):
        applications.extend_deadline(draft, until=draft.intake.closes_at - timedelta(hours=1), reason="Ill.", by=officer.actor, at=now())


def test_extend_deadline_of_what_was_sent_in_is_refused(officer: Member, application: Application) -> None:
    with pytest.raises(Refusal):
        applications.extend_deadline(application, until=application.intake.closes_at + timedelta(days=1), reason="Ill.", by=officer.actor, at=now())
