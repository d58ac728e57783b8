"""From the first draft to sending in, the request for information, and withdrawing."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from incubator.files import operations as files
from incubator.lib.clock import now, today
from incubator.lib.refusals import IllegalTransition, NotAllowed, Refusal
from incubator.outbox.models import Event, Pending
from incubator.startups.models import Startup
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.forms.operations import StaleAnswer
from tests import corpus
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import EligibilityRuleFactory, IntakeFactory
from tests.factories.startups import StartupFactory


def question(application: Application, key: str):
    return application.intake.form_version.questions.get(key=key)


def values(application: Application) -> dict:
    return {answer.question.key: answer.value for answer in application.answer_set.answers.select_related("question")}


# ── Starting ──
def test_start_fills_in_what_the_profile_says(draft):
    assert values(draft) == {"name": "Lumen Pay", "country": "HK", "people": [{"name": "Lam Ka Yan", "full-time": True}]}
    assert Event.objects.about(draft.pk).get().kind == "applications.started"


def test_start_twice_is_refused_with_the_application_there_is(draft, call, startup, founder):
    with pytest.raises(applications.AlreadyApplied) as refused:
        applications.start(call, startup, by=founder.actor, at=now())
    assert refused.value.application == draft
    assert Application.objects.count() == 1


def test_start_after_withdrawing_is_possible(draft, call, startup, founder):
    applications.withdraw(draft, by=founder.actor, at=now())
    assert applications.start(call, startup, by=founder.actor, at=now()).status == Status.DRAFT


@pytest.mark.parametrize("trait", ["draft", "scheduled", "closed", "cancelled"])
def test_start_call_not_open_is_refused(trait, startup, founder):
    with pytest.raises(applications.Closed):
        applications.start(IntakeFactory(**{trait: True}), startup, by=founder.actor, at=now())


def test_start_for_a_foreign_startup_is_refused(call, founder):
    with pytest.raises(NotAllowed):
        applications.start(call, StartupFactory(), by=founder.actor, at=now())
    assert not Application.objects.exists()


def test_start_with_a_suspended_profile_is_refused(call, startup, founder):
    Startup.objects.filter(pk=startup.pk).update(profile="submitted")
    Startup.objects.filter(pk=startup.pk).update(profile="verified")
    Startup.objects.filter(pk=startup.pk).update(profile="suspended")
    with pytest.raises(Refusal, match="suspended"):
        applications.start(call, startup, by=founder.actor, at=now())


# ── Writing ──
def test_save_answer_after_the_deadline_is_refused(draft, founder):
    with pytest.raises(applications.Closed):
        applications.save_answer(draft, question(draft, "problem"), "x", version=0, by=founder.actor, at=draft.intake.closes_at)


def test_save_answer_with_an_extension_is_possible_after_the_deadline(draft, founder):
    Application.objects.filter(pk=draft.pk).update(extended_until=draft.intake.closes_at + timedelta(days=2))
    at = draft.intake.closes_at + timedelta(days=1)
    assert applications.save_answer(draft, question(draft, "problem"), "x", version=0, by=founder.actor, at=at).value == "x"


def test_save_answer_by_a_stranger_is_refused(draft, stranger):
    with pytest.raises(NotAllowed):
        applications.save_answer(draft, question(draft, "problem"), "x", version=0, by=stranger.actor, at=now())


def test_save_answer_of_two_tabs_second_is_refused(draft, founder, teammate):
    applications.save_answer(draft, question(draft, "name"), "Theirs", version=1, by=teammate.actor, at=now())
    with pytest.raises(StaleAnswer):
        applications.save_answer(draft, question(draft, "name"), "Mine", version=1, by=founder.actor, at=now())


def test_attach_keeps_the_file_and_counts_the_room(draft, founder, files_root, settings):
    upload = SimpleUploadedFile("deck.pdf", corpus.pdf(), content_type="application/pdf")
    answer = applications.attach(draft, question(draft, "deck"), upload, version=0, by=founder.actor, at=now())
    assert answer.value["name"] == "deck.pdf"
    stored = applications.file_of(draft, answer.value["file"])
    assert stored is not None
    assert applications.file_of(ApplicationFactory(), answer.value["file"]) is None
    settings.APPLICATION_FILES_MAX_BYTES = 100
    with pytest.raises(files.TooLarge) as refused:
        applications.attach(draft, question(draft, "deck"), upload, version=1, by=founder.actor, at=now())
    assert refused.value.field == "deck"


# ── Sending in ──
def test_submit_freezes_numbers_and_tells(sent, startup):
    assert (sent.status, sent.reference) == (Status.SUBMITTED, "FIN26A-0001")
    assert sent.revision.number == 1
    assert sent.revision.answers["problem"] == "Shops wait for their money."
    assert sent.eligibility[0]["passed"] is True
    event = Event.objects.about(sent.pk).filter(kind="applications.submitted").get()
    assert {one["audience"] for one in event.told} == {"founder", "staff"}
    assert event.told[0]["facts"]["reference"] == "FIN26A-0001"
    assert Pending.objects.filter(event=event).exists()
    startup.refresh_from_db()
    assert startup.park_stage == "applicant"


def test_submit_twice_is_refused_and_changes_nothing(sent, founder):
    with pytest.raises(IllegalTransition):
        applications.submit(sent, by=founder.actor, at=now())
    sent.intake.refresh_from_db()
    assert sent.intake.last_reference == 1


def test_submit_with_gaps_is_refused_naming_them(draft, founder):
    with pytest.raises(applications.Incomplete) as refused:
        applications.submit(draft, by=founder.actor, at=now())
    assert [line.question.key for line in refused.value.gaps] == ["problem", "regulated", "true"]
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_submit_failing_a_hard_rule_is_refused_naming_it(ready, write, founder):
    write(ready, country="SG")
    with pytest.raises(applications.NotEligible, match="Incorporated in Hong Kong"):
        applications.submit(ready, by=founder.actor, at=now())
    assert not Event.objects.filter(kind="applications.submitted").exists()


def test_submit_failing_a_rule_of_judgement_is_possible(ready, founder):
    EligibilityRuleFactory(intake=ready.intake, question_key="name", value="Another", needs_judgement=True)
    assert applications.submit(ready, by=founder.actor, at=now()).status == Status.SUBMITTED


def test_submit_after_the_deadline_is_refused(ready, founder):
    with pytest.raises(applications.Closed):
        applications.submit(ready, by=founder.actor, at=ready.intake.closes_at)


def test_submit_without_a_confirmed_address_is_refused(ready, founder):
    EmailAddress.objects.filter(user=founder.user).update(verified=False)
    with pytest.raises(Refusal, match="Confirm your e-mail"):
        applications.submit(ready, by=founder.actor, at=now())


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.REJECTED, Status.OFFERED])
def test_submit_to_two_exclusive_programmes_is_refused_alike_for_all_hidden_states(ready, startup, founder, status):
    other = ApplicationFactory(startup=startup, sent=True, status=status)
    with pytest.raises(Refusal, match=other.reference) as refused:
        applications.submit(ready, by=founder.actor, at=now())
    assert refused.value.code == "exclusive_programme"


def test_submit_after_a_rejection_that_is_out_is_possible(ready, startup, founder):
    ApplicationFactory(startup=startup, sent=True, status=Status.REJECTED, intake__released=True)
    assert applications.submit(ready, by=founder.actor, at=now()).status == Status.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_submit_pressed_many_times_at_once_sends_once(ready, founder):
    barrier, won, refused = Barrier(8), [], []

    def press():
        barrier.wait()
        try:
            won.append(applications.submit(ready, by=founder.actor, at=now()))
        except Refusal as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(refused)) == (1, 7)
    assert Event.objects.filter(kind="applications.submitted").count() == 1


# ── Answering what was asked ──
@pytest.fixture
def asked(sent, officer):
    at = now() - timedelta(days=3)
    applications.start_screening(sent, by=officer.actor, at=at)
    applications.ask_for_information(sent, asks=["Who pays you?"], due_on=today() + timedelta(days=7), by=officer.actor, at=at)
    return Application.objects.get(pk=sent.pk)


def test_answer_request_freezes_anew_and_stops_the_waiting(asked, write, founder):
    write(asked, problem="Shops wait; banks pay us.")
    answered = applications.answer_request(asked, note="See the second answer.", by=founder.actor, at=now())
    assert answered.status == Status.SCREENING
    assert answered.revision.number == 2
    assert answered.revision.answers["problem"] == "Shops wait; banks pay us."
    assert timedelta(days=2) < answered.waited_on_applicant < timedelta(days=4)
    request = answered.info_requests.get()
    assert request.answer_note == "See the second answer."
    assert request.answered_at is not None


def test_answer_request_when_nothing_is_asked_is_refused(sent, founder):
    with pytest.raises(IllegalTransition):
        applications.answer_request(sent, note="", by=founder.actor, at=now())


def test_answer_request_with_gaps_is_refused(asked, write, founder):
    write(asked, problem=None)
    with pytest.raises(applications.Incomplete):
        applications.answer_request(asked, note="", by=founder.actor, at=now())
    asked.refresh_from_db()
    assert asked.status == Status.INFO_REQUESTED


# ── Withdrawing ──
def test_withdraw_tells_both_sides(sent, founder):
    assert applications.withdraw(sent, by=founder.actor, at=now()).status == Status.WITHDRAWN
    event = Event.objects.about(sent.pk).filter(kind="applications.withdrawn").get()
    assert {one["audience"] for one in event.told} == {"founder", "staff"}


def test_withdraw_draft_tells_no_staff(draft, founder):
    applications.withdraw(draft, by=founder.actor, at=now())
    event = Event.objects.about(draft.pk).filter(kind="applications.withdrawn").get()
    assert {one["audience"] for one in event.told} == {"founder"}


@pytest.mark.parametrize("status", [Status.OFFERED, Status.REJECTED])
def test_withdraw_once_the_decision_is_out_is_refused(status, startup, founder):
    application = ApplicationFactory(startup=startup, sent=True, status=status, intake__released=True)
    with pytest.raises(IllegalTransition):
        applications.withdraw(application, by=founder.actor, at=now())


@pytest.mark.parametrize("status", [Status.OFFERED, Status.REJECTED, Status.IN_REVIEW])
def test_withdraw_before_release_is_possible_from_every_hidden_state(status, startup, founder):
    application = ApplicationFactory(startup=startup, sent=True, status=status, intake__decided=True)
    assert applications.withdraw(application, by=founder.actor, at=now()).status == Status.WITHDRAWN


def test_withdraw_by_a_member_is_refused(sent, teammate):
    with pytest.raises(NotAllowed):
        applications.withdraw(sent, by=teammate.actor, at=now())
