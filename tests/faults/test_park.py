"""The table of faults on one park of real processes, with servers that are frozen, emptied and killed. In this order."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import requests
from pytest_django import DjangoDbBlocker
from redis import Redis
from standardwebhooks import Webhook, WebhookVerificationError

from incubator.accounts.actors import system_actor
from incubator.accounts.models import Membership, Organisation, User
from incubator.lib import sealing
from incubator.lib.actor import ActingAs
from incubator.lib.clock import now
from incubator.notifications import operations as notifications
from incubator.notifications import pausing
from incubator.notifications.models import Attempt, Delivery, WebhookEndpoint
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event, Pending
from incubator.sending.models import Broadcast
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, WebhookEndpointFactory, told
from tests.faults import storm
from tests.faults.park import Park, park, python

MAIL = "accounts.mail_requested"
SENT = DeliveryState.SENT


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Park]:
    with django_db_blocker.unblock(), park() as made:
        for role in ("dispatcher", "worker0"):
            made.begin(role)
        yield made


@pytest.fixture(autouse=True)
def _empty(shared: Park) -> None:
    """Each scenario counts its own."""
    Delivery.objects.all().delete()
    shared.office.mails.clear()
    shared.office.answers.clear()
    shared.office.pause = 0
    shared.receiver.calls.clear()
    shared.receiver.accepted.clear()
    shared.receiver.answers.clear()
    shared.mend_only("dispatcher", "worker0")


def ended(state: str = SENT) -> int:
    return Delivery.objects.filter(state=state).count()


def hooks(shared: Park, number: int, **fields: object) -> list[Delivery]:
    endpoint = WebhookEndpointFactory(url=shared.receiver.url)
    event = EventFactory()
    return [DeliveryFactory(webhook=True, event=event, endpoint=endpoint, recipient=f"endpoint:{endpoint.pk}:{one}", **fields) for one in range(number)]


def account_mail(people: list[User]) -> Event:
    return EventFactory(kind=MAIL, told=[told("person", users=tuple(one.pk for one in people), template="account/email/password_changed")])


def mails(number: int, **fields: object) -> list[Delivery]:
    event = EventFactory(kind=MAIL, told=[told("person", template="account/email/password_changed")])
    return [DeliveryFactory(event=event, user=UserFactory(password="x"), **fields) for _ in range(number)]


def test_f1_f2_process_that_dies_after_its_commit_has_told_and_before_it_nothing(shared: Park) -> None:
    person = UserFactory(password="x")
    record = f"""
from django.db import transaction
from tests.faults.test_park import account_mail
from incubator.accounts.models import User
from incubator.outbox.models import Pending
with transaction.atomic():
    event = account_mail([User.objects.get(pk="{person.pk}")])
    Pending.objects.create(event=event, created_at=event.at)
    {{}}
os.kill(os.getpid(), signal.SIGKILL)
"""
    events = Event.objects.count()
    assert python(shared, record.format("os.kill(os.getpid(), signal.SIGKILL)")).returncode == -signal.SIGKILL
    assert Event.objects.count() == events
    assert python(shared, record.format("pass")).returncode == -signal.SIGKILL
    shared.wait_for(lambda: ended() == 1)
    assert set(shared.office.ids().values()) == {1}
    assert Delivery.objects.count() == 1


def test_f3_pages_work_while_redis_is_frozen_or_gone_and_all_arrives_when_it_is_back(shared: Park) -> None:
    shared.begin("web")
    site = f"http://127.0.0.1:{shared.port}"
    shared.wait_for(lambda: answers(f"{site}/healthz"))
    person = UserFactory()
    normal = ask_for_a_password(site, person.email)
    shared.wait_for(lambda: len(shared.office.mails) == 1)
    assert shared.servers.valkey.process
    shared.servers.valkey.process.send_signal(signal.SIGSTOP)
    frozen = [ask_for_a_password(site, UserFactory().email) for _ in range(2)]
    assert requests.get(f"{site}/readyz", timeout=10).json()["status"] == "degraded"
    shared.servers.valkey.process.send_signal(signal.SIGCONT)
    shared.wait_for(lambda: len(shared.office.mails) == 3)
    shared.servers.kill_valkey()
    refused = ask_for_a_password(site, UserFactory().email)
    shared.servers.valkey.start()
    shared.wait_for(lambda: len(shared.office.mails) == 4)
    time.sleep(0.5)
    assert set(shared.office.ids().values()) == {1}
    assert max(*frozen, refused) < normal + 5
    shared.end("web")


def test_f4_full_queue_that_redis_loses_is_rung_for_again(shared: Park) -> None:
    for lose in ("flush", "kill"):
        shared.end("worker0")
        shared.office.mails.clear()
        rows = mails(100)
        shared.wait_for(lambda rows=rows: not Delivery.objects.filter(pk__in=[row.pk for row in rows], rung_at=None).exists())  # type: ignore[misc]
        if lose == "flush":
            with Redis.from_url(shared.servers.valkey.url) as client:
                assert client.dbsize() > 0
                client.flushall()
        else:
            shared.servers.kill_valkey()
            shared.servers.valkey.start()
        shared.begin("worker0")
        shared.wait_for(lambda: shared.unended() == 0)
        assert sorted(storm.arrived(shared, rows).values()) == [1] * 100


def test_f10_receiver_that_works_and_answers_too_late_hears_once_more_with_the_same_id(shared: Park) -> None:
    [row] = hooks(shared, 1)
    shared.receiver.late = 1
    shared.wait_for(lambda: ended() == 1)
    assert Counter(call[0]["webhook-id"] for call in shared.receiver.calls) == {f"msg_{row.pk.hex}": 2}
    assert list(Attempt.objects.filter(delivery=row).order_by("number").values_list("outcome", flat=True)) == ["pending", "sent"]


def test_f15_fan_out_whose_workers_are_killed_ten_times_writes_each_delivery_once(shared: Park) -> None:
    organisation = OrganisationFactory(kind="partner")
    people = User.objects.bulk_create(User(email=f"crowd{number}@example.org", name=f"Person {number}") for number in range(5_000))
    Membership.objects.bulk_create(Membership(user=one, organisation=organisation, role="partner") for one in people)
    event = EventFactory(kind="notifications.test_widely", told=[told("partner", only=str(organisation.pk))])
    pausing.pause("email", reason="What is written need not be sent.", by=system_actor(), at=now())
    Pending.objects.create(event=event, created_at=event.at)
    shared.wait_for(lambda: Broadcast.objects.filter(pk=event.pk).exists())
    killed, before, chance = 0, -1, random.Random(15)
    until = time.monotonic() + 75
    while killed < 10 and time.monotonic() < until and Broadcast.objects.get(pk=event.pk).finished_at is None:
        shared.supervise()
        if (written := Broadcast.objects.get(pk=event.pk).written) > before and shared.kill_a_child(chance):
            killed, before = killed + 1, written
        time.sleep(0.02)
    shared.wait_for(lambda: Broadcast.objects.get(pk=event.pk).finished_at is not None)
    assert killed == 10
    assert Delivery.objects.filter(event=event).count() == 5_000 == Broadcast.objects.get(pk=event.pk).written
    assert Delivery.objects.filter(event=event).values("user").distinct().count() == 5_000
    assert not shared.office.mails
    Delivery.objects.all().delete()
    pausing.resume("email", by=system_actor(), at=now())


def test_f16_endpoint_dead_for_days_gets_each_once_when_asked_for_again(shared: Park) -> None:
    rows = hooks(shared, 60, state=DeliveryState.FAILED, tries=10)
    endpoint = rows[0].endpoint
    assert endpoint is not None
    span = {"since": rows[0].created_at, "until": now()}
    assert notifications.redeliver_range(endpoint, **span, by=partner(endpoint.organisation)).facts["count"] == 60
    shared.wait_for(lambda: ended() == 60)
    assert set(storm.arrived(shared, rows).values()) == {1}


def test_f17_nothing_is_sent_after_consent_was_withdrawn_but_what_is_in_flight(shared: Park) -> None:
    organisation = OrganisationFactory(kind="partner")
    shared.office.pause = 0.02
    kind = "notifications.test_consented"
    event = EventFactory(kind=kind)
    users = User.objects.bulk_create(User(email=f"leaving{number}@example.org", name="Leaving") for number in range(1_000))
    Delivery.objects.bulk_create(
        DeliveryFactory.build(event=event, kind=kind, user=one, recipient=f"user:{one.pk}", organisation=organisation) for one in users
    )
    shared.wait_for(lambda: len(shared.office.mails) > 20)
    Organisation.objects.filter(pk=organisation.pk).update(has_access=False)
    by_then = len(shared.office.mails)
    shared.wait_for(lambda: shared.unended() == 0)
    assert len(shared.office.mails) - by_then <= storm.POOL
    assert ended(DeliveryState.SUPPRESSED) == 1_000 - len(shared.office.mails)


def test_f18_mail_server_that_waits_refuses_or_hangs_up(shared: Park) -> None:
    people = [UserFactory(password="x") for _ in range(3)]
    shared.office.answers_to = {people[0].email: ["451 later"], people[1].email: ["550 nobody here"]}
    shared.office.hang_up_after = {people[2].email}
    event = EventFactory(kind=MAIL, told=[told("person", template="account/email/password_changed")])
    later, never, dropped = (DeliveryFactory(event=event, user=one) for one in people)
    mail = Delivery.objects.filter(event=event)  # whose address bounced is told so in the portal
    shared.wait_for(lambda: sorted(mail.values_list("state", flat=True)) == ["bounced", "sent", "sent"])
    shared.office.answers_to, shared.office.hang_up_after = {}, set()
    assert storm.arrived(shared, [later, never, dropped]) == {str(later.pk): 1, str(never.pk): 0, str(dropped.pk): 2}


def test_f19_secret_exchanged_while_a_hundred_wait_is_never_refused(shared: Park) -> None:
    rows = hooks(shared, 100)
    endpoint = WebhookEndpoint.objects.get(pk=rows[0].endpoint_id)
    old = sealing.unseal(endpoint.secret_sealed, purpose="webhook-secret")
    shared.wait_for(lambda: len(shared.receiver.calls) > 10)
    new = notifications.rotate_secret(endpoint, by=partner(endpoint.organisation), at=now())
    shared.wait_for(lambda: ended() == 100)
    for headers, body in shared.receiver.calls:
        assert any(verifies(secret, headers, body) for secret in (old, new))


def test_f20_database_that_takes_no_writes_refuses_cleanly_and_loses_nothing(shared: Park) -> None:
    shared.begin("web")
    site = f"http://127.0.0.1:{shared.port}"
    shared.wait_for(lambda: answers(f"{site}/healthz"))
    person = UserFactory()
    session, form = form_of(site)
    events = Event.objects.count()
    shared.read_only(True)
    try:
        answer = session.post(f"{site}/accounts/password/reset/", data={**form, "email": person.email}, timeout=20, allow_redirects=False)
        assert answer.status_code == 503
    finally:
        shared.read_only(False)
    assert Event.objects.count() == events
    ask_for_a_password(site, person.email)
    shared.wait_for(lambda: ended() == 1)
    assert set(shared.office.ids().values()) == {1}
    shared.end("web")


def test_f5_to_f9_storm_of_kills_loses_nothing_and_repeats_no_more_than_it_may(shared: Park) -> None:
    shared.mend_only("dispatcher", "worker0")
    result = storm.run(shared, deliveries=500, kills=30, postgres=2, redis=1)
    assert result.lost == 0, result
    assert result.repeats <= result.ceiling, result
    assert result.drained_in <= 120, result
    assert result.kills.total() >= 25, result


# ── Parts ───────────────────────────────────────────────────────────────────
def partner(organisation: Organisation) -> ActingAs:
    return ActingAs(kind="user", organisation_id=organisation.pk, organisation_kind="partner", roles=frozenset({"partner"}))


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=10).status_code == 200
    except requests.RequestException:
        return False


def verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    except WebhookVerificationError:
        return False
    return True


def form_of(site: str) -> tuple[requests.Session, dict[str, str]]:
    session = requests.Session()
    session.get(f"{site}/accounts/password/reset/", timeout=20)
    return session, {"csrfmiddlewaretoken": session.cookies["csrf"]}


def ask_for_a_password(site: str, email: str) -> float:
    """By the page; the seconds that it took."""
    session, form = form_of(site)
    begun = time.monotonic()
    answer = session.post(f"{site}/accounts/password/reset/", data={**form, "email": email}, timeout=20, allow_redirects=False)
    assert answer.status_code == 302, answer.text[-500:]
    return time.monotonic() - begun
