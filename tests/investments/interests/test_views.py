"""From the founder's draft to the introduction, through the pages of all three sides."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.lib.clock import now, today
from incubator.outbox.models import Event
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, DisclosureRead
from investments.interests import operations as interests
from investments.interests.models import Interest
from investments.investors.models import InvestorProfile
from investments.rounds.models import Round
from tests.factories.interests import InterestFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import DisclosureFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


def terms(**more):
    closes = (today() + timedelta(days=30)).isoformat()
    return {
        "title": "Seed 2027",
        "instrument": "safe",
        "target": "5000000",
        "minimum_ticket": "250000",
        "currency": "HKD",
        "use_of_funds": "Two engineers.",
        "closes_on": closes,
        "audience": "partners",
        "level": "2",
        **more,
    }


def declared(round, member):
    return interests.indicate(round, amount_min=500_000, amount_max=900_000, note="We like it.", by=member.actor, at=now())


def test_whole_way_through_the_pages(startup, founder, investment_manager, verified):
    founder.client.post(reverse("my:rounds:create"), terms())
    round = Round.objects.get()
    send = reverse("my:rounds:send", args=[round.pk])
    assert "all verified" not in founder.client.get(send).content.decode()
    assert founder.client.post(send, {}).status_code == 422
    founder.client.post(send, {"consent": "on"})
    investment_manager.client.post(reverse("staff:rounds:step", args=[round.pk, "list"]))
    page = verified.client.get(reverse("partner:rounds:detail", args=[round.pk])).content.decode()
    assert "Two engineers." in page
    assert verified.client.post(reverse("partner:rounds:indicate", args=[round.pk]), {"amount_min": "1", "amount_max": "2", "part": "lead"}).status_code == 422
    amounts = {"amount_min": "300000", "amount_max": "400000", "part": "lead", "note": "We run terminals."}
    verified.client.post(reverse("partner:rounds:indicate", args=[round.pk]), amounts)
    interest = Interest.objects.get()
    asked = founder.client.get(reverse("my:interests:detail", args=[interest.pk])).content.decode()
    assert "We run terminals." in asked
    assert verified.user.email not in asked
    assert founder.user.email not in verified.client.get(reverse("partner:interests:detail", args=[interest.pk])).content.decode()
    consent = reverse("my:interests:consent", args=[interest.pk])
    assert founder.user.email in founder.client.get(consent).content.decode()
    founder.client.post(consent, {"note": "Happy to talk."})
    met = verified.client.get(reverse("partner:interests:detail", args=[interest.pk])).content.decode()
    assert founder.user.email in met
    assert "Happy to talk." in met
    assert verified.user.email in founder.client.get(reverse("my:interests:detail", args=[interest.pk])).content.decode()
    assert founder.client.post(consent, {}).status_code == 404


def test_unverified_sees_that_there_is_a_round_and_how_to_be_verified_but_no_terms(listed_round, partner_person):
    for path in (reverse("partner:rounds:index"), reverse("partner:rounds:detail", args=[listed_round.pk])):
        page = partner_person.client.get(path).content.decode()
        assert reverse("partner:investors:profile") in page
        assert "Canary use of funds" not in page
        assert "12,000,000" not in page
    answer = partner_person.client.post(
        reverse("partner:rounds:indicate", args=[listed_round.pk]), {"amount_min": "500000", "amount_max": "600000", "part": "follow"}
    )
    assert answer.status_code == 409
    assert "not a verified investor" in answer.content.decode()
    assert not Interest.objects.exists()


def test_round_of_another_audience_answers_as_one_that_does_not_exist(listed_round, investor_person, verified):
    InvestorProfileFactory(organisation=investor_person.organisation, verified=True)
    foreign, missing = (investor_person.client.get(reverse("partner:rounds:detail", args=[pk])) for pk in (listed_round.pk, verified.user.pk))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert len(foreign.content) == len(missing.content)
    assert investor_person.client.post(reverse("partner:rounds:watch", args=[listed_round.pk])).status_code == 404
    assert not Interest.objects.exists()


def test_taking_the_startup_back_ends_the_round_and_its_name_on_interests_at_once(listed_round, verified, founder):
    interest = declared(listed_round, verified)
    for row in Disclosure.objects.all():
        startups.revoke(row, by=founder.actor, at=now())
    assert verified.client.get(reverse("partner:rounds:detail", args=[listed_round.pk])).status_code == 404
    for path in (reverse("partner:rounds:index"), reverse("partner:interests:index"), reverse("partner:interests:detail", args=[interest.pk])):
        page = verified.client.get(path).content.decode()
        assert "Lumen Pay" not in page.replace("Seed 2027", "")


def test_watch_withdraw_and_pass_through_the_pages(listed_round, verified):
    verified.client.post(reverse("partner:rounds:watch", args=[listed_round.pk]))
    interest = Interest.objects.get()
    withdraw = reverse("partner:interests:withdraw", args=[interest.pk])
    assert "Stop watching" in verified.client.get(withdraw).content.decode()
    verified.client.post(withdraw)
    verified.client.post(reverse("partner:rounds:watch", args=[listed_round.pk]))
    declared(listed_round, verified)
    pass_on = reverse("partner:interests:pass", args=[interest.pk])
    assert verified.client.post(pass_on, {"reason": "nothing"}).status_code == 422
    verified.client.post(pass_on, {"reason": "focus"})
    interest.refresh_from_db()
    assert interest.status == "passed"


def test_foreign_interests_are_not_there(listed_round, verified, other_partner, stranger):
    interest = declared(listed_round, verified)
    for verb in ("detail", "withdraw", "pass"):
        assert other_partner.client.get(reverse(f"partner:interests:{verb}", args=[interest.pk])).status_code == 404
    for verb in ("detail", "consent", "decline"):
        assert stranger.client.get(reverse(f"my:interests:{verb}", args=[interest.pk])).status_code in (302, 404)


def test_teammate_reads_and_does_not_answer(listed_round, verified, teammate):
    interest = declared(listed_round, verified)
    assert teammate.client.get(reverse("my:interests:detail", args=[interest.pk])).status_code == 200
    for verb in ("consent", "decline"):
        assert teammate.client.post(reverse(f"my:interests:{verb}", args=[interest.pk])).status_code == 404
    interest.refresh_from_db()
    assert interest.status == "consent_pending"


def test_decline_through_the_page_tells_the_note(listed_round, verified, founder):
    interest = declared(listed_round, verified)
    founder.client.post(reverse("my:interests:decline", args=[interest.pk]), {"note": "Not this year."})
    page = verified.client.get(reverse("partner:interests:detail", args=[interest.pk])).content.decode()
    assert "Not this year." in page
    assert founder.user.email not in page


@pytest.mark.parametrize("name", ["create"])
@pytest.mark.parametrize("change", [{"target": "1"}, {"closes_on": "2020-01-01"}, {"minimum_ticket": "-5"}, {"audience": "all"}, {"title": ""}])
def test_bad_rounds_are_shown_on_the_form(startup, founder, name, change):
    answer = founder.client.post(reverse(f"my:rounds:{name}"), terms(**change))
    assert answer.status_code == 422
    assert not Round.objects.exists()


def test_edit_pause_and_cancel_through_the_pages(startup, founder, listed_round):
    draft = RoundFactory(startup=startup)
    founder.client.post(reverse("my:rounds:edit", args=[draft.pk]), terms(title="Better"))
    draft.refresh_from_db()
    assert draft.title == "Better"
    founder.client.post(reverse("my:rounds:step", args=[listed_round.pk, "pause"]))
    assert founder.client.post(reverse("my:rounds:step", args=[listed_round.pk, "cancel"]), {"reason": ""}).status_code == 422
    founder.client.post(reverse("my:rounds:step", args=[listed_round.pk, "cancel"]), {"reason": "Plans changed"})
    listed_round.refresh_from_db()
    assert listed_round.status == "cancelled"


@pytest.mark.parametrize("who", ["officer", "readonly_officer", "finance", "chair", "facility_manager"])
def test_programme_staff_are_kept_apart_from_investments(listed_round, who, request):
    client = request.getfixturevalue(who).client
    interest, profile = InterestFactory(asked=True, round=listed_round), InvestorProfileFactory()
    paths = [
        reverse("staff:rounds:index"),
        reverse("staff:rounds:detail", args=[listed_round.pk]),
        reverse("staff:interests:index"),
        reverse("staff:interests:detail", args=[interest.pk]),
        reverse("staff:investors:index"),
        reverse("staff:investors:detail", args=[profile.pk]),
    ]
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)


@pytest.mark.parametrize("who", ["manager", "admin_person", "partnership_manager"])
def test_managers_read_investments_and_do_not_decide(listed_round, who, request):
    client = request.getfixturevalue(who).client
    profile = InvestorProfileFactory()
    assert client.get(reverse("staff:rounds:index")).status_code == 200
    assert client.post(reverse("staff:rounds:step", args=[listed_round.pk, "pause"])).status_code == 404
    assert client.post(reverse("staff:investors:step", args=[profile.pk, "verify"]), {"evidence_note": "x"}).status_code == 404
    assert not Event.objects.exists()


def test_drafts_are_the_founders_own(startup, investment_manager):
    draft = RoundFactory(startup=startup)
    assert investment_manager.client.get(reverse("staff:rounds:detail", args=[draft.pk])).status_code == 404


def test_investor_profile_from_asking_to_verified(partner_person, investment_manager):
    page = reverse("partner:investors:profile")
    assert partner_person.client.post(page, {"kind": "fund"}).status_code == 422
    partner_person.client.post(page, {"kind": "fund", "ground": "assets", "statement": "Accounts on request"})
    profile = InvestorProfile.objects.get()
    step = reverse("staff:investors:step", args=[profile.pk, "verify"])
    assert investment_manager.client.post(step, {"evidence_note": ""}).status_code == 422
    investment_manager.client.post(step, {"evidence_note": "Accounts 2025"})
    profile.refresh_from_db()
    assert profile.is_verified(today())
    assert "Verified" in partner_person.client.get(page).content.decode()
    assert partner_person.client.post(page, {"kind": "angel", "ground": "assets"}).status_code == 422
    profile.refresh_from_db()
    assert profile.kind == "fund"


def test_reading_rounds_is_recorded_for_the_founder(listed_round, verified):
    verified.client.get(reverse("partner:rounds:index"))
    verified.client.get(reverse("partner:rounds:detail", args=[listed_round.pk]))
    assert list(DisclosureRead.objects.order_by("at").values_list("kind", flat=True)) == ["listed", "opened"]


def test_home_says_what_waits_and_lists_the_latest(listed_round, partner_person):
    page = partner_person.client.get(reverse("partner:home:index")).content.decode()
    assert "Be verified as an investor" in page
    assert "Lumen Pay" in page


def make(count, member, founder_startup):
    for _ in range(count):
        round = RoundFactory(listed=True)
        InterestFactory(round=round, organisation=member.organisation)
        InterestFactory(asked=True, round=RoundFactory(startup=founder_startup, status="closed"))
        InvestorProfileFactory()
        DisclosureFactory()


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("verified", "partner:home:index"),
        ("verified", "partner:rounds:index"),
        ("verified", "partner:interests:index"),
        ("founder", "my:rounds:index"),
        ("founder", "my:interests:index"),
        ("investment_manager", "staff:rounds:index"),
        ("investment_manager", "staff:interests:index"),
        ("investment_manager", "staff:investors:index"),
    ],
)
def test_lists_are_a_constant_number_of_queries(startup, founder, verified, who, name, request):
    member = request.getfixturevalue(who)
    make(1, verified, startup)
    one = queries_of(member.client, reverse(name))
    make(19, verified, startup)
    assert queries_of(member.client, reverse(name)) == one


def test_detail_of_a_round_is_a_constant_number_of_queries(listed_round, founder, investment_manager):
    pages = [
        (founder.client, reverse("my:rounds:detail", args=[listed_round.pk])),
        (investment_manager.client, reverse("staff:rounds:detail", args=[listed_round.pk])),
    ]
    InterestFactory(asked=True, round=listed_round)
    one = [queries_of(*page) for page in pages]
    for _ in range(19):
        InterestFactory(asked=True, round=listed_round)
    assert [queries_of(*page) for page in pages] == one
