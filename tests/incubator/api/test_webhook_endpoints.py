"""Webhook endpoints through the API: made, changed, exchanged and removed as in the portal, the secret shown once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks.webhooks import Webhook

from incubator.accounts.models import Organisation
from incubator.lib.clock import now
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, WebhookEndpoint
from incubator.notifications.signing import secrets_of
from incubator.outbox.models import Event
from incubator.partners.models import Partner
from tests.factories.api import Answer, ApiClient
from tests.factories.notifications import DeliveryFactory, WebhookEndpointFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem
from tests.receivers import Receiver, receiving

pytestmark = pytest.mark.django_db
LIST = "/api/v1/webhook-endpoints"
GIVEN = {"name": "Import", "url": "https://hooks.example.com/in"}


@pytest.fixture(autouse=True)
def partner(partner_organisation: Organisation) -> Partner:
    at = now()
    return Partner.objects.create(organisation=partner_organisation, webhook_domains=["example.com"], status="active", created_at=at, updated_at=at)


@pytest.fixture
def endpoint(partner_organisation: Organisation) -> WebhookEndpoint:
    return WebhookEndpointFactory(organisation=partner_organisation)


def matched(api: ApiClient, endpoint: WebhookEndpoint) -> dict[str, str]:
    return {"If-Match": api.get(f"{LIST}/{endpoint.pk}").headers["ETag"]}


def step(api: ApiClient, endpoint: WebhookEndpoint, verb: str, key: str = "", **headers: str) -> Answer:
    return api.post(f"{LIST}/{endpoint.pk}/{verb}", key=key, **(headers or matched(api, endpoint)))


def change(api: ApiClient, endpoint: WebhookEndpoint, body: object, **headers: str) -> Answer:
    return api.call("PATCH", f"{LIST}/{endpoint.pk}", body, headers={"Idempotency-Key": str(uuid4()), **(headers or matched(api, endpoint))})


def test_create_shows_the_secret_once_and_no_replay_does(api: ApiClient) -> None:
    answer = api.post(LIST, GIVEN, key="the-same")
    check_answer(answer, LIST, "post")
    made = WebhookEndpoint.objects.get()
    assert answer.json["secret"] == secrets_of(made)[0]
    assert answer.headers["Location"] == f"{LIST}/{made.pk}"
    replayed = api.post(LIST, GIVEN, key="the-same")
    check_answer(replayed, LIST, "post")
    assert (replayed.json, replayed.headers["Idempotency-Replayed"]) == ({**answer.json, "secret": None}, "true")
    shown = api.get(f"{LIST}/{made.pk}")
    check_answer(shown, LIST + "/{id}", "get")
    assert answer.json == {**shown.json, "secret": answer.json["secret"]}
    assert api.get(LIST).json["data"] == [shown.json]
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/", "https://evil.net/", "https://example.com.evil.net/", "https://169.254.169.254/", "https://u@hooks.example.com/", "x"]
)
def test_an_address_we_may_not_call_is_pointed_at_and_nothing_is_kept(api: ApiClient, url: str) -> None:
    answer = api.post(LIST, {**GIVEN, "url": url})
    assert_problem(answer, 422, "unprocessable")
    assert [one["pointer"] for one in answer.json["errors"]] == ["/url"]
    assert not WebhookEndpoint.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**GIVEN, "event_types": ["no.such"]}, "/event_types/0"),
        ({**GIVEN, "event_types": "interests.watched"}, "/event_types"),
        ({**GIVEN, "ed25519": "true"}, "/ed25519"),
        ({**GIVEN, "status": "paused"}, "/status"),
        ({**GIVEN, "name": " "}, "/name"),
        ({"name": "x"}, "/url"),
    ],
)
def test_input_that_is_wrong_is_pointed_at(api: ApiClient, body: object, pointer: str) -> None:
    answer = api.post(LIST, body)
    assert_problem(answer, 400, "invalid")
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]


def test_the_sixth_endpoint_is_refused(api: ApiClient, partner_organisation: Organisation) -> None:
    WebhookEndpointFactory.create_batch(5, organisation=partner_organisation)
    assert_problem(api.post(LIST, GIVEN), 409, "too_many_endpoints")


def test_change_keeps_what_is_not_sent_and_needs_the_version_that_was_read(api: ApiClient, endpoint: WebhookEndpoint) -> None:
    before = matched(api, endpoint)
    answer = change(api, endpoint, {"event_types": ["interests.watched"]}, **before)
    check_answer(answer, LIST + "/{id}", "patch")
    assert (answer.json["name"], answer.json["url"], answer.json["event_types"]) == (endpoint.name, endpoint.url, ["interests.watched"])
    assert_problem(change(api, endpoint, {"name": "Other"}, **before), 412, "stale_etag")
    unmatched = api.call("PATCH", f"{LIST}/{endpoint.pk}", {"name": "Other"}, headers={"Idempotency-Key": "k"})
    assert_problem(unmatched, 428, "if_match_missing")
    assert_problem(change(api, endpoint, {"url": "https://evil.net/"}), 422, "unprocessable")
    assert WebhookEndpoint.objects.get().name == endpoint.name


def test_steps_are_taken_where_the_state_allows_them(api: ApiClient, endpoint: WebhookEndpoint) -> None:
    paused = step(api, endpoint, "pause")
    check_answer(paused, LIST + "/{id}/pause", "post")
    assert (paused.json["state"], paused.json["allowed"]) == ("paused", ["resume", "remove"])
    again = step(api, endpoint, "pause")
    assert_problem(again, 409, "illegal_transition")
    assert again.json["allowed"] == ["resume", "remove"]
    assert_problem(step(api, endpoint, "test"), 409, "endpoint_not_active")
    assert step(api, endpoint, "resume").json["state"] == "active"


def test_remove_answers_what_was_removed_also_to_a_replay_and_then_it_is_gone(api: ApiClient, endpoint: WebhookEndpoint) -> None:
    waiting = DeliveryFactory(webhook=True, endpoint=endpoint)
    headers = matched(api, endpoint)
    removed = step(api, endpoint, "remove", "the-same", **headers)
    check_answer(removed, LIST + "/{id}/remove", "post")
    assert (removed.json["state"], removed.json["allowed"]) == ("removed", [])
    assert step(api, endpoint, "remove", "the-same", **headers).json == removed.json
    assert_problem(step(api, endpoint, "remove", **headers), 404, "not_found")
    assert_problem(api.get(f"{LIST}/{endpoint.pk}"), 404, "not_found")
    assert api.get(LIST).json["data"] == []
    waiting.refresh_from_db()
    assert waiting.state == "suppressed"
    assert_problem(api.post(f"deliveries/{waiting.pk}/redeliver"), 409, "endpoint_removed")


def test_rotation_shows_the_new_secret_once_and_both_sign_for_a_day(api: ApiClient, endpoint: WebhookEndpoint) -> None:
    [old] = secrets_of(endpoint)
    headers = matched(api, endpoint)
    answer = step(api, endpoint, "rotate", "the-same", **headers)
    check_answer(answer, LIST + "/{id}/rotate", "post")
    endpoint.refresh_from_db()
    assert secrets_of(endpoint) == [answer.json["secret"], old]
    assert timedelta(hours=23, minutes=59) < (endpoint.previous_secret_until or now()) - now() <= timedelta(hours=24)
    assert step(api, endpoint, "rotate", "the-same", **headers).json["secret"] is None
    endpoint.refresh_from_db()
    assert secrets_of(endpoint) == [answer.json["secret"], old]  # the replay exchanged nothing


def test_a_test_message_arrives_signed_and_stands_in_the_log(api: ApiClient, settings) -> None:  # type: ignore[no-untyped-def]
    with receiving() as receiver:
        settings.WEBHOOK_TEST_TARGETS = [receiver.url.removesuffix("/hook")]
        made = api.post(LIST, {**GIVEN, "url": receiver.url})
        answer = api.post(f"{LIST}/{made.json['id']}/test", **{"X-Request-ID": "trace-me-through-00"})
        check_answer(answer, LIST + "/{id}/test", "post")
        send_all()
        check_sent(receiver, made.json)
        [row] = api.get(f"deliveries?endpoint={made.json['id']}").json["data"]
        assert (row["state"], row["type"], row["response_status"]) == ("sent", "notifications.endpoint_pinged", 204)


def check_sent(receiver: Receiver, endpoint: dict[str, str]) -> None:
    [(headers, body)] = receiver.calls
    message = Webhook(endpoint["secret"]).verify(body, headers)
    assert message["resource"] == f"http://testserver{LIST}/{endpoint['id']}"
    assert headers["x-request-id"] == "trace-me-through-00"


def send_all() -> None:
    while fan_out():
        pass
    deliver("webhook", list(Delivery.objects.filter(channel="webhook", state="pending").values_list("pk", flat=True)))


def test_others_endpoints_do_not_exist(api: ApiClient) -> None:
    foreign = WebhookEndpointFactory()
    assert api.get(LIST).json["data"] == []
    for verb in ("pause", "resume", "remove", "rotate", "test"):
        assert_problem(step(api, foreign, verb, **{"If-Match": '"1-x"'}), 404, "not_found")
    assert_problem(change(api, foreign, {"name": "Mine"}, **{"If-Match": '"1-x"'}), 404, "not_found")
    span = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    assert_problem(api.post(f"{LIST}/{foreign.pk}/redeliver", span), 404, "not_found")


def test_the_list_has_as_many_queries_for_five_as_for_one(api: ApiClient, partner_organisation: Organisation) -> None:
    api.get("me")
    counts = []
    for number in (1, 4):
        WebhookEndpointFactory.create_batch(number, organisation=partner_organisation)
        with CaptureQueriesContext(connection) as queries:
            api.get(LIST)
        counts.append(len(queries))
    assert counts == [1, 1]


def test_the_park_changes_its_mind_about_a_domain(api: ApiClient, endpoint: WebhookEndpoint, partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(webhook_domains=[])
    answer = change(api, endpoint, {"url": "https://hooks.example.com/other"})
    assert_problem(answer, 422, "unprocessable")
    assert "Ask the park to approve it." in answer.json["errors"][0]["detail"]
