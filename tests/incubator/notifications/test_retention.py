"""What ended long ago goes, with its attempts and its line of the inbox; what is young, under way or an event stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.lib.clock import now
from incubator.notifications import retention
from incubator.notifications.models import Attempt, Delivery, Notification
from incubator.outbox.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.notifications import DeliveryFactory, NotificationFactory, WebhookEndpointFactory

pytestmark = pytest.mark.django_db


def made(days: int, state: str = "sent", **fields: Any) -> Delivery:
    """A delivery of so many days ago, with a try."""
    at = now() - timedelta(days=days)
    pk = UUID(int=(int(at.timestamp() * 1_000) << 80) + int(UUID(int=Delivery.objects.count() + 1)))
    found: Delivery = DeliveryFactory(id=pk, state=state, created_at=at, finished_at=at if state in retention.ENDED else None, **fields)
    Attempt.objects.create(delivery=found, number=1, started_at=at, milliseconds=1, outcome="sent")
    return found


def hook(days: int, state: str = "sent") -> Delivery:
    return made(days, state, webhook=True, endpoint=WebhookEndpointFactory())


def mail(days: int, state: str = "sent") -> Delivery:
    return made(days, state, user=UserFactory())


def left(at: datetime) -> set[UUID]:
    retention.forget(at=at)
    return set(Delivery.objects.values_list("pk", flat=True))


def test_each_kind_is_kept_for_its_time_and_its_attempts_go_with_it() -> None:
    stays = {one.pk for one in (hook(89), mail(364), mail(91))}
    goes = [hook(91), hook(400), mail(366), *(hook(91, state) for state in ("failed", "dead", "suppressed")), mail(366, "bounced")]
    events = Event.objects.count()
    assert retention.forget(at=now()) == len(goes)
    assert left(now()) == stays
    assert set(Attempt.objects.values_list("delivery_id", flat=True)) == stays
    assert Event.objects.count() == events


def test_what_is_still_under_way_or_was_sent_again_lately_stays_however_old_it_is() -> None:
    stays = {hook(400, "pending").pk, mail(400, "held").pk, hook(400, "sending").pk}
    again = hook(400)
    Delivery.objects.filter(pk=again.pk).update(finished_at=now())
    assert left(now()) == stays | {again.pk}


def test_an_old_line_of_the_inbox_goes_with_its_delivery() -> None:
    old, young = mail(366), mail(10)
    for one in (old, young):
        NotificationFactory(delivery=one, user=one.user)
    assert left(now()) == {young.pk}
    assert [one.delivery_id for one in Notification.objects.all()] == [young.pk]


def test_many_go_in_batches_and_what_the_time_does_not_reach_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = WebhookEndpointFactory()
    for _ in range(5):
        made(100, webhook=True, endpoint=endpoint)
    monkeypatch.setattr(retention, "BATCH", 2)
    with CaptureQueriesContext(connection) as queries:
        assert retention.forget(at=now()) == 5
    assert sum(query["sql"].startswith("DELETE FROM notifications_delivery") for query in queries) == 3
    made(100, webhook=True, endpoint=endpoint)
    monkeypatch.setattr(retention, "WORKS_FOR", 0.0)
    assert retention.forget(at=now()) == 0
    assert Delivery.objects.count() == 1
