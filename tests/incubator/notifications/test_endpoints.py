"""Webhook endpoints in the partner portal: their own, five at most, the secret once."""

from datetime import timedelta

import pytest

from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.lib.refusals import NotAllowed
from incubator.notifications import operations as notifications
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, WebhookEndpoint
from incubator.notifications.signing import SECRET_PURPOSE
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event
from incubator.partners.models import Partner
from tests.cast import Member
from tests.factories.notifications import DeliveryFactory, WebhookEndpointFactory

pytestmark = pytest.mark.django_db
LIST = "/partner/webhooks/"


@pytest.fixture
def endpoint(partner_person: Member) -> WebhookEndpoint:
    at = now()
    Partner.objects.create(organisation=partner_person.organisation, webhook_domains=["example.com"], status="active", created_at=at, updated_at=at)
    return WebhookEndpointFactory(organisation=partner_person.organisation)


def test_create_shows_the_secret_once_and_keeps_it_sealed(partner_person: Member, endpoint: WebhookEndpoint) -> None:
    answer = partner_person.client.post(f"{LIST}new/", {"name": "ERP", "url": "https://hooks.example.com/in"})
    made = WebhookEndpoint.objects.get(name="ERP")
    secret = sealing.unseal(made.secret_sealed, purpose=SECRET_PURPOSE)
    assert secret in answer.content.decode()
    assert answer["Cache-Control"].count("no-store")
    assert secret not in partner_person.client.get(f"{LIST}{made.pk}/").content.decode()
    assert secret not in made.secret_sealed


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://evil.net/", "https://169.254.169.254/", "https://user@hooks.example.com/", "nonsense"])
def test_create_with_address_we_may_not_call_is_refused_and_nothing_is_kept(partner_person: Member, endpoint: WebhookEndpoint, url: str) -> None:
    answer = partner_person.client.post(f"{LIST}new/", {"name": "Bad", "url": url})
    assert answer.status_code == 400
    assert answer.context["form"].errors["url"]
    assert not WebhookEndpoint.objects.filter(name="Bad").exists()
    assert not Event.objects.filter(kind="notifications.endpoint_created").exists()


def test_create_sixth_endpoint_is_refused(partner_person: Member, endpoint: WebhookEndpoint) -> None:
    for _ in range(4):
        WebhookEndpointFactory(organisation=partner_person.organisation)
    answer = partner_person.client.post(f"{LIST}new/", {"name": "Sixth", "url": "https://hooks.example.com/"})
    assert "There are five endpoints already." in answer.content.decode()
    assert WebhookEndpoint.objects.count() == 5


@pytest.mark.parametrize("verb", ["pause", "resume", "ping"])
def test_step_is_taken_by_its_own_people_and_by_nobody_else(partner_person: Member, other_partner: Member, endpoint: WebhookEndpoint, verb: str) -> None:
    before = WebhookEndpoint.objects.get().version
    assert other_partner.client.post(f"{LIST}{endpoint.pk}/{verb}/").status_code == 404
    assert WebhookEndpoint.objects.get().version == before
    if verb == "resume":
        WebhookEndpoint.objects.update(status="paused")
    assert partner_person.client.post(f"{LIST}{endpoint.pk}/{verb}/").status_code == 302
    assert WebhookEndpoint.objects.get().version == before + 1


@pytest.mark.parametrize("page", ["", "change/", "secret/", "remove/"])
def test_pages_of_another_organisations_endpoint_are_not_found(other_partner: Member, partner_person: Member, endpoint: WebhookEndpoint, page: str) -> None:
    assert partner_person.client.get(f"{LIST}{endpoint.pk}/{page}").status_code == 200
    assert other_partner.client.get(f"{LIST}{endpoint.pk}/{page}").status_code == 404


def test_ping_goes_to_the_one_endpoint_only(partner_person: Member, endpoint: WebhookEndpoint) -> None:
    WebhookEndpointFactory(organisation=partner_person.organisation)
    notifications.ping_endpoint(endpoint, by=partner_person.actor, at=now())
    fan_out()
    assert Delivery.objects.get().endpoint == endpoint


def test_remove_drops_what_waits(partner_person: Member, endpoint: WebhookEndpoint) -> None:
    waiting = DeliveryFactory(webhook=True, endpoint=endpoint)
    partner_person.client.post(f"{LIST}{endpoint.pk}/remove/")
    waiting.refresh_from_db()
    assert waiting.state == DeliveryState.SUPPRESSED
    assert partner_person.client.get(f"{LIST}{endpoint.pk}/").status_code == 404


def test_redeliver_makes_a_sent_message_due_again(partner_person: Member, endpoint: WebhookEndpoint) -> None:
    sent = DeliveryFactory(webhook=True, endpoint=endpoint, state=DeliveryState.SENT)
    partner_person.client.post(f"{LIST}{endpoint.pk}/again/{sent.pk}/")
    sent.refresh_from_db()
    assert sent.state == DeliveryState.PENDING


def test_redeliver_range_takes_each_once_and_leaves_the_rest(partner_person: Member, endpoint: WebhookEndpoint) -> None:
    inside = [DeliveryFactory(webhook=True, endpoint=endpoint, state=state) for state in ("sent", "failed", "suppressed")]
    outside = DeliveryFactory(webhook=True, endpoint=endpoint, state="sent", created_at=now() - timedelta(days=2))
    span = {"since": now() - timedelta(days=1), "until": now() + timedelta(seconds=1)}
    assert notifications.redeliver_range(endpoint, **span, by=partner_person.actor).facts["count"] == 2
    assert notifications.redeliver_range(endpoint, **span, by=partner_person.actor).facts["count"] == 0
    assert set(Delivery.objects.filter(state="pending")) == set(inside[:2])
    assert outside.state == "sent"


def test_redeliver_by_another_organisation_is_refused(other_partner: Member, partner_person: Member, endpoint: WebhookEndpoint) -> None:
    sent = DeliveryFactory(webhook=True, endpoint=endpoint, state=DeliveryState.SENT)
    with pytest.raises(NotAllowed):
        notifications.redeliver(sent, by=other_partner.actor)
    assert other_partner.client.post(f"{LIST}{endpoint.pk}/again/{sent.pk}/").status_code == 404
    sent.refresh_from_db()
    assert sent.state == DeliveryState.SENT
