"""Digests: each item once, in one of them, whatever the clock does and whoever dies; and one mail for it."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction

from incubator.lib.clock import now
from incubator.notifications import choosing, digests
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, Preference, Reach
from incubator.outbox.models import Event, Pending
from tests.factories.accounts import UserFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, told
from tests.incubator.notifications.kinds import allowed, choosy, hooked
from tests.races import race

HONG_KONG, NEW_YORK = "Asia/Hong_Kong", "America/New_York"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def held(user, *, rhythm: str = "daily", at: datetime | None = None, **fields: object) -> Delivery:  # type: ignore[no-untyped-def]
    row: Delivery = DeliveryFactory(user=user, state="held", held_for=rhythm, created_at=at or now() - timedelta(days=2), **fields)
    return row


@pytest.mark.parametrize(
    ("rhythm", "zone", "at", "day", "until"),
    [
        ("daily", HONG_KONG, "2026-12-15 00:00", date(2026, 12, 15), "2026-12-15 00:00"),  # eight there
        ("daily", HONG_KONG, "2026-12-14 23:59", date(2026, 12, 14), "2026-12-14 00:00"),
        ("daily", HONG_KONG, "2026-12-14 17:00", date(2026, 12, 14), "2026-12-14 00:00"),  # one in the night of the 15th there
        ("weekly", HONG_KONG, "2026-12-14 00:00", date(2026, 12, 14), "2026-12-14 00:00"),  # a Monday
        ("weekly", HONG_KONG, "2026-12-13 23:59", date(2026, 12, 7), "2026-12-07 00:00"),
        ("weekly", HONG_KONG, "2026-12-19 10:00", date(2026, 12, 14), "2026-12-14 00:00"),
        ("daily", NEW_YORK, "2026-03-08 12:00", date(2026, 3, 8), "2026-03-08 12:00"),  # an hour earlier than the day before
        ("daily", NEW_YORK, "2026-11-01 12:30", date(2026, 10, 31), "2026-10-31 12:00"),
        ("daily", NEW_YORK, "2026-11-01 13:00", date(2026, 11, 1), "2026-11-01 13:00"),
    ],
)
def test_a_digest_is_due_at_eight_on_the_persons_clock(rhythm: str, zone: str, at: str, day: date, until: str) -> None:
    assert digests.last_due(rhythm, instant(at), zone) == (day, instant(until))


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["2026-03-06 00:00", "2026-10-30 00:00"])
def test_over_a_change_of_the_clock_each_item_comes_once_and_each_day_has_one_digest(first: str) -> None:
    user = UserFactory(time_zone=NEW_YORK)
    start = instant(first)
    for step in range(4 * 24):
        at = start + timedelta(hours=step)
        held(user, at=at)
        digests.make_due(at=at)
        digests.make_due(at=at)
    last = digests.last_due("daily", start + timedelta(hours=95), NEW_YORK)[1]
    assert set(Delivery.objects.filter(created_at__lt=last).values_list("state", flat=True)) == {"digested"}
    assert set(Delivery.objects.filter(created_at__gte=last).values_list("state", flat=True)) == {"held"}
    days = [date.fromisoformat(facts["day"]) for facts in Event.objects.filter(kind="notifications.digest_made").order_by("at").values_list("facts", flat=True)]
    assert days == [days[0] + timedelta(days=number) for number in range(4)]
    assert Event.objects.filter(kind="notifications.digest_made").count() == 4
    sizes = {day: Delivery.objects.filter(digest__facts__day=day.isoformat()).count() for day in days}
    assert set(list(sizes.values())[1:]) == {24, 25 if "10-30" in first else 23}


@pytest.mark.django_db
def test_somebody_who_moves_gets_no_second_digest_of_a_day_and_loses_nothing() -> None:
    user = UserFactory(time_zone=HONG_KONG)
    held(user, at=instant("2026-12-14 20:00"))
    assert digests.make_due(at=instant("2026-12-15 00:10")) == 1
    user.time_zone = NEW_YORK
    user.save(update_fields=["time_zone"])
    late = held(user, at=instant("2026-12-15 05:00"))
    assert digests.make_due(at=instant("2026-12-15 13:10")) == 0  # the 15th again, eight in New York
    assert digests.make_due(at=instant("2026-12-16 13:10")) == 1
    late.refresh_from_db()
    assert late.digest is not None
    assert late.digest.facts["day"] == "2026-12-16"


@pytest.mark.django_db
def test_what_is_wanted_daily_waits_for_one_mail_with_every_item_and_its_way_out() -> None:
    user = UserFactory(name="Ann Other")
    Preference.objects.create(user=user, kind=hooked.name, channel="email", rhythm="daily", changed_at=now())
    for number in (1, 2):
        event = EventFactory(told=[told("partner", users=(user.pk,), name=f"Thing {number}")])
        Pending.objects.create(event=event, created_at=event.at)
    fan_out()
    assert set(Delivery.objects.filter(channel="email").values_list("state", "held_for")) == {("held", "daily")}
    changed = DeliveryFactory(user=user)  # fanned out before it was wanted daily
    deliver("email", [changed.pk])
    assert mail.outbox == []
    assert digests.make_due(at=now() + timedelta(days=1)) == 1
    fan_out()
    sent = Delivery.objects.get(kind="notifications.digest_made")
    deliver("email", [sent.pk])
    message = mail.outbox[0]
    assert message.subject == "What happened since yesterday morning"
    for part in ("Dear Ann Other", "Something new: Thing 1", "Something new: Thing 2", "Something new: The thing", "http://testserver/accounts/login/"):
        assert part in message.body
        assert part in message.alternatives[0][0]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert digests.make_due(at=now() + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_what_may_not_be_told_any_more_is_left_out_when_the_digest_is_made_and_when_it_is_sent() -> None:
    user = UserFactory()
    event = EventFactory(kind=choosy.name)
    item = held(user, event=event)
    digests.make_due(at=now())
    item.refresh_from_db()
    assert item.state == "suppressed"
    allowed.add(user.pk)
    item = held(user, event=EventFactory(kind=choosy.name))
    assert digests.make_due(at=now() + timedelta(days=1)) == 1
    allowed.clear()
    fan_out()
    deliver("email", list(Delivery.objects.filter(kind="notifications.digest_made").values_list("pk", flat=True)))
    assert mail.outbox == []


@pytest.mark.django_db
def test_more_than_fits_comes_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "ITEMS_AT_MOST", 2)
    user = UserFactory()
    for _ in range(3):
        held(user)
    digests.make_due(at=now())
    digests.make_due(at=now())
    assert Delivery.objects.filter(state="held").count() == 1
    digests.make_due(at=now() + timedelta(days=1))
    assert Delivery.objects.filter(state="digested").count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("rhythm", "state"), [("immediate", "pending"), ("off", "suppressed"), ("weekly", "held")])
def test_what_waits_goes_the_way_that_is_chosen_next(rhythm: str, state: str) -> None:
    from incubator.accounts import actors

    user = UserFactory()
    row = held(user, event=EventFactory(kind="applications.submitted"))
    other = held(user, event=EventFactory(kind="applications.withdrawn"))
    Preference.objects.create(user=user, kind="applications.submitted", channel="email", rhythm="daily", changed_at=now())
    choosing.choose(user, {("applications.submitted", "email"): rhythm}, quiet=None, by=actors.acting_for(user, None, frozenset()), at=now())
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state, other.held_for) == (state, "held", "daily")


@pytest.mark.django_db
def test_the_way_out_of_a_digest_switches_off_all_that_comes_in_digests_and_can_be_undone() -> None:
    from incubator.notifications import events

    user = UserFactory()
    for kind, rhythm in (("applications.submitted", "daily"), ("rounds.closed", "weekly"), ("rounds.listed", "immediate")):
        Preference.objects.create(user=user, kind=kind, channel="email", rhythm=rhythm, changed_at=now())
    before = set(Preference.objects.values_list("kind", "rhythm"))
    choosing.unsubscribe(user, events.digest_made, at=now())
    assert set(Preference.objects.values_list("kind", "rhythm")) == {
        ("applications.submitted", "off"),
        ("rounds.closed", "off"),
        ("rounds.listed", "immediate"),
    }
    assert choosing.is_off(user, events.digest_made)
    choosing.resubscribe(user, events.digest_made, at=now())
    assert set(Preference.objects.values_list("kind", "rhythm")) == before


# ── Faults ──────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_digest_with_each_item_once() -> None:
    user = UserFactory()
    for _ in range(5):
        held(user)
    at = now()
    assert sorted(race(4, lambda: digests.make_due(at=at))) == [0, 0, 0, 1]  # type: ignore[type-var]
    assert Event.objects.filter(kind="notifications.digest_made").count() == 1
    assert Delivery.objects.filter(state="digested", digest__kind="notifications.digest_made").count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_half_way_leaves_nothing_half_and_the_next_makes_it_whole() -> None:
    """Its connection is killed after it wrote the digest, while it waits for the items."""
    user = UserFactory()
    for _ in range(3):
        held(user)
    at, ended = now(), []

    def work() -> None:
        try:
            digests.make_due(at=at)
        except OperationalError as error:
            ended.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    with transaction.atomic():
        list(Delivery.objects.select_for_update())
        worker.start()
        assert killed_while_waiting()
        worker.join()
    assert len(ended) == 1
    assert not Reach.objects.filter(daily_on__isnull=False).exists()
    assert Delivery.objects.filter(state="held").count() == 3
    assert digests.make_due(at=at) == 1
    assert Delivery.objects.filter(state="digested").count() == 3
    fan_out()
    fan_out()
    assert Delivery.objects.filter(kind="notifications.digest_made").count() == 1


def killed_while_waiting() -> bool:
    """End the other connection of this database once it waits for a lock."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it would stay as first seen
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchall():
                return True
        time.sleep(0.05)
    return False


@pytest.mark.django_db
def test_more_people_than_one_run_makes_digests_for_come_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "PEOPLE_AT_ONCE", 2)
    for _ in range(3):
        held(UserFactory())
    assert [digests.make_due(at=now()) for _ in range(3)] == [2, 1, 0]
