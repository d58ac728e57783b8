"""The feed: in order of fan-out, one's own only, and nothing about what was taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import Organisation
from incubator.api.v1.events import resources
from incubator.lib.clock import now
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery
from incubator.outbox.models import Event
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure
from investments.interests import operations as interests
from tests.cast import Member
from tests.factories.api import ApiClient
from tests.factories.investors import InvestorProfileFactory
from tests.factories.notifications import WebhookEndpointFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import StartupFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(partner_person: Member, other_partner: Member) -> None:
    """Both partners watch the same round, and the events are fanned out."""
    round_ = RoundFactory(listed=True)
    for person in (partner_person, other_partner):
        InvestorProfileFactory(organisation=person.organisation, verified=True)
        interests.watch(round_, by=person.actor, at=now())


def fan_out_all() -> None:
    while fan_out():
        pass


def test_the_feed_tells_an_organisation_its_own_events(api: ApiClient, watched: None, partner_organisation: Organisation) -> None:
    assert api.get("events").json["data"] == []  # not fanned out yet: it has no place in the order
    fan_out_all()
    answer = api.get("events")
    check_answer(answer, "/api/v1/events", "get")
    (event,) = answer.json["data"]
    stored = Event.objects.get(kind="interests.watched", actor_organisation_id=partner_organisation.pk)
    assert event["id"] == str(stored.pk)
    assert event["resource"] == f"http://testserver/api/v1/interests/{stored.subject_id}"
    assert api.get(event["resource"].removeprefix("http://testserver")).status == 200
    assert api.get("events?type=interests.watched").json == answer.json
    assert api.get("events?type=rounds.listed").json["data"] == []
    assert_problem(api.get("events?type=A%20B"), 400, "invalid_parameter")


def test_an_event_about_what_was_taken_back_is_left_out(api: ApiClient, founder: Member, partner_organisation: Organisation) -> None:
    startup = StartupFactory(organisation=founder.organisation, profile="verified")
    disclosure = startups.disclose(startup, organisation=partner_organisation, level=2, by=founder.actor, at=now())
    fan_out_all()
    assert [one["type"] for one in api.get("events").json["data"]] == ["startups.disclosed"]
    startups.revoke(Disclosure.objects.get(pk=disclosure.pk), by=founder.actor, at=now())
    fan_out_all()
    [forget] = api.get("events").json["data"]  # what there was is left out; that it is to be forgotten is told
    assert forget["type"] == "startups.disclosure_revoked"
    assert forget["resource"].endswith(f"/api/v1/startups/{startup.pk}")


def test_events_older_than_thirty_days_are_gone(api: ApiClient, watched: None) -> None:
    fan_out_all()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE outbox_event SET at = %s", [now() - timedelta(days=31)])
        cursor.execute("ALTER TABLE outbox_event ENABLE TRIGGER USER")
    assert api.get("events").json["data"] == []


def test_the_feed_is_walked_by_position_with_constant_queries(api: ApiClient, partner_person: Member) -> None:
    InvestorProfileFactory(organisation=partner_person.organisation, verified=True)
    counts = []
    for number in (1, 8):
        for _ in range(number):
            interests.watch(RoundFactory(listed=True), by=partner_person.actor, at=now())
        fan_out_all()
        api.get("me")
        with CaptureQueriesContext(connection) as queries:
            api.get("events")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3
    ids = [row["id"] for row in api.pages("/api/v1/events?page_size=2")]
    assert [row["id"] for row in api.pages(f"/api/v1/events?page_size=2&after={ids[3]}")] == ids[4:]
    assert api.get(f"events?after={ids[-1]}").json["data"] == []
    assert len(api.pages("/api/v1/events?after=0197e0c2-d333-7a44-8f71-4c5d6e7f8a01")) == len(ids)
    assert_problem(api.get("events?after=x"), 400, "invalid_parameter")
    assert ids == [str(pk) for pk in Event.objects.filter(kind="interests.watched").order_by("position").values_list("pk", flat=True)]


def test_the_feed_tells_what_an_endpoint_has_not_received(api: ApiClient, partner_person: Member, other_partner: Member) -> None:
    """The procedure to catch up: with an endpoint that failed, one that works, and one that wanted nothing of it."""
    InvestorProfileFactory(organisation=partner_person.organisation, verified=True)
    missed, got, unwanted = (RoundFactory(listed=True) for _ in range(3))
    interests.watch(unwanted, by=partner_person.actor, at=now())
    fan_out_all()  # nobody listens yet
    for organisation in (partner_person.organisation, partner_person.organisation, other_partner.organisation):
        WebhookEndpointFactory(organisation=organisation, event_types=["interests.watched"])
    ids = [str(interests.watch(round_, by=partner_person.actor, at=now()).pk) for round_ in (missed, got)]
    fan_out_all()

    def found(success: str) -> list[str]:
        answer = api.get(f"events?type=interests.watched&delivery_success={success}")
        check_answer(answer, "/api/v1/events", "get")
        return [row["resource"].rpartition("/")[2] for row in answer.json["data"]]

    assert (found("false"), found("true")) == (ids, [])  # nothing was sent yet
    own = Delivery.objects.filter(endpoint__organisation=partner_person.organisation)
    own.update(state="sending")
    own.filter(event__subject_id=ids[1]).update(state="sent")
    half = own.filter(event__subject_id=ids[0])
    half.filter(pk=half.first().pk).update(state="sent")  # type: ignore[union-attr]
    half.exclude(state="sent").update(state="failed")
    assert (found("false"), found("true")) == ([ids[0]], [ids[1]])
    assert len(api.get("events?type=interests.watched").json["data"]) == 3
    assert_problem(api.get("events?delivery_success=no"), 400, "invalid_parameter")


def test_every_resource_of_an_event_is_an_address_of_this_api() -> None:
    from django.urls import resolve

    for kind, resource in resources().items():
        assert resource.count("{") == 1, kind
        if "/things/" not in resource:  # the tests' own
            assert resolve(resource.replace("{startup_id}", "{id}").replace("{id}", "0197e0c2-d333-7a44-8f71-4c5d6e7f8a01")).url_name, kind
