"""Startups in the partner portal."""

from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incubator.files import operations as files
from incubator.lib.clock import now
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, DisclosureRead
from tests.factories.startups import AreaFactory, DisclosureFactory, DocumentFactory, StartupFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
LIST = "partner:startups:index"


@pytest.fixture
def startup(startup_organisation):
    return StartupFactory(organisation=startup_organisation, profile="verified", name="Lumen Pay", traction="Canary traction", expertise_wanted=["cloud"])


def pdf() -> bytes:
    made, written = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.save(written)
    return written.getvalue()


def test_list_shows_those_disclosed_and_nothing_else(startup, founder, partner_person, other_partner):
    startups.disclose(startup, organisation=partner_person.organisation, level=2, by=founder.actor, at=now())
    assert "Lumen Pay" in partner_person.client.get(reverse(LIST)).content.decode()
    assert "Lumen Pay" not in other_partner.client.get(reverse(LIST)).content.decode()
    assert DisclosureRead.objects.get().organisation == partner_person.organisation


def test_taking_back_ends_list_detail_and_file_at_once(startup, founder, partner_person, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    deck = pdf()
    stored = files.store(SimpleUploadedFile("deck.pdf", deck, "application/pdf"), by=founder.actor, at=now())
    document = DocumentFactory(startup=startup, file=stored)
    row = startups.disclose(startup, organisation=partner_person.organisation, level=3, documents=[document], by=founder.actor, at=now())
    pages = [reverse("partner:startups:detail", args=[startup.pk]), reverse("partner:startups:document", args=[startup.pk, document.pk])]
    assert partner_person.client.get(pages[0]).status_code == 200
    answer = partner_person.client.get(pages[1])
    assert b"".join(answer.streaming_content) == deck
    assert "attachment" in answer["Content-Disposition"]
    assert DisclosureRead.objects.filter(kind="file").count() == 1
    startups.revoke(row, by=founder.actor, at=now())
    for page in pages:
        assert partner_person.client.get(page).status_code == 404
    assert "Lumen Pay" not in partner_person.client.get(reverse(LIST)).content.decode()


def test_detail_below_full_hides_what_it_should(startup, founder, partner_person):
    startups.disclose(startup, organisation=partner_person.organisation, level=2, by=founder.actor, at=now())
    assert "Canary traction" not in partner_person.client.get(reverse("partner:startups:detail", args=[startup.pk])).content.decode()


def test_document_not_chosen_is_not_found(startup, founder, partner_person):
    chosen, other = DocumentFactory(startup=startup), DocumentFactory(startup=startup, title="Hidden figures")
    startups.disclose(startup, organisation=partner_person.organisation, level=3, documents=[chosen], by=founder.actor, at=now())
    assert "Hidden figures" not in partner_person.client.get(reverse("partner:startups:detail", args=[startup.pk])).content.decode()
    assert partner_person.client.get(reverse("partner:startups:document", args=[startup.pk, other.pk])).status_code == 404


def test_foreign_startup_answers_exactly_as_one_that_does_not_exist(startup, other_partner, partner_person):
    DisclosureFactory(startup=startup, audience="organisation", organisation=partner_person.organisation)
    foreign, missing = (other_partner.client.get(reverse("partner:startups:detail", args=[pk])) for pk in (startup.pk, other_partner.user.pk))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    bodies = [one.content.decode().replace(one.headers.get("X-Request-ID", "-"), "") for one in (foreign, missing)]
    assert "Lumen" not in bodies[0]
    assert len(bodies[0]) == len(bodies[1])
    assert not DisclosureRead.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("focus=fintech", True),
        ("focus=ai", False),
        ("stage=idea", True),
        ("stage=scaling", False),
        ("expertise=cloud", True),
        ("q=Lumen", True),
        ("q=zebra", False),
    ],
)
def test_filters(startup, partner_person, query, found):
    for slug, kind in (("fintech", "focus"), ("ai", "focus"), ("cloud", "expertise")):
        AreaFactory(slug=slug, name=slug.title(), kind=kind)
    DisclosureFactory(startup=startup, level=2)
    assert ("Lumen Pay" in partner_person.client.get(f"{reverse(LIST)}?{query}").content.decode()) is found


def test_expertise_filter_does_not_tell_what_a_teaser_hides(startup, partner_person):
    AreaFactory(slug="cloud", name="Cloud", kind="expertise")
    DisclosureFactory(startup=startup, level=1)
    assert "Lumen Pay" not in partner_person.client.get(f"{reverse(LIST)}?expertise=cloud").content.decode()


def test_list_pages_without_repeats(partner_person):
    for _ in range(30):
        DisclosureFactory(level=2, audience=Disclosure.Audience.PARTNERS)
    first = partner_person.client.get(reverse(LIST))
    second = partner_person.client.get(reverse(LIST), {"after": first.context["page"].next})
    seen = [one["id"] for answer in (first, second) for one in answer.context["rows"]]
    assert len(seen) == len(set(seen)) == 30


def test_list_is_a_constant_number_of_queries(partner_person):
    DisclosureFactory(level=2)
    one = queries_of(partner_person.client, reverse(LIST))
    DisclosureFactory.create_batch(19, level=2)
    assert queries_of(partner_person.client, reverse(LIST)) == one


@pytest.mark.parametrize("who", ["founder", "officer", "stranger", "reviewer", "investment_manager"])
def test_portal_is_not_there_for_others(who, request):
    assert request.getfixturevalue(who).client.get(reverse(LIST)).status_code in (302, 404)
