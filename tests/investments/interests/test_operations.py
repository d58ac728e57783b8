"""Interests: indicated by verified investors, answered by founders; contact data only after consent."""

from datetime import timedelta

import pytest

from incubator.lib.clock import add_working_days, now, today
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from incubator.outbox.registry import Recipient, get
from incubator.startups.models import Disclosure, Startup, Tie
from investments.interests import operations as interests
from investments.interests.models import Interest, Introduction
from investments.rounds import operations as rounds
from tests.factories.interests import InterestFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import StartupFactory
from tests.races import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(startup_organisation):
    return RoundFactory(startup=StartupFactory(organisation=startup_organisation, profile="verified"), listed=True)


@pytest.fixture
def verified(partner_person):
    InvestorProfileFactory(organisation=partner_person.organisation, verified=True)
    return partner_person


def indicated(round, member, **more):
    values = {"amount_min": 500_000, "amount_max": 1_000_000, "part": "lead", "note": "We like it.", **more}
    return interests.indicate(round, **values, by=member.actor, at=now())


def test_indicate_asks_the_founder_in_the_same_transaction_with_two_events(round, verified):
    interest = indicated(round, verified)
    assert interest.status == "consent_pending"
    assert interest.answer_due_on == add_working_days(today(), 10)
    events = list(Event.objects.filter(subject_id=interest.pk).order_by("version").values_list("kind", "to_state", "version", "actor_kind"))
    assert events == [("interests.indicated", "indicated", 1, "user"), ("interests.asked", "consent_pending", 2, "system")]


def test_founder_learns_the_organisation_and_no_person(round, verified):
    indicated(round, verified)
    told = next(one for one in Event.objects.get(kind="interests.asked").told if one["audience"] == "founder")
    assert told["facts"]["organisation"] == "Meridian Technologies"
    assert verified.user.name not in str(told)
    assert verified.user.email not in str(told)


def test_indicate_makes_a_tie_at_once(round, verified):
    indicated(round, verified)
    assert Tie.objects.get().organisation == verified.organisation


def test_watch_then_indicate_is_one_interest_and_the_founder_sees_it_only_when_asked(round, verified, founder):
    first = interests.watch(round, by=verified.actor, at=now())
    assert interests.watch(round, by=verified.actor, at=now()).pk == first.pk
    assert not Interest.objects.visible_to(founder.actor).exists()
    assert indicated(round, verified).pk == first.pk
    assert Interest.objects.visible_to(founder.actor).get() == first


def test_stop_watching_and_watch_again(round, verified):
    interest = interests.watch(round, by=verified.actor, at=now())
    interests.withdraw(interest, by=verified.actor, at=now())
    assert interests.watch(round, by=verified.actor, at=now()).status == "watching"


@pytest.mark.parametrize("verb", ["watch", "indicate"])
def test_unverified_investor_is_refused_with_the_code_and_leaves_no_trace(round, partner_person, verb):
    with pytest.raises(Refusal) as refusal:
        indicated(round, partner_person) if verb == "indicate" else interests.watch(round, by=partner_person.actor, at=now())
    assert (refusal.value.code, refusal.value.status) == ("investor_not_verified", 409)
    assert not Interest.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"amount_min": 1}, "amount_min"), ({"amount_max": 1}, "amount_max"), ({"amount_max": 99_000_000}, "amount_max"), ({"part": "boss"}, "part")],
)
def test_indicate_with_bad_amounts_names_the_field(round, verified, change, field):
    with pytest.raises(Invalid) as refusal:
        indicated(round, verified, **change)
    assert refusal.value.field == field
    assert not Interest.objects.exists()


def test_indicate_twice_is_refused(round, verified):
    indicated(round, verified)
    with pytest.raises(Refusal) as refusal:
        indicated(round, verified)
    assert refusal.value.code == "already_declared"
    assert set(refusal.value.allowed) == {"pass_on", "withdraw"}


def test_indicate_in_a_round_that_is_closed_to_one_is_refused(round, verified, founder):
    rounds.pause(round, by=founder.actor, at=now())
    with pytest.raises(Refusal) as refusal:
        indicated(round, verified)
    assert refusal.value.code == "round_closed"


@pytest.mark.parametrize("who", ["founder", "stranger", "officer", "investment_manager"])
def test_declaring_is_for_partners_and_investors(round, who, request):
    with pytest.raises(NotAllowed):
        interests.watch(round, by=request.getfixturevalue(who).actor, at=now())


def test_consent_exchanges_names_and_addresses_and_tells_both(round, verified, founder):
    interest = interests.consent(indicated(round, verified), note="Happy to talk.", by=founder.actor, at=now())
    introduction = Introduction.objects.get()
    assert interest.status == "introduced"
    assert (introduction.founder_email, introduction.investor_email) == (founder.user.email, verified.user.email)
    told = {one["audience"]: one["facts"] for one in Event.objects.get(kind="interests.introduced").told}
    assert told["founder"]["contact_email"] == verified.user.email
    assert told["partner"]["contact_email"] == founder.user.email
    assert "contact_email" not in told["staff"]


def test_consent_keeps_the_startup_visible_to_the_investor_after_the_round(round, verified, founder):
    interests.consent(indicated(round, verified), by=founder.actor, at=now())
    rounds.close(round, by=founder.actor, at=now())
    Disclosure.objects.filter(source="round").update(status="revoked")
    assert Startup.objects.disclosed_to(verified.actor).exists()


def test_introduction_falls_back_to_a_representative_who_is_still_there(round, verified, founder):
    from tests import cast

    second = cast.join(verified.organisation, "partner", name="Second Representative")
    interest = indicated(round, verified)
    verified.user.memberships.all().delete()
    interests.consent(interest, by=founder.actor, at=now())
    assert Introduction.objects.get().investor_email == second.user.email


@pytest.mark.parametrize("who", ["teammate", "stranger", "partner_person", "investment_manager", "manager"])
def test_only_a_founder_of_the_startup_answers(round, verified, who, request):
    interest = indicated(round, verified)
    for verb in (interests.consent, interests.decline):
        with pytest.raises(NotAllowed):
            verb(interest, by=request.getfixturevalue(who).actor, at=now())
    assert not Introduction.objects.exists()


def test_decline_exchanges_nothing_and_ends_the_tie(round, verified, founder):
    interest = interests.decline(indicated(round, verified), note="Not now.", by=founder.actor, at=now())
    assert interest.status == "declined_by_startup"
    assert not Introduction.objects.exists()
    assert Tie.objects.get().until_on == today()
    told = next(one for one in Event.objects.get(kind="interests.declined").told if one["audience"] == "partner")
    assert told["facts"]["note"] == "Not now."
    assert founder.user.email not in str(told)


def test_pass_after_the_introduction_takes_the_disclosure_back(round, verified, founder):
    interest = interests.consent(indicated(round, verified), by=founder.actor, at=now())
    interests.pass_on(interest, reason="terms", note="Cap too high", by=verified.actor, at=now())
    interest.refresh_from_db()
    assert (interest.status, interest.pass_reason) == ("passed", "terms")
    assert not Disclosure.objects.filter(source="interest", status="active").exists()
    assert Event.objects.get(kind="interests.passed").reason == "The terms do not fit: Cap too high"


def test_pass_needs_a_known_reason(round, verified):
    with pytest.raises(Invalid) as refusal:
        interests.pass_on(indicated(round, verified), reason="whim", by=verified.actor, at=now())
    assert refusal.value.field == "reason"


def test_withdrawn_cannot_be_answered_and_the_question_is_not_sent_any_more(round, verified, founder):
    interest = indicated(round, verified)
    event = Event.objects.get(kind="interests.asked")
    to = Recipient("founder", founder.user.pk, founder.organisation.pk)
    assert get("interests.asked").still_allowed(event, to)
    interests.withdraw(interest, by=verified.actor, at=now())
    assert not get("interests.asked").still_allowed(event, to)
    with pytest.raises(IllegalTransition):
        interests.consent(interest, by=founder.actor, at=now())


def test_unanswered_is_reminded_then_lapses_each_once(round, verified):
    interest = indicated(round, verified)
    days = [0, 14, 15, 15, 21, 40, 40]
    done = [interests.follow_up_due(now() + timedelta(days=day)) for day in days]
    assert sum(done) == 2
    interest.refresh_from_db()
    assert interest.status == "lapsed"
    assert Event.objects.filter(kind="interests.reminded").count() == 1
    assert Tie.objects.get().until_on is not None


def test_interests_of_a_cancelled_round_end(round, verified, founder):
    interest = indicated(round, verified)
    watching = InterestFactory(round=round)
    rounds.cancel(round, reason="Plans changed", by=founder.actor, at=now())
    with pytest.raises(Refusal) as refusal:
        interests.consent(interest, by=founder.actor, at=now())
    assert refusal.value.code == "round_cancelled"
    assert interests.follow_up_due(now()) == 2
    assert set(Interest.objects.values_list("status", flat=True)) == {"lapsed"}
    assert watching.pk


def test_others_interests_are_invisible(round, verified, other_partner, stranger, officer, investment_manager, founder):
    interest = indicated(round, verified)
    for member in (other_partner, stranger, officer):
        assert not Interest.objects.visible_to(member.actor).exists()
    for member in (verified, founder, investment_manager):
        assert Interest.objects.visible_to(member.actor).get() == interest


@pytest.mark.django_db(transaction=True)
def test_forty_threads_of_one_organisation_make_one_interest(round, verified):
    outcomes = race(40, lambda: indicated(round, verified))
    won = [one for one in outcomes if isinstance(one, Interest)]
    lost = [one for one in outcomes if isinstance(one, Refusal)]
    assert (len(won), len(lost)) == (1, 39), [repr(one) for one in outcomes if not isinstance(one, Interest | Refusal)][:3]
    assert {one.code for one in lost} <= {"already_declared", "busy"}
    assert Interest.objects.count() == 1
    assert Event.objects.filter(kind="interests.indicated").count() == Event.objects.filter(kind="interests.asked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_founders_clicks_make_one_introduction(round, verified, founder):
    interest = indicated(round, verified)
    outcomes = race(20, lambda: interests.consent(interest, by=founder.actor, at=now()))
    assert len([one for one in outcomes if isinstance(one, Interest)]) == 1
    assert len([one for one in outcomes if isinstance(one, Refusal)]) == 19
    assert Introduction.objects.count() == 1
