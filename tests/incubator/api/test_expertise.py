"""Offerings, support requests and sessions, as a partner's system keeps them with park and startup on the other sides."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import Organisation
from incubator.lib.clock import now
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure
from programmes.expertise import operations as expertise
from programmes.expertise.models import AccessCode, Offering, Session, SupportRequest
from tests.cast import Member
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.factories.expertise import OfferingFactory, SessionFactory, SupportRequestFactory
from tests.factories.notifications import WebhookEndpointFactory
from tests.factories.startups import AreaFactory, DisclosureFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db
TERMS = {"title": "Key review", "area": "data-security", "kind": "security_review", "capacity": 8, "description": "We look at how you keep your keys."}


@pytest.fixture
def offering(partner_organisation: Organisation) -> Offering:
    return OfferingFactory(organisation=partner_organisation)


@pytest.fixture
def offered(offering: Offering) -> SupportRequest:
    return SupportRequestFactory(offering=offering, offered=True, need="The founder's own words", startup__name="Lumen Pay")


def step(api: ApiClient, resource: str, pk: object, verb: str, body: object = None, *, match: str = "") -> Answer:
    path = f"/api/v1/{resource}/{pk}"
    answer = api.post(f"{path}/{verb}", body, **{"If-Match": match or api.get(path).headers["ETag"]})
    check_answer(answer, f"/api/v1/{resource}/{{id}}/{verb}", "post")
    return answer


def test_an_offering_is_drafted_changed_sent_paused_and_put_up_again(api: ApiClient, partner_organisation: Organisation, partnership_manager: Member) -> None:
    AreaFactory(kind="expertise", slug="data-security", name="Data security")
    made = api.post("offerings", TERMS)
    check_answer(made, "/api/v1/offerings", "post")
    assert (made.status, made.json["state"], made.json["allowed"]) == (201, "draft", ["submit", "retire"])
    pk = made.json["id"]
    assert made.headers["Location"] == f"/api/v1/offerings/{pk}"
    changed = api.call("PATCH", f"offerings/{pk}", {"title": "Review of keys"}, headers={"Idempotency-Key": "k", "If-Match": made.headers["ETag"]})
    assert (changed.status, changed.json["title"]) == (200, "Review of keys")
    assert step(api, "offerings", pk, "submit").json["allowed"] == []
    expertise.publish(Offering.objects.get(), by=partnership_manager.actor, at=now())
    assert step(api, "offerings", pk, "pause").json["allowed"] == ["resume", "retire"]
    assert step(api, "offerings", pk, "resume").json["state"] == "published"
    fixed = api.call("PATCH", f"offerings/{pk}", {"title": "Else"}, headers={"Idempotency-Key": "l", "If-Match": api.get(f"offerings/{pk}").headers["ETag"]})
    assert_problem(fixed, 409, "approved_already")
    assert step(api, "offerings", pk, "retire").json["allowed"] == []
    assert [one["id"] for one in api.get("offerings?state=retired&area=data-security&kind=security_review").json["data"]] == [pk]
    wrong = api.post("offerings", {**TERMS, "area": "astrology"})
    assert (wrong.status, wrong.json["errors"][0]["pointer"]) == (422, "/area")


def test_investors_do_not_offer(investor_person: Member) -> None:
    client = ApiClient(ApiKeyFactory(organisation=investor_person.organisation))
    assert_problem(client.post("offerings", TERMS), 403, "not_allowed")
    assert client.get("offerings").json["data"] == []


def test_a_request_from_the_offer_to_the_delivery(api: ApiClient, offered: SupportRequest) -> None:
    endpoint = WebhookEndpointFactory(organisation=offered.offering.organisation)
    SupportRequestFactory(offering=offered.offering)  # the park has it still
    listed = api.get("support-requests")
    check_answer(listed, "/api/v1/support-requests", "get")
    (shown,) = listed.json["data"]
    assert (shown["startup"], shown["allowed"], shown["need"]) == (None, ["accept", "decline"], offered.brief)
    assert "own words" not in listed.raw.decode()
    pk = shown["id"]
    accepted = step(api, "support-requests", pk, "accept")
    assert (accepted.json["startup"]["name"], accepted.json["allowed"]) == ("Lumen Pay", ["schedule"])
    whole = api.get(f"support-requests/{pk}?expand=startup,offering").json
    assert (whole["startup"]["level"], whole["offering"]["state"]) == ("summary", "published")
    when = (now() + timedelta(days=1)).isoformat()
    planned = step(api, "support-requests", pk, "schedule", {"starts_at": when, "place": "Room 4", "people": "Mira"})
    assert planned.json["state"] == "scheduled"
    (session,) = api.get(f"sessions?request={pk}").json["data"]
    early = step(api, "sessions", session["id"], "log", {"hours": "1.5"})
    assert_problem(early, 409, "yet_to_come")
    Session.objects.update(starts_at=now() - timedelta(hours=2))
    logged = step(api, "sessions", session["id"], "log", {"hours": "1.5", "note": "Read the design."})
    assert (logged.json["state"], logged.json["hours"], logged.json["allowed"]) == ("held", "1.50", [])
    done = step(api, "support-requests", pk, "deliver", {"result": "A list of nine findings."})
    assert (done.json["state"], done.json["allowed"]) == ("delivered", [])
    assert_problem(step(api, "support-requests", pk, "accept"), 409, "illegal_transition")
    expertise.close(SupportRequest.objects.get(pk=pk), rating=4, words="Clear.", by=founder_of(offered), at=now())
    end = api.get(f"support-requests/{pk}").json
    assert (end["rating"], end["rating_words"], end["startup"]) == (4, "Clear.", None)
    while fan_out():
        pass
    kinds = set(Delivery.objects.filter(endpoint=endpoint).values_list("kind", flat=True))
    assert {"expertise.request_closed"} <= kinds
    for event in api.get("events").json["data"]:
        if event["type"].startswith("expertise."):
            assert api.get(event["resource"].removeprefix("http://testserver")).status == 200, event


def founder_of(asked: SupportRequest) -> Any:
    from tests.cast import join

    return join(asked.startup.organisation, "founder", name="Fay Lumen").actor


def test_who_asks_is_not_told_before_the_acceptance_even_of_a_startup_that_all_partners_see(api: ApiClient, offered: SupportRequest) -> None:
    DisclosureFactory(startup=offered.startup)
    assert api.get(f"support-requests/{offered.pk}").json["startup"] is None
    assert api.get("support-requests?expand=startup").json["data"][0]["startup"] is None
    assert step(api, "support-requests", offered.pk, "accept").json["startup"]["id"] == str(offered.startup_id)


def test_what_the_founder_takes_back_changes_the_tag(api: ApiClient, offered: SupportRequest) -> None:
    tag = step(api, "support-requests", offered.pk, "accept").headers["ETag"]
    startups.revoke(Disclosure.objects.get(), by=founder_of(offered), at=now())
    shown = api.get(f"support-requests/{offered.pk}", **{"If-None-Match": tag})
    assert (shown.status, shown.json["startup"]) == (200, None)
    stale = step(api, "support-requests", offered.pk, "schedule", {"starts_at": "2030-01-01T00:00:00Z", "place": "Room 4", "people": "Mira"}, match=tag)
    assert_problem(stale, 412, "stale_etag")


def test_capacity_and_what_was_withdrawn(api: ApiClient, offered: SupportRequest) -> None:
    Offering.objects.update(capacity=3)
    assert_problem(step(api, "support-requests", offered.pk, "accept"), 409, "no_capacity")
    expertise.withdraw(offered, by=founder_of(offered), at=now())
    shown = api.get(f"support-requests/{offered.pk}").json
    assert (shown["state"], shown["need"], shown["outcome"], shown["allowed"]) == ("withdrawn", "", "", [])


def test_a_code_is_given_and_never_shown(api: ApiClient, partner_organisation: Organisation) -> None:
    asked = SupportRequestFactory(offering__organisation=partner_organisation, offering__kind="credits", accepted=True, amount=1)
    assert api.get(f"support-requests/{asked.pk}").json["allowed"] == ["issue"]
    given = step(api, "support-requests", asked.pk, "issue", {"code": "CLOUD-1234", "note": "Under Billing."})
    assert (given.status, given.json["allowed"]) == (200, ["deliver"])
    assert "CLOUD-1234" not in given.raw.decode() + api.get("events").raw.decode()
    assert AccessCode.objects.count() == 1


def test_sessions_end_without_hours(api: ApiClient, offering: Offering) -> None:
    asked = SupportRequestFactory(offering=offering, accepted=True, status="scheduled")
    missed, off = (SessionFactory(request=asked, starts_at=now() - timedelta(hours=1)) for _ in range(2))
    assert step(api, "sessions", missed.pk, "no-show", {"note": "We waited."}).json["state"] == "no_show"
    assert step(api, "sessions", off.pk, "cancel").json["state"] == "cancelled"
    assert [one["hours"] for one in api.get("sessions?state=no_show,cancelled").json["data"]] == [None, None]


@pytest.mark.parametrize("path", ["offerings", "support-requests", "sessions"])
def test_twenty_take_as_many_queries_as_one(api: ApiClient, partner_organisation: Organisation, path: str) -> None:
    api.get("me")
    counts = []
    for number in (1, 19):
        for _ in range(number):
            SessionFactory(request=SupportRequestFactory(offering__organisation=partner_organisation, accepted=True, status="scheduled"))
        with CaptureQueriesContext(connection) as queries:
            answer = api.get(path)
        counts.append(len(queries))
    assert len(answer.json["data"]) == 20
    assert counts == [1, 1]
