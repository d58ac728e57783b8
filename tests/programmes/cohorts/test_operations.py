"""Decisions, release, offers and membership: what moves, who is told, and what is refused."""

from datetime import date, timedelta

import pytest

from incubator.lib.clock import now
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.cohorts import operations as cohorts
from programmes.cohorts.models import CohortMembership, Offer
from programmes.cohorts.operations.memberships import months_later
from programmes.cohorts.operations.offers import OfferClosed
from programmes.cohorts.operations.seats import NoSeatLeft
from programmes.cohorts.states import MembershipState, OfferState
from programmes.reviews.models import Determination
from tests.cast import Member
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.cohorts import CohortMembershipFactory, OfferFactory
from tests.factories.startups import StartupFactory
from tests.races import race

Outcome = Determination.Outcome


def pending(intake: Intake, founder: Member | None = None) -> Application:
    startup = StartupFactory(organisation=founder.organisation) if founder else StartupFactory()
    return ApplicationFactory(sent=True, intake=intake, startup=startup, status=Status.PENDING_DETERMINATION)


def decide(application: Application, manager: Member, outcome: str = Outcome.ACCEPTED, **more: object) -> Determination:
    return cohorts.determine(application, outcome=outcome, reason_code="team", reasons="Clear.", by=manager.actor, at=now(), **more)


def accept(offer: Offer, founder: Member) -> CohortMembership:
    return cohorts.accept(offer, signed_name="Fay Founder", terms_sha256=offer.terms_sha256, address="127.0.0.1", by=founder.actor, at=now())


@pytest.fixture
def deliberation(db: None) -> Intake:
    return IntakeFactory(deliberation=True, seats=1)


@pytest.mark.parametrize(
    ("outcome", "status", "more"),
    [
        (Outcome.ACCEPTED, Status.OFFERED, {}),
        (Outcome.CONDITIONAL, Status.APPROVED_CONDITIONAL, {"conditions": ["Incorporate in Hong Kong"]}),
        (Outcome.WAITLIST, Status.WAITLISTED, {}),
        (Outcome.REJECTED, Status.REJECTED, {}),
    ],
)
def test_determine_moves_the_application_and_tells_nobody(
    deliberation: Intake, manager: Member, founder: Member, outcome: str, status: str, more: dict[str, object]
) -> None:
    application = pending(deliberation, founder)
    determination = decide(application, manager, outcome, **more)
    application.refresh_from_db()
    assert application.status == status
    assert application.outside_status == Status.IN_REVIEW
    assert determination.letter_subject
    assert determination.letter_body
    assert not Event.objects.exclude(told=[]).exists()
    assert application.startup.name in determination.letter_body


def test_determine_without_reasons_is_refused_and_changes_nothing(deliberation: Intake, manager: Member) -> None:
    application = pending(deliberation)
    with pytest.raises(Invalid) as refusal:
        cohorts.determine(application, outcome="rejected", reason_code="team", reasons=" ", by=manager.actor, at=now())
    assert refusal.value.field == "reasons"
    assert not Determination.objects.exists()


def test_determine_by_an_officer_is_refused(deliberation: Intake, officer: Member) -> None:
    with pytest.raises(NotAllowed):
        decide(pending(deliberation), officer)


def test_chair_may_approve_with_conditions_but_not_offer(deliberation: Intake, chair: Member) -> None:
    application = pending(deliberation)
    with pytest.raises(NotAllowed):
        decide(application, chair)
    decide(application, chair, Outcome.CONDITIONAL, conditions=["Incorporate"])


def test_offer_beyond_the_seats_is_refused(deliberation: Intake, manager: Member) -> None:
    decide(pending(deliberation), manager)
    second = pending(deliberation)
    with pytest.raises(NoSeatLeft):
        decide(second, manager)
    second.refresh_from_db()
    assert second.status == Status.PENDING_DETERMINATION


def test_revert_before_the_release_frees_the_seat(deliberation: Intake, manager: Member) -> None:
    first = pending(deliberation)
    decide(first, manager)
    cohorts.revert_decision(first, reason="Wrong file.", by=manager.actor, at=now())
    assert Offer.objects.get(application=first).status == OfferState.CANCELLED
    decide(pending(deliberation), manager)


def test_close_with_an_undecided_application_says_how_many(deliberation: Intake, manager: Member) -> None:
    pending(deliberation)
    with pytest.raises(Refusal, match="1 application has no decision"):
        cohorts.close_deliberation(deliberation, by=manager.actor, at=now())


def test_release_tells_every_applicant_in_one_batch_and_opens_offers(manager: Member, founder: Member) -> None:
    intake = IntakeFactory(deliberation=True, seats=2)
    offered, rejected = pending(intake, founder), pending(intake)
    decide(offered, manager)
    decide(rejected, manager, Outcome.REJECTED)
    cohorts.close_deliberation(intake, by=manager.actor, at=now())
    assert cohorts.release(intake, by=manager.actor, at=now()) == 2

    intake.refresh_from_db()
    events = Event.objects.filter(kind="cohorts.decision_released")
    assert {event.subject_id for event in events} == {offered.pk, rejected.pk}
    assert {event.batch_id for event in events} == {intake.release_batch}
    told = events.get(subject_id=offered.pk).told[0]
    assert told["organisation"] == str(founder.organisation.pk)
    assert told["facts"]["letter_body"]
    offer = Offer.objects.get(application=offered)
    assert offer.status == OfferState.OPEN
    assert offer.expires_at == intake.released_at + timedelta(days=intake.offer_valid_days)


def test_release_twice_is_refused_the_second_time(manager: Member) -> None:
    intake = IntakeFactory(decided=True)
    cohorts.release(intake, by=manager.actor, at=now())
    with pytest.raises(IllegalTransition):
        cohorts.release(intake, by=manager.actor, at=now())


def test_accept_creates_an_onboarding_member_and_an_incubatee(founder: Member) -> None:
    offer = OfferFactory(application__startup=StartupFactory(organisation=founder.organisation))
    membership = accept(offer, founder)
    offer.application.startup.refresh_from_db()
    offer.application.refresh_from_db()
    assert membership.status == MembershipState.ONBOARDING
    assert offer.application.status == Status.ACCEPTED
    assert offer.application.startup.park_stage == "incubatee"


def test_accept_by_a_team_member_or_a_stranger_is_refused(founder: Member, teammate: Member, stranger: Member) -> None:
    offer = OfferFactory(application__startup=StartupFactory(organisation=founder.organisation))
    for somebody in (teammate, stranger):
        with pytest.raises(NotAllowed):
            accept(offer, somebody)
    offer.refresh_from_db()
    assert offer.status == OfferState.OPEN


def test_accept_after_the_deadline_is_refused_even_before_the_job_ran(founder: Member) -> None:
    offer = OfferFactory(application__startup=StartupFactory(organisation=founder.organisation), expires_at=now() - timedelta(seconds=1))
    with pytest.raises(OfferClosed):
        accept(offer, founder)


def test_accept_of_terms_that_changed_is_refused(founder: Member) -> None:
    offer = OfferFactory(application__startup=StartupFactory(organisation=founder.organisation))
    with pytest.raises(Invalid):
        cohorts.accept(offer, signed_name="Fay", terms_sha256="b" * 64, address=None, by=founder.actor, at=now())


def test_decline_promotes_the_first_of_the_waiting_list(founder: Member) -> None:
    offer = OfferFactory(application__startup=StartupFactory(organisation=founder.organisation), application__intake__seats=1)
    intake = offer.application.intake
    second, first = (
        ApplicationFactory(sent=True, intake=intake, status=Status.WAITLISTED),
        ApplicationFactory(sent=True, intake=intake, status=Status.WAITLISTED),
    )
    for rank, application in ((2, second), (1, first)):
        Determination.objects.create(
            application=application, outcome=Outcome.WAITLIST, reason_code="capacity", reasons="Good.", rank=rank,
            decided_at=now(), released_at=now(), created_at=now(), updated_at=now(),
        )  # fmt: skip
    cohorts.decline(offer, reason="We move abroad.", by=founder.actor, at=now())
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.OFFERED, Status.WAITLISTED)
    assert Offer.objects.get(application=first).status == OfferState.OPEN
    assert Event.objects.filter(subject_id=first.pk, kind="cohorts.offer_made").exclude(told=[]).exists()


def test_lapse_is_recorded_once_and_promotes(founder: Member) -> None:
    offer = OfferFactory(application__startup=StartupFactory(organisation=founder.organisation), expires_at=now() - timedelta(minutes=1))
    assert cohorts.lapse_expired_offers(at=now()) == 1
    assert cohorts.lapse_expired_offers(at=now()) == 0
    offer.application.refresh_from_db()
    assert offer.application.status == Status.OFFER_LAPSED


def test_reminders_go_out_once_per_step(founder: Member) -> None:
    OfferFactory(application__startup=StartupFactory(organisation=founder.organisation), expires_at=now() + timedelta(days=2))
    assert [cohorts.remind_of_offers(at=now()) for _run in range(2)] == [1, 0]
    assert cohorts.remind_of_offers(at=now() + timedelta(days=1, hours=1)) == 1


def test_withdrawal_frees_the_seat_for_the_waiting_list(founder: Member, manager: Member) -> None:
    offer = OfferFactory(application__intake__seats=1)
    intake = offer.application.intake
    Application.objects.filter(pk=offer.application_id).update(status=Status.WITHDRAWN)
    waiting = ApplicationFactory(sent=True, intake=intake, status=Status.WAITLISTED)
    Determination.objects.create(
        application=waiting, outcome=Outcome.WAITLIST, reason_code="capacity", reasons="Good.", rank=1,
        decided_at=now(), released_at=now(), created_at=now(), updated_at=now(),
    )  # fmt: skip
    assert [one.pk for one in cohorts.fill_free_seats(intake, at=now())] == [waiting.pk]
    assert cohorts.fill_free_seats(intake, at=now()) == []
    offer.refresh_from_db()
    assert offer.status == OfferState.CANCELLED


def test_activate_with_missing_steps_names_them(officer: Member) -> None:
    membership = CohortMembershipFactory()
    with pytest.raises(Refusal, match="bank details"):
        cohorts.activate(membership, by=officer.actor, at=now())
    day = date(2026, 11, 1)
    steps = dict.fromkeys(["agreement_signed_on", "identity_checked_on", "induction_on", "bank_details_on"], day)
    cohorts.record_onboarding(membership, steps, by=officer.actor, at=now())
    assert cohorts.activate(membership, by=officer.actor, at=now()).status == MembershipState.ACTIVE


def test_rescind_after_the_agreement_is_refused(manager: Member) -> None:
    membership = CohortMembershipFactory(agreement_signed_on=date(2026, 11, 1))
    with pytest.raises(Refusal, match="agreement is signed"):
        cohorts.rescind(membership.application, reason="False statement.", by=manager.actor, at=now())


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ],
)
def test_months_later_stays_in_the_month(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


@pytest.mark.django_db(transaction=True)
def test_forty_accept_one_offer_and_one_wins(founder: Member) -> None:
    offer = OfferFactory(application__startup=StartupFactory(organisation=founder.organisation))
    outcomes = race(40, lambda: accept(Offer.objects.select_related("application__intake").get(pk=offer.pk), founder))
    assert sum(isinstance(one, CohortMembership) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, CohortMembership | Refusal) for one in outcomes), outcomes
    assert Event.objects.filter(subject_id=offer.pk, kind="cohorts.offer_accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_forty_decide_one_application_and_one_wins(manager: Member) -> None:
    application = pending(IntakeFactory(deliberation=True))
    outcomes = race(40, lambda: decide(Application.objects.get(pk=application.pk), manager))
    assert sum(isinstance(one, Determination) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, Determination | Refusal) for one in outcomes), outcomes
    assert Event.objects.filter(subject_id=application.pk, kind="cohorts.determined").count() == 1


@pytest.mark.django_db(transaction=True)
def test_forty_want_the_last_seat_and_one_gets_it(manager: Member) -> None:
    intake = IntakeFactory(deliberation=True, seats=1)
    waiting = [pending(intake).pk for _number in range(40)]

    def take() -> Determination:
        return decide(Application.objects.get(pk=waiting.pop()), manager)

    outcomes = race(40, take)
    assert sum(isinstance(one, Determination) for one in outcomes) == 1, outcomes
    assert all(isinstance(one, Determination | Refusal) for one in outcomes), outcomes
    assert any(isinstance(one, NoSeatLeft) for one in outcomes), outcomes
    assert Application.objects.filter(intake=intake, status=Status.OFFERED).count() == 1
