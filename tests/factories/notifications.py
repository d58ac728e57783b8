"""Events that are told to somebody, deliveries, endpoints, lines of an inbox."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from incubator.notifications.models import Channel, Delivery, Notification, WebhookEndpoint
from incubator.notifications.signing import new_secret
from incubator.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, UserFactory


class EventFactory(DjangoModelFactory[Event]):
    """An event that the audience `partner` is told; `told` may be given whole."""

    class Meta:
        model = Event

    kind = "notifications.test_hooked"
    subject_label = "accounts.organisation"
    subject_id = factory.LazyFunction(uuid7)
    version = 1
    actor_kind = "system"
    at = factory.LazyFunction(now)
    told = factory.LazyFunction(lambda: [told("partner", name="The thing", due_at="2026-12-15T09:00:00Z")])


def told(
    audience: str, *, users: tuple[object, ...] = (), organisation: object = None, kind: str = "", roles: tuple[str, ...] = (), **facts: object
) -> dict[str, object]:
    """One entry of `Event.told`, as `outbox.Tell` writes it."""
    return {
        "audience": audience,
        "facts": facts,
        "users": [str(one) for one in users],
        "organisation": str(organisation) if organisation else None,
        "organisation_kind": kind,
        "roles": list(roles),
    }


class WebhookEndpointFactory(DjangoModelFactory[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint

    organisation = factory.SubFactory(OrganisationFactory, kind="partner")
    name = "Our system"
    url = "https://hooks.example.com/incubator"
    secret_sealed = factory.LazyFunction(lambda: sealing.seal(new_secret(), purpose="webhook-secret"))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """An e-mail that is due; `in_app=True` or `webhook=True` for the other channels."""

    class Meta:
        model = Delivery

    class Params:
        in_app = factory.Trait(channel=Channel.IN_APP)
        webhook = factory.Trait(
            channel=Channel.WEBHOOK,
            user=None,
            endpoint=factory.SubFactory(WebhookEndpointFactory),
            organisation=factory.SelfAttribute("endpoint.organisation"),
            recipient=factory.LazyAttribute(lambda row: f"endpoint:{row.endpoint.pk}"),
        )

    event = factory.SubFactory(EventFactory)
    kind = factory.SelfAttribute("event.kind")
    channel = Channel.EMAIL
    user = factory.SubFactory(UserFactory)
    recipient = factory.LazyAttribute(lambda row: f"user:{row.user.pk}")
    told = 0
    due_at = factory.LazyFunction(lambda: now() - timedelta(seconds=1))
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=7))
    created_at = factory.LazyFunction(now)


class NotificationFactory(DjangoModelFactory[Notification]):
    class Meta:
        model = Notification

    delivery = factory.SubFactory(DeliveryFactory, in_app=True)
    user = factory.SelfAttribute("delivery.user")
    kind = factory.SelfAttribute("delivery.kind")
    title = factory.Sequence(lambda number: f"Something happened {number}")
    text = "More about it."
    path = "/accounts/login/"
    created_at = factory.LazyFunction(now)
