"""The founder's page «Who sees what»."""

import pytest
from django.urls import reverse

from incubator.lib.clock import now
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, Startup
from tests.factories.accounts import OrganisationFactory
from tests.factories.startups import DisclosureFactory, DocumentFactory, StartupFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PAGE = "my:startups:disclosures"


@pytest.fixture
def startup(startup_organisation):
    return StartupFactory(organisation=startup_organisation, profile="verified", name="Lumen Pay")


def test_page_names_who_looked_by_day_and_person(startup, founder, partner_person):
    startups.disclose(startup, organisation=partner_person.organisation, level=3, by=founder.actor, at=now())
    partner_person.client.get(reverse("partner:startups:index"))
    partner_person.client.get(reverse("partner:startups:detail", args=[startup.pk]))
    page = founder.client.get(reverse(PAGE)).content.decode()
    assert "Meridian Technologies" in page
    assert "Opened the profile" in page
    assert "Pia Partner" in page
    assert "Saw it in a list" in page


def test_visibility_saved_by_the_founder_holds_for_partners(startup, founder, partner_person):
    answer = founder.client.post(reverse("my:startups:visibility"), {"visibility": "partners", "level": "1"})
    assert answer.status_code == 302
    assert Startup.objects.disclosed_to(partner_person.actor).get().level == 1
    founder.client.post(reverse("my:startups:visibility"), {"visibility": "private", "level": "1"})
    assert not Startup.objects.disclosed_to(partner_person.actor).exists()


@pytest.mark.parametrize("data", [{"visibility": "public", "level": "3"}, {"visibility": "everybody", "level": "1"}, {"visibility": "partners"}])
def test_visibility_with_bad_input_is_shown_on_the_form(startup, founder, data):
    answer = founder.client.post(reverse("my:startups:visibility"), data)
    assert answer.status_code == 422
    assert not Disclosure.objects.exists()


def test_public_before_verification_says_what_to_do(startup_organisation, founder):
    StartupFactory(organisation=startup_organisation)
    answer = founder.client.post(reverse("my:startups:visibility"), {"visibility": "public", "level": "1"})
    assert answer.status_code == 422
    assert "Send the profile for verification first" in answer.content.decode()


def test_disclose_change_and_take_back(startup, founder, partner_person):
    document = DocumentFactory(startup=startup, title="Deck")
    founder.client.post(reverse("my:startups:disclose"), {"organisation": partner_person.organisation.pk, "level": "3", "documents": [document.pk]})
    row = Disclosure.objects.get()
    assert (row.level, list(row.documents.all())) == (3, [document])
    founder.client.post(reverse("my:startups:change-disclosure", args=[row.pk]), {"level": "1", "expires_on": "2099-01-31"})
    row.refresh_from_db()
    assert (row.level, row.expires_at.isoformat()) == (1, "2099-01-31T16:00:00+00:00")
    assert "2099-01-31" in founder.client.get(reverse("my:startups:change-disclosure", args=[row.pk])).content.decode()
    take_back = reverse("my:startups:take-back", args=[row.pk])
    assert "at once" in founder.client.get(take_back).content.decode()
    founder.client.post(take_back)
    assert not Disclosure.objects.live().exists()
    assert founder.client.get(take_back).status_code == 404


def test_only_open_partners_and_investors_are_offered(startup, founder, partner_person, ended_partner, stranger, investor_person):
    page = founder.client.get(reverse("my:startups:disclose")).content.decode()
    assert partner_person.organisation.name in page
    assert investor_person.organisation.name in page
    assert ended_partner.organisation.name not in page
    assert stranger.organisation.name not in page


@pytest.mark.parametrize("name", ["visibility", "disclose"])
def test_teammate_reads_but_does_not_decide(startup, teammate, name):
    assert teammate.client.get(reverse(PAGE)).status_code == 200
    assert teammate.client.post(reverse(f"my:startups:{name}"), {"visibility": "partners", "level": "1"}).status_code == 404
    assert not Disclosure.objects.exists()


def test_foreign_disclosure_answers_as_one_that_does_not_exist(startup, founder, stranger):
    StartupFactory(organisation=stranger.organisation)
    row = DisclosureFactory(startup=startup)
    for name in ("take-back", "change-disclosure"):
        foreign = stranger.client.post(reverse(f"my:startups:{name}", args=[row.pk]))
        missing = stranger.client.post(reverse(f"my:startups:{name}", args=[startup.pk]))
        assert (foreign.status_code, missing.status_code) == (404, 404)
    row.refresh_from_db()
    assert row.status == "active"


@pytest.mark.parametrize(("level", "shown"), [(1, False), (2, False), (3, True)])
def test_preview_shows_what_the_level_shows(startup, founder, level, shown):
    Startup.objects.filter(pk=startup.pk).update(traction="Three paying merchants")
    page = founder.client.get(reverse("my:startups:preview", args=[level])).content.decode()
    assert ("Three paying merchants" in page) is shown


def test_preview_of_no_level_is_not_found(startup, founder):
    assert founder.client.get(reverse("my:startups:preview", args=[4])).status_code == 404


def test_page_is_a_constant_number_of_queries(startup, founder):
    def show(count):
        for _ in range(count):
            row = DisclosureFactory(startup=startup, audience="organisation", organisation=OrganisationFactory(kind="partner"), level=3)
            row.documents.set([DocumentFactory(startup=startup)])

    show(1)
    one = queries_of(founder.client, reverse(PAGE))
    show(19)
    assert queries_of(founder.client, reverse(PAGE)) == one
