"""Delivery in the staff portal: who sees it, what it shows and never shows, sending again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incubator.accounts import events as account_events
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.notifications import health
from incubator.notifications.delivering import deliver
from incubator.notifications.models import Delivery
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Pending
from tests.cast import Member
from tests.factories.notifications import DeliveryFactory, EventFactory, WebhookEndpointFactory, told

pytestmark = pytest.mark.django_db
LIST = "/staff/delivery/"


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 200), ("manager", 200), ("admin_person", 200), ("finance", 404), ("readonly_officer", 404), ("founder", 404)]
)
def test_deliveries_are_for_those_who_run_programmes(who: str, status: int, request: pytest.FixtureRequest) -> None:
    member: Member = request.getfixturevalue(who)
    row = DeliveryFactory(state="failed")
    for page in (LIST, f"{LIST}{row.pk}/", f"{LIST}{row.pk}/again/"):
        assert member.client.get(page).status_code == status


def test_deliveries_are_filtered_by_state_channel_and_person(officer: Member) -> None:
    wanted = DeliveryFactory(state="failed", user__email="wanted@example.org")
    DeliveryFactory(state="sent", user__email="sent@example.org")
    DeliveryFactory(state="failed", in_app=True)
    DeliveryFactory(state="failed", user__email="other@example.net")
    page = officer.client.get(LIST, {"state": "failed", "channel": "email", "q": "WANTED"})
    assert [row.pk for row in page.context["page"].rows] == [wanted.pk]


def test_deliveries_take_as_many_queries_for_20_as_for_one(officer: Member) -> None:
    DeliveryFactory()
    before = queries(officer.client, LIST)
    for _ in range(19):
        DeliveryFactory()
    DeliveryFactory(webhook=True)
    assert queries(officer.client, LIST) == before


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_delivery_shows_the_message_and_its_tries(officer: Member) -> None:
    row = DeliveryFactory(user__name="Ann Other")
    deliver("email", [row.pk])
    page = officer.client.get(f"{LIST}{row.pk}/").content.decode()
    assert "Something new: The thing" in page
    assert "Dear Ann Other" in page


def test_delivery_of_a_secret_kind_never_shows_its_text(officer: Member) -> None:
    sealed = sealing.seal('{"password_reset_url": "http://testserver/reset/abc"}', purpose="account-mail")
    entry = told("person", address="ann@example.org", template="account/email/password_reset_key", sealed=sealed)
    row = DeliveryFactory(event=EventFactory(kind=account_events.account_mail.name, told=[entry]))
    page = officer.client.get(f"{LIST}{row.pk}/").content.decode()
    assert "reset/abc" not in page
    assert sealed not in page
    assert "one-time link" in page


@pytest.mark.parametrize("state", ["failed", "bounced", "dead"])
def test_send_again_makes_what_failed_due(officer: Member, state: str) -> None:
    row = DeliveryFactory(state=state, tries=6, claims=5)
    officer.client.post(f"{LIST}{row.pk}/again/")
    row.refresh_from_db()
    assert (row.state, row.tries, row.claims) == (DeliveryState.PENDING, 0, 0)


@pytest.mark.parametrize("fields", [{"state": "sent"}, {"state": "suppressed"}, {"state": "failed", "expires_at": now() - timedelta(days=1)}])
def test_send_again_what_may_not_is_refused_and_changes_nothing(officer: Member, fields: dict[str, object]) -> None:
    row = DeliveryFactory(**fields)
    assert officer.client.post(f"{LIST}{row.pk}/again/").status_code == 409
    row.refresh_from_db()
    assert row.state == fields["state"]


def test_send_again_by_somebody_else_is_not_found(finance: Member) -> None:
    row = DeliveryFactory(state="failed")
    assert finance.client.post(f"{LIST}{row.pk}/again/").status_code == 404
    assert Delivery.objects.get().state == DeliveryState.FAILED


def test_reconcile_counts_what_waits_too_long(officer: Member) -> None:
    late = now() - timedelta(hours=1)
    Pending.objects.create(event=EventFactory(), created_at=late)
    DeliveryFactory(due_at=late)
    DeliveryFactory(state="sending", lease_until=late)
    DeliveryFactory(state="dead")
    DeliveryFactory()  # due just now
    DeliveryFactory(webhook=True, endpoint__broken_until=now() + timedelta(hours=1), due_at=late)  # waits on purpose
    found = health.reconcile()
    assert {name: found[name] for name in ("unfanned", "untouched", "left_behind", "dead")} == {"unfanned": 1, "untouched": 1, "left_behind": 1, "dead": 1}
    page = officer.client.get(LIST).content.decode()
    assert "Events waiting for more than a minute" in page


def test_pulses_tell_silent_processes_from_those_at_work() -> None:
    health.beat("worker", "a worker of a test")
    silent = {role: is_silent for role, _, is_silent in health.pulses()}
    assert silent == {"dispatcher": True, "worker": False, "beat": True}


def test_readyz_with_events_nobody_passes_on_is_degraded(client: Client) -> None:
    Pending.objects.create(event=EventFactory(), created_at=now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded"})


def test_metrics_show_the_figures_to_the_bearer_of_the_token(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    DeliveryFactory(state="dead")
    health.reconcile()
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "a token of the tests"
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": "Bearer a token of the tests"})
    assert "incubator_delivery_dead 1.0" in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("partnership_manager", 200), ("admin_person", 200), ("officer", 403)])
def test_endpoints_are_shown_to_those_who_keep_partners(who: str, status: int, request: pytest.FixtureRequest) -> None:
    endpoint = WebhookEndpointFactory()
    member: Member = request.getfixturevalue(who)
    for page in ("", f"{endpoint.pk}/change/"):
        answer = member.client.get(f"/staff/notifications/webhookendpoint/{page}")
        assert answer.status_code == status
        assert endpoint.secret_sealed not in answer.content.decode()
