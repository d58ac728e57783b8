"""What partners' systems hear of rounds and disclosures."""

import pytest
from django.conf import settings

from incubator.lib.clock import now
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery
from incubator.notifications.rendering import resource_url
from incubator.startups import operations as startups
from investments.rounds import operations as rounds
from tests.factories.notifications import WebhookEndpointFactory
from tests.factories.rounds import RoundFactory

pytestmark = pytest.mark.django_db


def test_listing_reaches_the_systems_of_verified_partners_only(startup, verified, other_partner, investment_manager):
    round = RoundFactory(startup=startup, status="under_review", consented_at=now())
    for member in (verified, other_partner):
        WebhookEndpointFactory(organisation=member.organisation)
    rounds.list_round(round, by=investment_manager.actor, at=now())
    fan_out()
    hooks = Delivery.objects.filter(channel="webhook", event__kind="rounds.listed")
    assert set(hooks.values_list("organisation", "state")) == {(verified.organisation.pk, "pending"), (other_partner.organisation.pk, "suppressed")}
    delivery = hooks.get(state="pending")
    assert resource_url(delivery.event, delivery.event.told[delivery.told]) == f"{settings.BASE_URL}/api/v1/rounds/{round.pk}"


def test_taking_back_tells_the_systems_of_the_organisation_to_forget_and_no_person(startup, founder, partner_person):
    WebhookEndpointFactory(organisation=partner_person.organisation)
    row = startups.disclose(startup, organisation=partner_person.organisation, level=2, by=founder.actor, at=now())
    startups.revoke(row, by=founder.actor, at=now())
    fan_out()
    (delivery,) = Delivery.objects.filter(event__kind="startups.disclosure_revoked")
    assert (delivery.channel, delivery.state) == ("webhook", "pending")
    assert resource_url(delivery.event, delivery.event.told[delivery.told]) == f"{settings.BASE_URL}/api/v1/startups/{startup.pk}"
    assert not Delivery.objects.filter(event__kind="startups.disclosed", state="pending").exists()
