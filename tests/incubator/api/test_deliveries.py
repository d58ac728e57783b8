"""The log of one's webhooks: what was sent and answered, as text; sending one or a span of time again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import Organisation
from incubator.lib.clock import now
from incubator.notifications import operations as notifications
from incubator.notifications.delivering import deliver
from incubator.notifications.models import Attempt, Delivery, WebhookEndpoint
from incubator.outbox.models import Event
from tests.factories.api import ApiClient
from tests.factories.notifications import DeliveryFactory, EventFactory, WebhookEndpointFactory, told
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem
from tests.receivers import Receiver, receiving

pytestmark = pytest.mark.django_db
LIST = "/api/v1/deliveries"
PAGE = b"<!DOCTYPE html><html><head><style>p{}</style><script>alert(1)</script></head><body><p>Out of <b>order</b></p>\x00\x1b[31m</body>"


@pytest.fixture
def endpoint(partner_organisation: Organisation) -> WebhookEndpoint:
    return WebhookEndpointFactory(organisation=partner_organisation)


@pytest.fixture
def receiver(settings, endpoint: WebhookEndpoint):  # type: ignore[no-untyped-def]
    with receiving() as told_:
        settings.WEBHOOK_TEST_TARGETS = [told_.url.removesuffix("/hook")]
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=told_.url)
        endpoint.refresh_from_db()
        yield told_


def ping(endpoint: WebhookEndpoint, **fields: object) -> Delivery:
    """A delivery of a kind that the park has."""
    event = EventFactory(
        kind="notifications.endpoint_pinged",
        subject_label="notifications.webhookendpoint",
        subject_id=endpoint.pk,
        version=1_000 + Event.objects.filter(subject_id=endpoint.pk).count(),  # none that the endpoint itself will reach
        request_id="trace-me-through-00",
        told=[told("partner", organisation=endpoint.organisation_id)],
    )
    made: Delivery = DeliveryFactory(webhook=True, endpoint=endpoint, event=event, **fields)
    return made


def test_a_delivery_shows_what_was_sent_and_answered_as_text(api: ApiClient, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers = [(503, {"content-type": "text/html", "set-cookie": "session=1", "x-request-id": "theirs"})]
    receiver.body = PAGE + b"y" * 4000
    row = ping(endpoint)
    deliver("webhook", [row.pk])
    answer = api.get(f"{LIST}/{row.pk}")
    check_answer(answer, LIST + "/{id}", "get")
    [attempt] = answer.json["attempts"]
    sent_headers, sent_body = receiver.calls[0]
    assert attempt["request"]["body"] == sent_body.decode()
    assert attempt["request"]["headers"] == {
        "content-type": "application/json",
        "user-agent": "Incubator-Webhooks/1",
        "webhook-id": answer.json["webhook_id"],
        "webhook-timestamp": sent_headers["webhook-timestamp"],
        "webhook-signature": "v1,…",
        "x-request-id": "trace-me-through-00",
    }
    assert attempt["request_id"] == "trace-me-through-00"
    assert attempt["response"]["status"] == answer.json["response_status"] == 503
    assert attempt["response"]["headers"]["x-request-id"] == "theirs"
    assert "set-cookie" not in attempt["response"]["headers"]
    excerpt = attempt["response"]["excerpt"]
    assert excerpt.startswith("Out of order")
    assert not set("<\x00\x1b") & set(excerpt)
    assert "alert" not in excerpt
    assert len(excerpt.encode()) <= 1024
    assert (answer.json["state"], answer.json["outcome"]) == ("pending", "Answered 503.")
    assert answer.json["next_attempt_at"] is not None


def test_the_log_is_filtered(api: ApiClient, endpoint: WebhookEndpoint) -> None:
    other = WebhookEndpointFactory(organisation=endpoint.organisation)
    old = ping(endpoint, state="sent", created_at=now() - timedelta(days=2))
    failed = ping(other, state="failed")
    DeliveryFactory(webhook=True)  # somebody else's
    DeliveryFactory(organisation=endpoint.organisation)  # a mail

    def ids(query: str) -> list[str]:
        answer = api.get(f"{LIST}?{query}")
        check_answer(answer, LIST, "get")
        return [row["id"] for row in answer.json["data"]]

    assert ids("") == [str(failed.pk), str(old.pk)]
    assert ids(f"endpoint={endpoint.pk}") == [str(old.pk)]
    assert ids("state=failed,dead") == [str(failed.pk)]
    assert ids("type=interests.watched") == []
    assert ids("type=notifications.endpoint_pinged&since=2026-01-01T00:00:00Z") == [str(failed.pk), str(old.pk)]
    yesterday = (now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (ids(f"since={yesterday}"), ids(f"until={yesterday}")) == ([str(failed.pk)], [str(old.pk)])
    for wrong in ("state=bounced", "since=yesterday", "since=2026-01-01T00:00:00", "since=2026-01-01", "endpoint=x"):
        assert_problem(api.get(f"{LIST}?{wrong}"), 400, "invalid_parameter")
    assert [row["id"] for row in api.pages(f"{LIST}?page_size=1")] == [str(failed.pk), str(old.pk)]


def test_the_log_has_as_many_queries_for_twenty_as_for_one(api: ApiClient, endpoint: WebhookEndpoint) -> None:
    api.get("me")
    counts = []
    for number in (1, 19):
        for row in [ping(endpoint) for _ in range(number)]:
            Attempt.objects.create(delivery=row, number=1, started_at=now(), milliseconds=1, outcome="sent")
        for path in (LIST, f"{LIST}/{row.pk}"):
            with CaptureQueriesContext(connection) as queries:
                assert api.get(path).status == 200
            counts.append(len(queries))
    assert counts == [1, 1, 1, 1]


def test_one_is_sent_again_with_its_id_and_once_per_key(api: ApiClient, endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    row = ping(endpoint)
    deliver("webhook", [row.pk])
    for _ in range(2):
        answer = api.post(f"{LIST}/{row.pk}/redeliver", key="the-same")
        check_answer(answer, LIST + "/{id}/redeliver", "post")
        deliver("webhook", [row.pk])
    assert [headers["webhook-id"] for headers, _ in receiver.calls] == [f"msg_{row.pk.hex}"] * 2
    under_way = ping(endpoint, state="sending")
    assert_problem(api.post(f"{LIST}/{under_way.pk}/redeliver"), 409, "not_resendable")


def test_a_span_of_time_is_sent_again_and_counted(api: ApiClient, endpoint: WebhookEndpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    hour = now() - timedelta(hours=1)
    rows = [ping(endpoint, state="failed", created_at=hour + timedelta(minutes=number)) for number in range(3)]
    ping(endpoint, state="sending", created_at=hour)
    ping(endpoint, state="sent", created_at=hour - timedelta(days=1))
    path = f"/api/v1/webhook-endpoints/{endpoint.pk}/redeliver"
    span = {"since": hour.isoformat(), "until": now().isoformat()}
    monkeypatch.setattr(notifications, "REDELIVER_AT_MOST", 2)
    first = api.post(path, span, key="the-same")
    check_answer(first, "/api/v1/webhook-endpoints/{id}/redeliver", "post")
    assert (first.json["count"], first.json["next_since"]) == (2, rows[2].created_at.isoformat())
    replayed = api.post(path, span, key="the-same")
    assert replayed.json == first.json
    rest = api.post(path, {**span, "since": first.json["next_since"]})
    assert (rest.json["count"], rest.json["next_since"]) == (1, None)
    deliver("webhook", [row.pk for row in rows])
    assert sorted(headers["webhook-id"] for headers, _ in receiver.calls) == sorted(f"msg_{row.pk.hex}" for row in rows)
    assert Event.objects.filter(kind=notifications.REDELIVERED).count() == 2


def test_a_span_that_ends_before_it_begins_is_refused(api: ApiClient, endpoint: WebhookEndpoint) -> None:
    answer = api.post(f"/api/v1/webhook-endpoints/{endpoint.pk}/redeliver", {"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})
    assert_problem(answer, 422, "unprocessable")
    assert answer.json["errors"][0]["pointer"] == "/until"
    assert not Event.objects.filter(kind=notifications.REDELIVERED).exists()
