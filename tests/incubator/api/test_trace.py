"""One id follows a request: from its header into the log, the events it caused, the webhooks about them, and its answer."""

import logging

import pytest

from incubator.accounts.models import ApiKey
from incubator.notifications.channels.webhook import headers
from incubator.outbox.models import Event
from tests.factories.api import ApiClient
from tests.factories.investors import InvestorProfileFactory
from tests.factories.notifications import DeliveryFactory, WebhookEndpointFactory
from tests.factories.rounds import RoundFactory

pytestmark = pytest.mark.django_db

GIVEN = "crm-import.2026-11-25"


def test_the_callers_id_stands_in_log_events_webhooks_and_answer(key: ApiKey, caplog: pytest.LogCaptureFixture) -> None:
    InvestorProfileFactory(organisation=key.organisation, verified=True)
    round_ = RoundFactory(listed=True)
    before = set(Event.objects.values_list("pk", flat=True))
    body = {"round": str(round_.pk), "amount_min": "1000000", "amount_max": "2000000"}
    with caplog.at_level(logging.INFO, logger="incubator.api.middleware"):
        answer = ApiClient(key).post("interests", body, **{"X-Request-ID": GIVEN})
    assert (answer.status, answer.headers["X-Request-ID"]) == (201, GIVEN)
    (line,) = [one.msg for one in caplog.records if one.name == "incubator.api.middleware"]
    assert isinstance(line, dict)
    assert (line["request_id"], line["status"], line["key"]) == (GIVEN, 201, key.key_id)
    events = Event.objects.exclude(pk__in=before)
    assert events
    assert {one.request_id for one in events} == {GIVEN}
    endpoint = WebhookEndpointFactory(organisation=key.organisation)
    delivery = DeliveryFactory(webhook=True, endpoint=endpoint, event=events.first())
    assert headers(delivery, endpoint, b"{}")["x-request-id"] == GIVEN


def test_without_one_ours_is_in_problem_and_log(key: ApiKey, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="incubator.api.middleware"):
        answer = ApiClient(key).get("nothing")
    (line,) = [one.msg for one in caplog.records if one.name == "incubator.api.middleware"]
    assert isinstance(line, dict)
    assert answer.json["request_id"] == answer.headers["X-Request-ID"] == line["request_id"]
