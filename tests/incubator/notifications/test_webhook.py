"""Webhooks over real HTTP: signed, thin, tried again, held back by the breaker, never led astray."""

import json
from datetime import timedelta
from email.utils import format_datetime
from time import monotonic

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.notifications import operations as notifications
from incubator.notifications.delivering import deliver
from incubator.notifications.models import Attempt, Delivery, WebhookEndpoint
from incubator.notifications.signing import SECRET_PURPOSE
from incubator.notifications.states import DeliveryState, EndpointState
from incubator.outbox.models import Event
from tests.cast import Member
from tests.factories.notifications import DeliveryFactory, WebhookEndpointFactory
from tests.receivers import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(receiver: Receiver) -> WebhookEndpoint:
    return WebhookEndpointFactory(url=receiver.url)


def send(endpoint: WebhookEndpoint, number: int = 1) -> list[Delivery]:
    rows = [DeliveryFactory(webhook=True, endpoint=endpoint) for _ in range(number)]
    deliver("webhook", [row.pk for row in rows])
    for row in rows:
        row.refresh_from_db()
    return rows


def secret_of(endpoint: WebhookEndpoint) -> str:
    return sealing.unseal(endpoint.secret_sealed, purpose=SECRET_PURPOSE)


def test_webhook_is_thin_and_verifies_with_the_official_library(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    [row] = send(endpoint)
    headers, body = receiver.calls[0]
    payload = Webhook(secret_of(endpoint)).verify(body, headers)
    assert payload == {
        "id": str(row.event_id),
        "type": "notifications.test_hooked",
        "timestamp": row.event.at.isoformat().replace("+00:00", "Z"),
        "version": 1,
        "resource": f"http://testserver/api/v1/things/{row.event.subject_id}",
    }
    assert headers["webhook-id"] == f"msg_{row.pk.hex}"
    assert (row.state, Attempt.objects.get().response_code) == (DeliveryState.SENT, 204)


@pytest.mark.parametrize("spoil", ["body", "webhook-id", "webhook-timestamp"])
def test_webhook_that_was_tampered_with_does_not_verify(endpoint: WebhookEndpoint, receiver: Receiver, spoil: str) -> None:
    send(endpoint)
    headers, body = receiver.calls[0]
    if spoil == "body":
        body = body.replace(b"hooked", b"booked")
    else:
        headers[spoil] = headers[spoil] + "1" if spoil == "webhook-id" else str(int(headers[spoil]) + 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(endpoint)).verify(body, headers)


def test_webhook_while_secrets_are_exchanged_verifies_with_either(endpoint: WebhookEndpoint, receiver: Receiver, partner_person: Member) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(organisation=partner_person.organisation)
    endpoint.refresh_from_db()
    old = secret_of(endpoint)
    new = notifications.rotate_secret(endpoint, by=partner_person.actor, at=now())
    endpoint.refresh_from_db()
    send(endpoint)
    for secret in (old, new):
        assert Webhook(secret).verify(receiver.calls[0][1], receiver.calls[0][0])
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(previous_secret_until=now())
    send(endpoint)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.calls[1][1], receiver.calls[1][0])


@pytest.mark.parametrize("status", [302, 400, 429, 500, 503])
def test_webhook_answered_with_anything_but_success_waits_with_the_same_id(endpoint: WebhookEndpoint, receiver: Receiver, status: int) -> None:
    receiver.answers = [(status, {"location": receiver.url})]
    [row] = send(endpoint)
    assert (row.state, row.tries, row.note) == (DeliveryState.PENDING, 1, f"Answered {status}.")
    Delivery.objects.update(due_at=now())
    deliver("webhook", [row.pk])
    assert len(receiver.calls) == 2  # a redirect would make three
    assert receiver.calls[0][0]["webhook-id"] == receiver.calls[1][0]["webhook-id"]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_webhook_waits_as_long_as_the_receiver_asks(endpoint: WebhookEndpoint, receiver: Receiver, form: str) -> None:
    asked = "3600" if form == "seconds" else format_datetime(now() + timedelta(hours=1), usegmt=True)
    receiver.answers = [(503, {"retry-after": asked})]
    [row] = send(endpoint)
    assert timedelta(minutes=59) < row.due_at - now() <= timedelta(minutes=60)


def test_webhook_after_the_last_try_of_the_table_has_failed(endpoint: WebhookEndpoint, receiver: Receiver, settings) -> None:  # type: ignore[no-untyped-def]
    receiver.answers = [(500, {})]
    row = DeliveryFactory(webhook=True, endpoint=endpoint, tries=len(settings.WEBHOOK_RETRIES))
    deliver("webhook", [row.pk])
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED


def test_webhook_four_failures_in_a_row_pause_the_endpoint_and_give_the_rest_back(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers = [(500, {})] * 10
    rows = send(endpoint, 6)
    endpoint.refresh_from_db()
    assert len(receiver.calls) == 4
    assert endpoint.failures == 4
    assert endpoint.is_broken()
    assert sorted((row.attempts, row.claims) for row in rows) == [(0, 0), (0, 0), (1, 0), (1, 0), (1, 0), (1, 0)]
    assert deliver("webhook", [rows[0].pk]) == 0  # the breaker holds at the claim, too


def test_webhook_success_resets_the_breaker(endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failures=30, broken_until=now() - timedelta(seconds=1))
    endpoint.refresh_from_db()
    send(endpoint)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.broken_until) == (0, None)


@pytest.mark.parametrize(("failures", "status"), [(39, 500), (0, 410)])
def test_webhook_endpoint_that_is_gone_is_switched_off_and_its_people_told(endpoint: WebhookEndpoint, receiver: Receiver, failures: int, status: int) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failures=failures)
    receiver.answers = [(status, {})]
    send(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.status == EndpointState.DISABLED
    event = Event.objects.get(subject_id=endpoint.pk)
    assert [one["audience"] for one in event.told] == ["partner", "staff"]


def test_webhook_that_answers_byte_by_byte_is_cut_off(endpoint: WebhookEndpoint, receiver: Receiver, settings) -> None:  # type: ignore[no-untyped-def]
    receiver.pause = 0.05  # 20 seconds in all
    begun = monotonic()
    [row] = send(endpoint)
    assert monotonic() - begun < settings.WEBHOOK_TIMEOUT + 1
    assert (row.state, row.note) == (DeliveryState.PENDING, "No answer in time.")


def test_webhook_of_one_endpoint_has_two_batches_out_at_most(endpoint: WebhookEndpoint) -> None:
    from incubator.notifications import claims

    rows = [DeliveryFactory(webhook=True, endpoint=endpoint) for _ in range(3)]
    assert [len(claims.claim("webhook", [row.pk]).rows) for row in rows] == [1, 1, 0]


def test_webhook_to_private_address_is_refused_without_a_connection(receiver: Receiver, settings) -> None:  # type: ignore[no-untyped-def]
    settings.WEBHOOK_TEST_TARGETS = []
    [row] = send(WebhookEndpointFactory(url="https://localhost/hook"))
    assert row.state == DeliveryState.PENDING
    assert row.note == "localhost leads to an address that is not on the open internet."
    assert not receiver.calls


def test_webhook_body_is_bounded(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    send(endpoint)
    assert len(receiver.calls[0][1]) <= 2048
    assert set(json.loads(receiver.calls[0][1])) == {"id", "type", "timestamp", "version", "resource"}
