"""What many are told: each once, in chunks that may be killed, with a page that says how far it is and a way to stop it."""

from __future__ import annotations

from datetime import time

import pytest
from django.db import connection

from incubator.accounts.models import Membership
from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from incubator.notifications import broadcasting, dispatching, fanout, health, progress
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, Preference, Reach
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event, Pending
from incubator.sending.models import Broadcast
from tests.cast import Member, join
from tests.factories.accounts import OrganisationFactory
from tests.factories.notifications import EventFactory, told
from tests.incubator.notifications.kinds import allowed, choosy, hooked, widely

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "LARGE", 5)
    monkeypatch.setattr(broadcasting, "CHUNK", 4)
    monkeypatch.setattr(broadcasting, "CHUNK_ASKED", 3)


@pytest.fixture
def crowd() -> list[Member]:
    """Ten people of a partner; the first also belongs to another one."""
    organisation = OrganisationFactory(kind="partner")
    people = [join(organisation, "partner", name=f"Person {number}") for number in range(10)]
    Membership.objects.create(user=people[0].user, organisation=OrganisationFactory(kind="partner"), role="partner")
    return people


def announced(kind: str = hooked.name, **fields: object) -> Event:
    event = EventFactory(kind=kind, **{"told": [told("partner", kind="partner")], **fields})
    Pending.objects.create(event=event, created_at=event.at)
    return event


def table(event: Event) -> set[tuple[object, ...]]:
    rows = Delivery.objects.filter(event=event)
    return set(rows.values_list("channel", "recipient", "user_id", "told", "state", "held_for", "note", "expires_at", "attempts", "claims"))


def test_large_audience_is_written_in_chunks_as_a_small_one_would_be(crowd: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    Preference.objects.create(user=crowd[1].user, kind=hooked.name, channel="email", rhythm="off", changed_at=now())
    Preference.objects.create(user=crowd[2].user, kind=hooked.name, channel="email", rhythm="daily", changed_at=now())
    Reach.objects.create(user=crowd[3].user, quiet_begin=time(0), quiet_end=time(23, 59))
    crowd[4].user.is_active = False
    crowd[4].user.save()
    join(OrganisationFactory(kind="partner", ended=True), "partner", name="Ended")
    join(OrganisationFactory(kind="partner", is_sandbox=True, sandbox_of=OrganisationFactory(kind="partner")), "partner", name="Invented")
    event = announced()
    fan_out()
    assert not Delivery.objects.exists()
    broadcasting.go_on(event.pk)
    row = Broadcast.objects.get(pk=event.pk)
    assert (row.total, row.written, row.finished_at is not None) == (18, 18, True)
    in_chunks = table(event)
    assert len(in_chunks) == 18
    Delivery.objects.all().delete()
    Broadcast.objects.all().delete()
    monkeypatch.setattr(fanout, "LARGE", 500)
    fanout.deliver_to_all(event)
    assert table(event) == in_chunks


def test_chunk_that_is_killed_is_done_again_and_repeats_nothing(crowd: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    event = announced()
    fan_out()
    real, kills = broadcasting._write_at_once, iter([False, True, True, False, True])

    def killed(*arguments: object) -> object:
        written = real(*arguments)  # type: ignore[arg-type]
        if next(kills, False):
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(broadcasting, "_write_at_once", killed)
    ended = 0
    while Broadcast.objects.filter(finished_at=None).exists():
        try:
            broadcasting.go_on(event.pk)
        except KeyboardInterrupt:
            ended += 1
    assert ended == 3
    assert Delivery.objects.filter(event=event).count() == 20
    Broadcast.objects.filter(pk=event.pk).update(finished_at=None, told=0, after=None)  # as after a restored backup
    broadcasting.go_on(event.pk)
    assert Delivery.objects.filter(event=event).count() == 20


def test_audience_of_a_query_reaches_its_people_and_nobody_else(crowd: list[Member]) -> None:
    organisation = crowd[0].organisation
    assert organisation is not None
    event = announced(widely.name, told=[told("partner", only=str(organisation.pk))])
    fan_out()
    broadcasting.go_on(event.pk)
    assert set(Delivery.objects.filter(event=event).values_list("user_id", flat=True)) == {one.user.pk for one in crowd}


def test_kind_that_asks_for_each_person_is_asked_in_chunks_too(crowd: list[Member]) -> None:
    allowed.add(crowd[5].user.pk)
    event = announced(choosy.name)
    fan_out()
    broadcasting.go_on(event.pk)
    states = dict(Delivery.objects.filter(event=event).values_list("user_id", "state"))
    assert len(states) == 10
    assert {user for user, state in states.items() if state == DeliveryState.PENDING} == {crowd[5].user.pk}


def test_large_event_of_a_sandbox_tells_nobody(crowd: list[Member]) -> None:
    event = announced(
        widely.name,
        told=[told("partner")],
        actor_organisation_id=OrganisationFactory(kind="partner", is_sandbox=True, sandbox_of=OrganisationFactory(kind="partner")).pk,
    )
    fan_out()
    assert not Delivery.objects.filter(event=event).exists()
    assert not Broadcast.objects.exists()


def test_stop_sends_nothing_more_whether_written_or_not(crowd: list[Member], manager: Member, mailoutbox: list[object]) -> None:
    event = announced()
    fan_out()
    broadcasting._chunk(event.pk)
    mails = list(Delivery.objects.filter(channel="email").values_list("pk", flat=True))
    deliver("email", mails[:1])
    page = manager.client.get(f"/staff/delivery/acts/{event.pk}/").content.decode()
    assert "Sending: 1 of 20" in page
    assert manager.client.post(f"/staff/delivery/acts/{event.pk}/stop/", {"reason": ""}).status_code == 200  # asks for it
    manager.client.post(f"/staff/delivery/acts/{event.pk}/stop/", {"reason": "Wrong date in it."})
    deliver("email", mails[1:2])  # rung for before the stop
    broadcasting.go_on(event.pk)
    deliver("email", mails)
    assert len(mailoutbox) == 1
    counts = progress.of_act(event.pk, by=manager.actor)
    assert counts is not None
    assert (counts.states, counts.is_over) == ({"sent": 1, "suppressed": 19}, True)
    assert set(Delivery.objects.filter(state="suppressed").values_list("note", flat=True)) == {"Stopped by Max Manager: Wrong date in it."}
    stopped = Event.objects.get(kind="notifications.broadcast_stopped")
    assert (stopped.reason, stopped.facts["sent"]) == ("Wrong date in it.", 1)
    assert not Broadcast.objects.open().exists()
    assert "Stopped" in manager.client.get(f"/staff/delivery/acts/{event.pk}/").content.decode()


def test_stop_of_a_batch_holds_for_its_events_that_are_not_passed_on_yet(founder: Member, manager: Member) -> None:
    batch = uuid7()
    entry = told("partner", users=(founder.user.pk,))
    first, second = (announced(told=[entry], batch_id=batch, subject_id=uuid7()) for _ in range(2))
    fan_out(limit=1)
    manager.client.post(f"/staff/delivery/acts/{batch}/stop/", {"reason": "Too early"})
    fan_out()
    broadcasting.go_on(batch)
    assert set(Delivery.objects.filter(event__in=(first, second)).values_list("state", flat=True)) == {"suppressed"}
    assert manager.client.post(f"/staff/delivery/acts/{batch}/stop/", {"reason": "Again"}).status_code == 409


def test_progress_is_for_who_began_it_and_for_those_who_look_after_delivery(crowd: list[Member], investment_manager: Member, finance: Member) -> None:
    event = announced(actor_user_id=investment_manager.user.pk)
    address = f"/staff/delivery/acts/{event.pk}/"
    assert investment_manager.client.get(address).status_code == 200
    assert investment_manager.client.post(f"{address}stop/", {"reason": "x"}).status_code == 404
    assert finance.client.get(address).status_code == 404


def test_dispatcher_rings_once_for_a_broadcast_and_again_when_nobody_came(crowd: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    monkeypatch.setattr("incubator.notifications.tasks.broadcast.apply_async", lambda args, **more: rung.append(args[0]))
    event = announced()
    dispatching.turn()
    dispatching.turn()
    assert rung == [str(event.pk)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sending_broadcast SET rung_at = now() - interval '1 hour', updated_at = now() - interval '1 hour'")
    dispatching.turn()
    assert rung == [str(event.pk)] * 2
    assert health.measure()["unfanned"] == 1
