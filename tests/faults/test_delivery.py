"""kill -9 in mid-delivery, twins of everything, a row that kills: nothing lost, and no more repeats than there were kills."""

from __future__ import annotations

import os
import signal
import time

from incubator.notifications.models import Attempt, Delivery
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event, Pending
from tests.factories.accounts import UserFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, told
from tests.faults.conftest import Stack

KIND = "accounts.mail_requested"  # its words need no page
KILLS = 5


def mails(number: int, **fields: object) -> list[Delivery]:
    """Deliveries of one account mail, due now."""
    event = EventFactory(kind=KIND, told=[told("person", template="account/email/password_changed")])
    return [DeliveryFactory(event=event, user=UserFactory(password="x"), **fields) for _ in range(number)]


def ended(state: str = DeliveryState.SENT) -> int:
    return Delivery.objects.filter(state=state).count()


def test_worker_killed_five_times_among_fifty_mails_loses_none(stack: Stack) -> None:
    mails(50)
    stack.office.pause = 0.05
    stack.dispatcher()
    for kill in range(KILLS):
        worker = stack.worker()
        goal = len(stack.office.mails) + 4
        stack.wait_for(lambda goal=goal: len(stack.office.mails) >= goal)  # type: ignore[misc]
        stack.kill(worker)
        assert ended() < 50, f"all was sent before kill {kill + 1}"
    stack.office.pause = 0
    stack.worker()
    stack.wait_for(lambda: ended() == 50)
    repeats = {identity: times for identity, times in stack.office.ids().items() if times > 1}
    assert len(stack.office.ids()) == 50
    assert sum(times - 1 for times in repeats.values()) <= KILLS * 2  # two in flight at each kill
    assert Attempt.objects.filter(outcome="sent").count() == 50


def test_two_dispatchers_two_workers_and_fivefold_messages_repeat_nothing(stack: Stack) -> None:
    people = [UserFactory(password="x") for _ in range(20)]
    for _ in range(5):
        event = EventFactory(kind=KIND, told=[told("person", users=tuple(person.pk for person in people), template="account/email/password_changed")])
        Pending.objects.create(event=event, created_at=event.at)
    for _ in range(2):
        stack.dispatcher()
    stack.wait_for(lambda: Delivery.objects.count() == 100)
    again = "from tests.faults.app import app; from incubator.notifications.models import Delivery; from incubator.notifications.tasks import deliver\n"
    again += "ids = [str(pk) for pk in Delivery.objects.values_list('pk', flat=True)]\n"
    again += "for _ in range(5): deliver.apply_async(args=('email', ids), queue='mail')"
    stack.start("-c", again).wait(120)
    for _ in range(2):
        stack.worker()
    stack.wait_for(lambda: ended() == 100)
    time.sleep(1)  # for what should not come
    assert set(stack.office.ids().values()) == {1}
    assert len(stack.office.mails) == Attempt.objects.count() == 100
    assert sorted(Event.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5]


def test_row_that_kills_its_worker_is_dead_after_five_claims_and_the_others_arrive(stack: Stack) -> None:
    poison = DeliveryFactory(
        event=EventFactory(kind=KIND, told=[told("person", template="account/email/password_changed")]), user=UserFactory(email="poison@example.org")
    )
    mails(10)
    stack.dispatcher()
    worker = stack.worker(concurrency=1)
    killed: list[int] = []

    def kill_the_sender(address: str) -> None:
        if address == "poison@example.org":
            for child in stack.children(worker):
                child.send_signal(signal.SIGKILL)
                killed.append(child.pid)

    stack.office.before_taking = kill_the_sender
    stack.wait_for(lambda: ended(DeliveryState.DEAD) == 1 and ended() == 10)
    poison.refresh_from_db()
    assert poison.state == DeliveryState.DEAD
    assert len(killed) == 5
    assert not Attempt.objects.filter(delivery=poison).exists()


def test_worker_frozen_past_its_lease_changes_nothing_when_it_wakes(stack: Stack) -> None:
    [row] = mails(1)
    stack.office.pause = 0.5
    stack.dispatcher()
    frozen = stack.worker(concurrency=1)
    stack.wait_for(lambda: bool(stack.office.mails))
    os.killpg(frozen.pid, signal.SIGSTOP)
    stack.worker(concurrency=1)
    stack.wait_for(lambda: ended() == 1)
    finished = Delivery.objects.get()
    os.killpg(frozen.pid, signal.SIGCONT)
    time.sleep(1.5)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.finished_at) == (DeliveryState.SENT, 1, finished.finished_at)
    assert Attempt.objects.count() == 1
    assert stack.office.ids().most_common(1)[0][1] == 2  # unavoidable, and with the same Message-ID
