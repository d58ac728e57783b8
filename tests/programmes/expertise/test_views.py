"""The pages of three sides: from an offering's draft to a startup's rating, and what each list costs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incubator.lib.clock import now
from incubator.outbox.models import Event
from programmes.expertise.models import Offering, Session, SupportRequest
from tests.factories.expertise import OfferingFactory, SessionFactory, SupportRequestFactory
from tests.factories.startups import DisclosureFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


def body(member, name, *args):
    answer = member.client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def post(member, name, *args, status=302, **data):
    answer = member.client.post(reverse(name, args=args), data)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:2000])
    return answer


TERMS = {"title": "Cloud clinic", "area": "cloud", "kind": "advisory_hours", "serves": "both", "capacity": "12", "lead_days": "3"}
NEED = {"need": "We do not know whether our token vault is safe.", "outcome": "A list of what to mend.", "confidentiality": "confidential", "level": "2"}


def test_whole_way_through_the_pages(startup, founder, officer, partnership_manager, partner_person):
    DisclosureFactory(startup=startup)  # shows itself to all partners, and yet asks without its name
    assert "No offerings here" in body(partner_person, "partner:expertise:offerings")
    post(partner_person, "partner:expertise:create", status=422, **TERMS)
    post(partner_person, "partner:expertise:create", **TERMS, description="Two architects look at what you run and what it costs.")
    row = Offering.objects.get()
    assert "Send for approval" in body(partner_person, "partner:expertise:offering", row.pk)
    post(partner_person, "partner:expertise:edit", row.pk, **TERMS, description="Two architects look at what you run, and what it costs.")
    post(partner_person, "partner:expertise:offering-step", row.pk, "submit")
    assert "Publish" in body(partnership_manager, "staff:expertise:offering", row.pk)
    post(partnership_manager, "staff:expertise:offering-step", row.pk, "publish")
    assert 'name="title"' not in body(partner_person, "partner:expertise:edit", row.pk)
    assert "Has 12 of 12 hours free this month" in body(founder, "my:expertise:index")
    post(founder, "my:expertise:ask", row.pk, status=422, **NEED, amount="")
    post(founder, "my:expertise:ask", row.pk, **NEED, amount="4")
    asked = SupportRequest.objects.get()
    post(founder, "my:expertise:edit", asked.pk, **NEED, amount="3")
    post(founder, "my:expertise:send", asked.pk, status=422)
    post(founder, "my:expertise:send", asked.pk, consent="on")
    assert "token vault" in body(officer, "staff:expertise:step", asked.pk, "triage")
    post(officer, "staff:expertise:step", asked.pk, "triage", brief="A startup wants its design looked at.", amount="3", confidentiality="open")
    post(officer, "staff:expertise:step", asked.pk, "offer")
    shown = body(partner_person, "partner:expertise:request", asked.pk)
    assert "A startup wants its design looked at." in shown
    assert "token vault" not in shown
    assert "Lumen Pay" not in shown + body(partner_person, "partner:expertise:requests")
    post(partner_person, "partner:expertise:step", asked.pk, "accept")
    assert "Lumen Pay" in body(partner_person, "partner:expertise:request", asked.pk)
    when = timezone.localtime(now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    plan = {"starts_at": when, "minutes": "90", "place": "Meeting room 4", "people": "Mira Okafor"}
    post(partner_person, "partner:expertise:schedule", asked.pk, **plan)
    session = Session.objects.get()
    post(partner_person, "partner:expertise:move", session.pk, **{**plan, "place": "Demo theatre"})
    assert "Demo theatre" in body(founder, "my:expertise:request", asked.pk)
    Session.objects.update(starts_at=now() - timedelta(hours=2))
    post(partner_person, "partner:expertise:session-step", session.pk, "log", status=422, hours="25", note="")
    post(partner_person, "partner:expertise:session-step", session.pk, "log", hours="1.5", note="Read the design.")
    post(partner_person, "partner:expertise:step", asked.pk, "deliver", result="A list of nine findings.")
    assert "Confirm and rate" in body(founder, "my:expertise:request", asked.pk)
    post(founder, "my:expertise:step", asked.pk, "close", status=422, words="")
    post(founder, "my:expertise:step", asked.pk, "close", rating="5", words="Clear and quick.")
    assert "Clear and quick." in body(partner_person, "partner:expertise:request", asked.pk)
    assert "Clear and quick." in body(officer, "staff:expertise:request", asked.pk)
    assert "5.0 of 5 from 1 request" in body(founder, "my:expertise:offering", row.pk)
    history = body(founder, "my:expertise:request", asked.pk)
    assert history.count("The park") >= 2
    assert "Meridian Technologies</strong> delivered" in history
    assert "The startup</strong> closed the request" in body(partner_person, "partner:expertise:request", asked.pk)
    assert "Olga" not in history


def test_the_catalogue_says_why_something_fits_and_finds_what_one_looks_for(startup, founder, offering, partner_organisation):
    SupportRequestFactory(offering=offering, accepted=True, amount=4)
    OfferingFactory(title="Cloud bill check", area="cloud", organisation=partner_organisation, serves="park_companies")
    OfferingFactory(title="Paused thing", status="paused")
    page = body(founder, "my:expertise:index")
    assert "You asked for help with Data security" in page
    assert page.count("Has 6 of 10 hours free this month") == 2, "suggested, and in the list"
    assert "This is for others: Park companies." in page
    assert "Paused thing" not in page
    index = reverse("my:expertise:index")
    for query, found in (
        ("q=bill", "Cloud bill check"),
        ("area=cloud", "Cloud bill check"),
        (f"partner={partner_organisation.pk}", "Security clinic"),
        ("free=yes", "Security clinic"),
    ):
        answer = founder.client.get(f"{index}?{query}").content.decode()
        assert found in answer, query
    assert "Nothing fits this search" in founder.client.get(f"{index}?type=credits").content.decode()
    assert "Nothing fits this search" in founder.client.get(f"{index}?partner=nobody").content.decode()
    SupportRequestFactory(offering=offering, accepted=True, amount=6)
    assert "Fits what you look for" not in body(founder, "my:expertise:index")


def test_a_code_is_shown_behind_a_click(startup, founder, teammate, partner_person, offering):
    Offering.objects.filter(pk=offering.pk).update(kind="credits")
    asked = SupportRequestFactory(startup=startup, offering=Offering.objects.get(), accepted=True, amount=1)
    assert "amount" not in body(founder, "my:expertise:ask", offering.pk)
    assert founder.client.get(reverse("my:expertise:code", args=[asked.pk])).status_code == 404
    post(partner_person, "partner:expertise:step", asked.pk, "issue", code="CLOUD-1234", note="Under Billing.")
    assert "CLOUD-1234" not in body(partner_person, "partner:expertise:request", asked.pk)
    assert "CLOUD-1234" not in body(founder, "my:expertise:request", asked.pk) + body(founder, "my:expertise:code", asked.pk)
    assert teammate.client.get(reverse("my:expertise:code", args=[asked.pk])).status_code == 404
    shown = post(founder, "my:expertise:code", asked.pk, status=200)
    assert "CLOUD-1234" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert Event.objects.filter(kind="expertise.code_shown").count() == 1


def test_investors_have_no_offerings_to_keep(investor_person):
    for name in ("offerings", "requests", "create"):
        assert investor_person.client.get(reverse(f"partner:expertise:{name}")).status_code == 404


LISTS = (
    ("my:expertise:index", "founder"), ("my:expertise:requests", "founder"), ("partner:expertise:offerings", "partner_person"),
    ("partner:expertise:requests", "partner_person"), ("staff:expertise:offerings", "officer"), ("staff:expertise:requests", "officer"),
)  # fmt: skip


def test_lists_and_pages_take_as_many_queries_for_twenty_rows_as_for_one(startup, offering, partner_organisation, request):
    asked = SupportRequestFactory(startup=startup, offering=offering, accepted=True)
    SessionFactory(request=asked)
    members = {who: request.getfixturevalue(who) for who in ("founder", "partner_person", "officer")}
    details = [("my:expertise:request", "founder"), ("partner:expertise:request", "partner_person"), ("staff:expertise:request", "officer")]
    paths = [(reverse(name), who) for name, who in LISTS] + [(reverse(name, args=[asked.pk]), who) for name, who in details]
    before = {path: queries_of(members[who].client, path) for path, who in paths}
    for _ in range(19):
        one = OfferingFactory(organisation=partner_organisation)
        SupportRequestFactory(startup=startup, offering=one, accepted=True)
        SessionFactory(request=asked)
    after = {path: queries_of(members[who].client, path) for path, who in paths}
    assert after == before
