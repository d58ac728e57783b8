"""Programmes and intakes move only as their tables say, and only when all is in place."""

from datetime import timedelta

import pytest
from django.db.utils import InternalError

from incubator.lib.clock import now
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event, Pending
from programmes.catalogue import operations as catalogue
from programmes.catalogue import states, tasks
from programmes.catalogue.models import Intake, Programme
from tests.factories.catalogue import EligibilityRuleFactory, IntakeFactory, ProgrammeFactory, RubricFactory
from tests.factories.forms import FormVersionFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready() -> Intake:
    """A draft that lacks nothing."""
    form = FormVersionFactory()
    QuestionFactory(form_version=form, key="incorporated-in")
    return IntakeFactory(draft=True, form_version=form, rules=1)


PROGRAMME_STEPS = [
    ("draft", catalogue.publish, {}, "published"),
    ("paused", catalogue.publish, {}, "published"),
    ("published", catalogue.pause, {}, "paused"),
    ("published", catalogue.retire, {"reason": "Replaced."}, "retired"),
    ("paused", catalogue.retire, {"reason": "Replaced."}, "retired"),
]


@pytest.mark.parametrize(("source", "verb", "extra", "target"), PROGRAMME_STEPS)
def test_programme_takes_each_step_of_its_table(manager, source, verb, extra, target):
    programme = ProgrammeFactory(status=source)
    verb(programme, by=manager.actor, at=now(), **extra)
    programme.refresh_from_db()
    assert programme.status == target
    event = Event.objects.get(subject_id=programme.pk)
    assert (event.from_state, event.to_state, event.actor_user_id) == (source, target, manager.user.pk)


def test_programme_steps_cover_the_whole_table():
    assert {(source, target) for source, _verb, _extra, target in PROGRAMME_STEPS} == set(states.PROGRAMME.pairs())


def test_publishing_is_for_managers(officer):
    programme = ProgrammeFactory(status="draft")
    with pytest.raises(NotAllowed):
        catalogue.publish(programme, by=officer.actor, at=now())
    programme.refresh_from_db()
    assert programme.status == "draft"
    assert not Event.objects.exists()


@pytest.mark.parametrize("verb", [catalogue.pause, lambda programme, **who: catalogue.retire(programme, reason="Over.", **who)])
def test_programme_with_a_live_call_cannot_be_paused_or_retired(manager, verb):
    intake = IntakeFactory()
    with pytest.raises(Refusal, match=intake.title):
        verb(intake.programme, by=manager.actor, at=now())
    assert Programme.objects.get().status == "published"
    assert not Event.objects.exists()


def test_schedule_freezes_form_and_rubric_and_tells_staff(ready, manager):
    at = now()
    intake = catalogue.schedule(ready, by=manager.actor, at=at)
    assert intake.status == "scheduled"
    ready.refresh_from_db()
    assert ready.form_version.frozen_at == at
    assert ready.rubric.frozen_at == at
    event = Event.objects.get(kind="catalogue.intake_scheduled")
    assert event.told[0]["audience"] == "staff"
    assert Pending.objects.filter(event=event).exists()


def test_schedule_keeps_the_first_freezing_of_a_shared_rubric(ready, manager):
    earlier = now() - timedelta(days=100)
    type(ready.rubric).objects.filter(pk=ready.rubric_id).update(frozen_at=earlier)
    catalogue.schedule(ready, by=manager.actor, at=now())
    ready.rubric.refresh_from_db()
    assert ready.rubric.frozen_at == earlier
    assert not Event.objects.filter(kind="catalogue.rubric_frozen").exists()


def _without_form(intake):
    intake.form_version = None


def _without_questions(intake):
    intake.form_version.questions.all().delete()


def _without_rubric(intake):
    intake.rubric = None


def _light_rubric(intake):
    intake.rubric = RubricFactory(weights=(60, 30))


def _without_rules(intake):
    intake.rules.all().delete()


def _rule_about_nothing(intake):
    EligibilityRuleFactory(intake=intake, question_key="no-such-question")


def _rule_about_no_column(intake):
    QuestionFactory(form_version=intake.form_version, key="team", kind="table", columns=[{"key": "role", "label": "Role", "kind": "text"}])
    EligibilityRuleFactory(intake=intake, question_key="team", operator="count_gte", column="full-time", value=2)


def _over(intake):
    intake.opens_at, intake.closes_at = now() - timedelta(days=3), now() - timedelta(days=1)


def _heard_before_the_end(intake):
    intake.decision_on = intake.opens_at.date()


def _reviews_before_the_end(intake):
    intake.review_due_on = intake.opens_at.date()


def _nobody_reviews(intake):
    intake.reviews_per_application = 0


def _nobody_can_review(intake):
    intake.reviewer_capacity = 0


def _no_seats(intake):
    intake.seats = 0


def _unpublished(intake):
    intake.programme = ProgrammeFactory(status="draft")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_without_form, "Choose a form"),
        (_without_questions, "no questions"),
        (_without_rubric, "Choose a rubric"),
        (_light_rubric, "add up to 90"),
        (_without_rules, "at least one eligibility rule"),
        (_rule_about_nothing, "no-such-question"),
        (_rule_about_no_column, "full-time"),
        (_over, "over already"),
        (_heard_before_the_end, "hear before the call closes"),
        (_reviews_before_the_end, "after the call closes"),
        (_nobody_reviews, "how many reviews"),
        (_nobody_can_review, "one reviewer takes"),
        (_no_seats, "seats"),
        (_unpublished, "not published"),
    ],
)
def test_schedule_refuses_what_is_not_ready(ready, manager, spoil, words):
    spoil(ready)
    ready.save()
    with pytest.raises(catalogue.NotReady, match=words) as refusal:
        catalogue.schedule(ready, by=manager.actor, at=now())
    assert len(refusal.value.lacking) == (2 if spoil is _without_questions else 1)
    ready.refresh_from_db()
    assert ready.status == "draft"
    assert not Event.objects.exists()


def test_schedule_names_everything_that_is_missing_at_once(manager):
    intake = IntakeFactory(draft=True, form_version=None, rubric=None)
    with pytest.raises(catalogue.NotReady) as refusal:
        catalogue.schedule(intake, by=manager.actor, at=now())
    assert len(refusal.value.lacking) == 2


def test_call_opens_and_closes_by_the_calendar(system):
    at = now()
    due = IntakeFactory(scheduled=True, opens_at=at - timedelta(minutes=1))
    later = IntakeFactory(scheduled=True)
    over = IntakeFactory(closes_at=at - timedelta(minutes=1))
    missed = IntakeFactory(scheduled=True, opens_at=at - timedelta(days=9), closes_at=at - timedelta(days=2))
    tasks.follow_the_calendar()
    found = dict(Intake.objects.values_list("pk", "status"))
    assert found == {due.pk: "open", later.pk: "scheduled", over.pk: "closed", missed.pk: "closed"}
    count = Event.objects.count()
    tasks.follow_the_calendar()
    assert Event.objects.count() == count == 4


def test_system_does_not_close_a_call_before_its_time(system):
    intake = IntakeFactory()
    with pytest.raises(Refusal):
        catalogue.close(intake, by=system, at=now())
    with pytest.raises(Refusal):
        catalogue.open(IntakeFactory(scheduled=True), by=system, at=now())
    assert not Event.objects.exists()


def test_manager_closes_early_and_that_moment_becomes_the_deadline(manager):
    intake, at = IntakeFactory(), now()
    assert intake.is_accepting(at)
    catalogue.close(intake, by=manager.actor, at=at)
    intake.refresh_from_db()
    assert (intake.status, intake.closes_at) == ("closed", at)
    assert not intake.is_accepting(at)


def test_reopening_needs_a_reason_and_a_time_ahead(manager):
    intake, at = IntakeFactory(closed=True), now()
    with pytest.raises(ReasonNeeded):
        catalogue.reopen(intake, closes_at=at + timedelta(days=3), reason=" ", by=manager.actor, at=at)
    with pytest.raises(Invalid):
        catalogue.reopen(intake, closes_at=at, reason="The portal was down.", by=manager.actor, at=at)
    assert not Event.objects.exists()
    catalogue.reopen(intake, closes_at=at + timedelta(days=3), reason="The portal was down.", by=manager.actor, at=at)
    intake.refresh_from_db()
    assert intake.is_accepting(at)
    assert Event.objects.get().reason == "The portal was down."


def test_call_walks_from_closed_to_completed(manager, officer, chair, system):
    intake, at = IntakeFactory(closed=True), now()
    catalogue.start_review(intake, by=officer.actor, at=at)
    catalogue.deliberate(intake, by=chair.actor, at=at)
    catalogue.decide(intake, by=manager.actor, at=at)
    catalogue.reopen_deliberation(intake, reason="A score was missing.", by=manager.actor, at=at)
    catalogue.decide(intake, by=manager.actor, at=at)
    catalogue.release(intake, batch=intake.pk, by=manager.actor, at=at)
    assert intake.released_at == at
    catalogue.complete(intake, by=system, at=at)
    intake.refresh_from_db()
    assert (intake.status, intake.version) == ("completed", 7)
    with pytest.raises(IllegalTransition):
        catalogue.cancel(intake, reason="Too late.", by=manager.actor, at=at)


@pytest.mark.parametrize("trait", ["draft", "scheduled", "closed", "in_review", "deliberation", "decided"])
def test_call_can_be_cancelled_until_it_is_released(manager, startup_organisation, trait):
    intake = IntakeFactory(**{trait: True})
    with pytest.raises(ReasonNeeded):
        catalogue.cancel(intake, reason="", by=manager.actor, at=now())
    catalogue.cancel(intake, reason="The grant was withdrawn.", by=manager.actor, at=now(), applicants=[startup_organisation.pk])
    intake.refresh_from_db()
    assert intake.status == "cancelled"
    told = {one["audience"]: one for one in Event.objects.get().told}
    assert told["founder"]["organisation"] == str(startup_organisation.pk)
    assert told["founder"]["facts"]["reason"] == "The grant was withdrawn."


def test_database_refuses_a_step_outside_the_table():
    intake = IntakeFactory(draft=True)
    with pytest.raises(InternalError):
        Intake.objects.filter(pk=intake.pk).update(status="released")


def test_copied_rubric_has_the_criteria_and_can_be_changed(officer, partner_person):
    rubric = RubricFactory(weights=(60, 40), frozen_at=now())
    with pytest.raises(NotAllowed):
        catalogue.copy_rubric(rubric, by=partner_person.actor, at=now())
    copy = catalogue.copy_rubric(rubric, by=officer.actor, at=now())
    assert (copy.number, copy.frozen_at) == (2, None)
    assert list(copy.criteria.order_by("position").values_list("weight", flat=True)) == [60, 40]
