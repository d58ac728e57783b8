"""The public pages: what anybody sees, what nobody outside sees, and at a constant number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incubator.lib.clock import now
from incubator.startups.models import Disclosure
from tests.factories.accounts import OrganisationFactory
from tests.factories.catalogue import IntakeFactory, ProgrammeFactory, RubricFactory
from tests.factories.forms import FormVersionFactory, QuestionFactory
from tests.factories.startups import AreaFactory, DisclosureFactory, StartupFactory

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


def test_front_page_of_an_empty_park_says_what_would_be_there(client: Client):
    page = client.get("/")
    assert page.status_code == 200
    assert "No call is open or announced today" in text(page)


def test_front_page_shows_the_call_that_closes_first(client: Client):
    IntakeFactory(programme__title="Closes later", opens_at=now() - timedelta(days=1))
    IntakeFactory(programme__title="Closes first", opens_at=now() - timedelta(days=28))
    IntakeFactory(programme__title="Secret", draft=True, programme__status="draft")
    page = text(client.get("/"))
    assert page.index("Closes first") < page.index("Closes later")
    assert "HKT" in page
    assert "Secret" not in page


def make(count: int) -> None:
    for _number in range(count):
        IntakeFactory()
        IntakeFactory(scheduled=True)
        startup = StartupFactory()
        DisclosureFactory(startup=startup, audience=Disclosure.Audience.PUBLIC)


@pytest.mark.parametrize(
    "path", ["/", "/programmes/", "/programmes/?q=bank&focus=fintech&call=open", "/calls/", "/calls/feed.atom", "/startups/", "/partners/", "/sitemap.xml"]
)
def test_public_lists_cost_the_same_for_one_and_for_many(client: Client, path: str):
    AreaFactory()
    make(1)
    with CaptureQueriesContext(connection) as one:
        assert client.get(path).status_code == 200
    make(19)
    with CaptureQueriesContext(connection) as many:
        assert client.get(path).status_code == 200
    assert len(many) == len(one) <= 9


def test_programmes_can_be_searched_and_filtered(client: Client):
    AreaFactory(slug="robotics", name="Robotics")
    ProgrammeFactory(title="Arena", focus_areas=["robotics"])
    IntakeFactory(programme__title="Wallets")
    assert "Arena" in text(client.get("/programmes/?focus=robotics"))
    assert "Wallets" not in text(client.get("/programmes/?focus=robotics"))
    assert "Arena" not in text(client.get("/programmes/?call=open"))
    assert "Wallets" in text(client.get("/programmes/?call=open"))
    assert "No programme fits" in text(client.get("/programmes/?q=nothing+like+that"))
    assert client.get("/programmes/?focus=unknown").status_code == 200


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_programme_that_is_not_public_is_not_there(client: Client, status: str):
    programme = ProgrammeFactory(status=status)
    assert client.get(f"/programmes/{programme.slug}/").status_code == 404
    assert programme.title not in text(client.get("/programmes/"))


def test_programme_page_says_who_what_how_and_when(client: Client, founder):
    form = FormVersionFactory(sections=[{"key": "team", "title": "Your team", "help": ""}, {"key": "empty", "title": "Unused", "help": ""}])
    QuestionFactory(form_version=form, section="team", label="Who builds it?", kind="long_text", max_length=900)
    intake = IntakeFactory(form_version=form, rubric=RubricFactory(weights=(65, 35)), rules=1, reviews_per_application=3)
    address = f"/programmes/{intake.programme.slug}/"
    page = text(client.get(address))
    for words in ("Incorporated in Hong Kong", "Who builds it?", "up to 900 characters", "65 %", "3 reviewers score", "HKT", "Create an account to apply"):
        assert words in page
    assert "Unused" not in page
    assert "<strong>payment systems</strong>" in page, "the description is Markdown"
    assert "%23apply" in page, "signing in leads back to the call"
    assert "Create an account to apply" not in text(founder.client.get(address))


def test_programme_page_of_closed_announced_and_paused(client: Client):
    closed = IntakeFactory(closed=True)
    page = text(client.get(f"/programmes/{closed.programme.slug}/"))
    assert "No call at present" in page
    assert closed.title in page
    announced = IntakeFactory(scheduled=True)
    assert "Opens soon" in text(client.get(f"/programmes/{announced.programme.slug}/"))
    assert "Paused" in text(client.get(f"/programmes/{ProgrammeFactory(status='paused').slug}/"))


def test_programme_page_costs_the_same_whatever_its_form_and_calls(client: Client):
    def page_queries(questions: int) -> int:
        form = FormVersionFactory()
        for _number in range(questions):
            QuestionFactory(form_version=form)
        programme = IntakeFactory(form_version=form, rules=questions, rubric=RubricFactory(weights=(1,) * questions)).programme
        for _number in range(questions):
            IntakeFactory(programme=programme, closed=True)
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/programmes/{programme.slug}/").status_code == 200
        return len(found)

    assert page_queries(1) == page_queries(20) <= 9


def test_markdown_of_staff_cannot_run_scripts(client: Client):
    programme = ProgrammeFactory(description="<script>alert(1)</script> [x](javascript:alert(1)) **bold**")
    page = text(client.get(f"/programmes/{programme.slug}/"))
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<strong>bold</strong>" in page


def test_portfolio_shows_public_startups_only_and_at_their_level(client: Client):
    AreaFactory()
    teaser = StartupFactory(name="Quiet Works", is_stealth=True, alias="Project Heron", abstract="The whole secret plan.")
    DisclosureFactory(startup=teaser, audience=Disclosure.Audience.PUBLIC, level=Disclosure.Level.TEASER)
    full = StartupFactory(name="Loud Works", traction="Nine paying shops.")
    DisclosureFactory(startup=full, audience=Disclosure.Audience.PUBLIC, level=Disclosure.Level.FULL)
    private = StartupFactory(name="Private Works")
    partners_only = StartupFactory(name="Partner Works")
    DisclosureFactory(startup=partners_only)
    page = text(client.get("/startups/"))
    assert "Project Heron" in page
    assert "Loud Works" in page
    for hidden in ("Quiet Works", "Private Works", "Partner Works"):
        assert hidden not in page
    detail = text(client.get(f"/startups/{teaser.pk}/"))
    assert "Project Heron" in detail
    assert "secret plan" not in detail
    assert "Quiet Works" not in detail
    assert "Nine paying shops." in text(client.get(f"/startups/{full.pk}/"))
    for hidden in (private, partners_only):
        assert client.get(f"/startups/{hidden.pk}/").status_code == 404
    assert "Project Heron" not in text(client.get("/startups/?q=secret")), "what is hidden cannot be searched for"
    assert client.get("/startups/?after=forged").status_code == 400


def test_portfolio_is_paged(client: Client):
    for _number in range(25):
        DisclosureFactory(startup=StartupFactory(), audience=Disclosure.Audience.PUBLIC)
    first = client.get("/startups/")
    assert len(first.context["cards"]) == 24
    second = client.get("/startups/", {"after": first.context["page"].next})
    assert len(second.context["cards"]) == 1


def test_partners_page_lists_the_active(client: Client):
    from incubator.partners.models import Partner

    at = now()
    AreaFactory(kind="expertise", slug="cloud", name="Cloud computing")
    for name, status in (("Meridian", "active"), ("Prospector", "prospect")):
        organisation = OrganisationFactory(kind="partner", name=name)
        Partner.objects.create(organisation=organisation, status=status, expertise_areas=["cloud"], created_at=at, updated_at=at)
    page = text(client.get("/partners/"))
    assert "Meridian" in page
    assert "Cloud computing" in page
    assert "Prospector" not in page


def test_feed_robots_and_sitemap(client: Client):
    intake = IntakeFactory()
    ProgrammeFactory(slug="still-a-secret", status="draft")
    feed = client.get("/calls/feed.atom")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert intake.title in text(feed)
    assert "Disallow: /staff/" in text(client.get("/robots.txt"))
    sitemap = text(client.get("/sitemap.xml"))
    assert f"http://testserver/programmes/{intake.programme.slug}/" in sitemap
    assert "still-a-secret" not in sitemap
