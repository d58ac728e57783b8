"""Who gets a delivery, and that each gets one."""

import pytest
from django.db import transaction

from incubator.accounts import events as account_events
from incubator.accounts.models import Organisation
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event, Pending
from tests.cast import Member, join
from tests.factories.accounts import UserFactory
from tests.factories.notifications import EventFactory, WebhookEndpointFactory, told
from tests.incubator.notifications.kinds import choosy, hooked, parting

pytestmark = pytest.mark.django_db


def pending(**fields: object) -> Event:
    event = EventFactory(**fields)
    Pending.objects.create(event=event, created_at=event.at)
    return event


def rows(event: Event) -> set[tuple[str, str]]:
    return set(Delivery.objects.filter(event=event).values_list("channel", "recipient"))


def test_fan_out_to_organisation_reaches_its_people_by_every_channel(partner_person: Member, other_partner: Member) -> None:
    event = pending(kind=hooked.name, told=[told("partner", organisation=partner_person.organisation.pk)])
    assert fan_out() == 1
    assert rows(event) == {("in_app", f"user:{partner_person.user.pk}"), ("email", f"user:{partner_person.user.pk}")}
    assert not Pending.objects.exists()


def test_fan_out_to_roles_of_the_park_reaches_only_those(officer: Member, manager: Member) -> None:
    event = pending(kind=hooked.name, told=[told("staff", kind="park", roles=("officer",))])
    fan_out()
    assert rows(event) == {("in_app", f"user:{officer.user.pk}")}


def test_fan_out_to_person_of_two_audiences_tells_once(partner_person: Member) -> None:
    organisation = partner_person.organisation.pk
    event = pending(kind=hooked.name, told=[told("staff", users=(partner_person.user.pk,)), told("partner", organisation=organisation)])
    fan_out()
    assert Delivery.objects.filter(event=event, channel="in_app").values_list("told", flat=True).get() == 0


def test_fan_out_to_organisation_without_access_tells_nobody(ended_partner: Member) -> None:
    WebhookEndpointFactory(organisation=ended_partner.organisation)
    event = pending(kind=hooked.name, told=[told("partner", organisation=ended_partner.organisation.pk)])
    fan_out()
    assert rows(event) == set()


def test_fan_out_of_the_end_of_access_reaches_those_who_lost_it(ended_partner: Member) -> None:
    event = pending(kind=parting.name, told=[told("partner", organisation=ended_partner.organisation.pk)])
    fan_out()
    deliver("email", Delivery.objects.values_list("pk", flat=True))
    assert rows(event) == {("email", f"user:{ended_partner.user.pk}")}
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_fan_out_to_closed_account_tells_nobody() -> None:
    person = UserFactory(is_active=False)
    event = pending(kind=hooked.name, told=[told("partner", users=(person.pk,))])
    fan_out()
    assert rows(event) == set()


def test_fan_out_to_address_without_account_writes_one_mail() -> None:
    event = pending(kind=account_events.invited.name, told=[told("invitee", address="new@example.org", token_sealed="x")])
    fan_out()
    assert rows(event) == {("email", "address:new@example.org")}


def test_fan_out_reaches_endpoints_that_want_the_kind(partner_person: Member) -> None:
    organisation = partner_person.organisation
    wanting = WebhookEndpointFactory(organisation=organisation, event_types=[hooked.name])
    everything = WebhookEndpointFactory(organisation=organisation)
    WebhookEndpointFactory(organisation=organisation, event_types=["other.kind"])
    WebhookEndpointFactory(organisation=organisation, status="removed")
    WebhookEndpointFactory()
    event = pending(kind=hooked.name, told=[told("partner", organisation=organisation.pk)])
    fan_out()
    assert {recipient for channel, recipient in rows(event) if channel == "webhook"} == {f"endpoint:{wanting.pk}", f"endpoint:{everything.pk}"}


def test_fan_out_of_what_may_no_longer_be_told_is_suppressed(partner_person: Member) -> None:
    event = pending(kind=choosy.name, told=[told("partner", users=(partner_person.user.pk,))])
    fan_out()
    assert Delivery.objects.get(event=event).state == DeliveryState.SUPPRESSED


def test_fan_out_twice_writes_each_delivery_once(partner_person: Member) -> None:
    event = pending(kind=hooked.name, told=[told("partner", organisation=partner_person.organisation.pk)])
    fan_out()
    before = rows(event)
    Pending.objects.create(event=event, created_at=event.at)  # as after a restored backup
    fan_out()
    assert rows(event) == before
    assert Delivery.objects.filter(event=event).count() == len(before)


def test_fan_out_numbers_events_in_its_order() -> None:
    first, second = pending(kind=hooked.name, told=[told("staff", kind="park")]), pending(kind=hooked.name, told=[told("staff", kind="park")])
    fan_out()
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.position == first.position + 1


def test_fan_out_of_unknown_kind_does_not_stop_the_others() -> None:
    person = UserFactory()
    pending(kind="gone.away", told=[told("staff", kind="park")])
    event = pending(kind=hooked.name, told=[told("partner", users=(person.pk,))])
    assert fan_out() == 2
    assert len(rows(event)) == 2


def test_fan_out_takes_as_many_queries_for_many_people_as_for_one(partner_organisation: Organisation, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(20):
        join(partner_organisation, "partner", name=f"Person {number}")
    pending(kind=hooked.name, told=[told("partner", organisation=partner_organisation.pk)])
    with django_assert_max_num_queries(14):
        fan_out()
    assert Delivery.objects.count() == 40


def test_fan_out_after_a_rollback_finds_nothing() -> None:
    with transaction.atomic():
        pending(kind=hooked.name, told=[told("staff", users=(UserFactory().pk,))])
        transaction.set_rollback(True)
    assert fan_out() == 0
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()
