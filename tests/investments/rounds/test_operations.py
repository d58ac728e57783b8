"""Rounds: drafted by founders, listed by the park to the audience and at the level the founder agreed to."""

from datetime import timedelta

import pytest
import time_machine

from incubator.lib.clock import now, today
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from incubator.outbox.registry import Recipient, get
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, Startup
from investments.rounds import operations as rounds
from investments.rounds.models import Round
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import StartupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def startup(startup_organisation):
    return StartupFactory(organisation=startup_organisation, profile="verified")


def drafted(startup, member, **more):
    values = {
        "title": "Seed",
        "instrument": "safe",
        "target": 5_000_000,
        "minimum_ticket": 250_000,
        "use_of_funds": "Two engineers.",
        "closes_on": today() + timedelta(days=30),
        **more,
    }
    return rounds.draft(startup, **values, by=member.actor, at=now())


def listed(startup, founder, invest, **more):
    round = rounds.send_for_review(drafted(startup, founder, **more), consent=True, by=founder.actor, at=now())
    return rounds.list_round(round, by=invest.actor, at=now())


def test_listed_round_opens_round_and_startup_to_partners_at_the_agreed_level(startup, founder, investment_manager, partner_person, investor_person):
    round = listed(startup, founder, investment_manager, level=Disclosure.Level.TEASER)
    assert list(Round.objects.visible_to(partner_person.actor)) == [round]
    assert Startup.objects.disclosed_to(partner_person.actor).get().level == Disclosure.Level.TEASER
    assert not Round.objects.visible_to(investor_person.actor).exists()
    assert not Startup.objects.visible_to(investor_person.actor).exists()


def test_round_listed_to_all_investors_reaches_partners_and_investors(startup, founder, investment_manager, partner_person, investor_person):
    listed(startup, founder, investment_manager, audience="investors")
    for member in (partner_person, investor_person):
        assert Round.objects.visible_to(member.actor).count() == 1


@pytest.mark.parametrize("verb", ["pause", "close", "cancel"])
def test_when_it_ends_the_startup_is_hidden_again(startup, founder, investment_manager, partner_person, verb):
    round = listed(startup, founder, investment_manager)
    more = {"reason": "We changed our plans."} if verb == "cancel" else {}
    getattr(rounds, verb)(round, **more, by=founder.actor, at=now())
    assert not Round.objects.visible_to(partner_person.actor).exists()
    assert not Startup.objects.visible_to(partner_person.actor).exists()


def test_paused_round_comes_back_with_its_disclosure(startup, founder, investment_manager, partner_person):
    round = listed(startup, founder, investment_manager)
    rounds.pause(round, by=investment_manager.actor, at=now())
    rounds.resume(round, by=founder.actor, at=now())
    assert Startup.objects.disclosed_to(partner_person.actor).exists()


def test_taking_the_disclosure_back_hides_the_round(startup, founder, investment_manager, partner_person):
    listed(startup, founder, investment_manager)
    startups.revoke(Disclosure.objects.get(), by=founder.actor, at=now())
    assert not Round.objects.visible_to(partner_person.actor).exists()


def test_closing_day_hides_it_without_a_job_and_the_job_records_it(startup, founder, investment_manager, partner_person):
    round = listed(startup, founder, investment_manager)
    assert rounds.close_due(now()) == 0
    with time_machine.travel(now() + timedelta(days=32)):
        assert not Round.objects.visible_to(partner_person.actor).exists()
        assert not Startup.objects.visible_to(partner_person.actor).exists()
        assert (rounds.close_due(now()), rounds.close_due(now())) == (1, 0)
    round.refresh_from_db()
    assert round.status == "closed"


def test_send_without_consent_is_refused(startup, founder):
    round = drafted(startup, founder)
    with pytest.raises(Invalid) as refusal:
        rounds.send_for_review(round, consent=False, by=founder.actor, at=now())
    assert refusal.value.field == "consent"
    round.refresh_from_db()
    assert (round.status, round.consented_at) == ("draft", None)


def test_consent_is_recorded_with_audience_and_level_and_void_when_returned(startup, founder, investment_manager):
    round = rounds.send_for_review(drafted(startup, founder), consent=True, by=founder.actor, at=now())
    event = Event.objects.get(kind="rounds.sent_for_review")
    assert (event.facts, event.actor_user_id) == ({"audience": "partners", "level": 2}, founder.user.pk)
    assert round.consented_at is not None
    with pytest.raises(ReasonNeeded):
        rounds.return_to_founder(round, reason=" ", by=investment_manager.actor, at=now())
    round = rounds.return_to_founder(round, reason="Say what the funds are for.", by=investment_manager.actor, at=now())
    assert (round.status, round.consented_at) == ("draft", None)


def test_second_round_under_way_is_refused(startup, founder, investment_manager):
    listed(startup, founder, investment_manager)
    with pytest.raises(Refusal) as refusal:
        rounds.send_for_review(drafted(startup, founder), consent=True, by=founder.actor, at=now())
    assert refusal.value.code == "round_live"


@pytest.mark.parametrize("who", ["teammate", "stranger", "partner_person", "investment_manager", "manager"])
def test_draft_and_send_are_the_founders(startup, founder, who, request):
    member = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        drafted(startup, member)
    round = drafted(startup, founder)
    for act in (
        lambda: rounds.edit(round, title="Mine", by=member.actor, at=now()),
        lambda: rounds.send_for_review(round, consent=True, by=member.actor, at=now()),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("who", ["founder", "manager", "admin_person", "partnership_manager", "officer", "partner_person"])
def test_list_is_the_investment_managers(startup, founder, who, request):
    round = rounds.send_for_review(drafted(startup, founder), consent=True, by=founder.actor, at=now())
    with pytest.raises(NotAllowed):
        rounds.list_round(round, by=request.getfixturevalue(who).actor, at=now())
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"minimum_ticket": 0}, "minimum_ticket"), ({"target": 1}, "target"), ({"closes_on": today()}, "closes_on"), ({"level": 7}, "level")],
)
def test_draft_with_bad_figures_names_the_field(startup, founder, change, field):
    with pytest.raises(Invalid) as refusal:
        drafted(startup, founder, **change)
    assert refusal.value.field == field


def test_sent_round_cannot_be_edited(startup, founder):
    round = rounds.send_for_review(drafted(startup, founder), consent=True, by=founder.actor, at=now())
    with pytest.raises(Refusal) as refusal:
        rounds.edit(round, title="Better", by=founder.actor, at=now())
    assert refusal.value.code == "not_a_draft"


def test_cancelled_round_stays_cancelled(founder, startup):
    round = RoundFactory(startup=startup, status="cancelled")
    with pytest.raises(IllegalTransition):
        rounds.send_for_review(round, consent=True, by=founder.actor, at=now())


def test_word_of_a_listing_reaches_verified_investors_only_and_not_after_a_pause(startup, founder, investment_manager, partner_person, other_partner):
    InvestorProfileFactory(organisation=partner_person.organisation, verified=True)
    round = listed(startup, founder, investment_manager)
    event = Event.objects.get(kind="rounds.listed")
    allowed = get("rounds.listed").still_allowed
    verified, unverified = (Recipient("partner", one.user.pk, one.organisation.pk) for one in (partner_person, other_partner))
    assert allowed(event, verified)
    assert not allowed(event, unverified)
    rounds.pause(round, by=founder.actor, at=now())
    assert not allowed(event, verified)
    assert allowed(event, Recipient("founder", founder.user.pk, founder.organisation.pk))
