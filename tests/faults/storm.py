"""Many deliveries, many kills, and what the receivers got: counted by what they recorded, not by what we believe."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass

from django.db.models.functions import Now

from incubator.notifications.models import Delivery, WebhookEndpoint
from incubator.notifications.states import DeliveryState
from tests.factories.accounts import UserFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, WebhookEndpointFactory, told
from tests.faults.park import Park

POOL = 2  # processes of a worker; so many may be sending when all of it is killed
# The shares of the victims; servers are killed a given number of times. What is rare takes long to start again.
VICTIMS = {"worker": 0.06, "dispatcher": 0.06, "beat": 0.03, "web": 0.03}


@dataclass(frozen=True, slots=True)
class Result:
    """`ceiling` is what the table of faults allows for this run."""

    deliveries: int
    kills: Counter[str]
    lost: int
    repeats: int
    most_of_one: int
    ceiling: int
    drained_in: float


def fill(park: Park, number: int, *, endpoints: int = 10, refuse: float = 0.0, seed: int = 1) -> list[Delivery]:
    """Half mails, half webhooks, due now; the receiver answers 503 to a share of the calls."""
    chance = random.Random(seed)
    mail = EventFactory(kind="accounts.mail_requested", told=[told("person", template="account/email/password_changed")])
    hook = EventFactory(kind="notifications.test_hooked", told=[told("partner", name="The thing")])
    organisation = WebhookEndpointFactory(url=park.receiver.url).organisation
    hooks = [WebhookEndpointFactory(organisation=organisation, url=park.receiver.url) for _ in range(endpoints)]
    made = [DeliveryFactory.build(event=mail, user=UserFactory(password="x"), recipient=f"user:{one}", kind=mail.kind) for one in range(number // 2)]
    for one in range(number - number // 2):
        endpoint = hooks[one % endpoints]
        fields = {"channel": "webhook", "endpoint": endpoint, "organisation": organisation, "user": None}
        made.append(DeliveryFactory.build(event=hook, kind=hook.kind, recipient=f"endpoint:{endpoint.pk}:{one}", **fields))
    park.receiver.answers = [(503, {}) if chance.random() < refuse else (204, {}) for _ in range(3 * number)]
    Delivery.objects.bulk_create(made)
    return made


def arrived(park: Park, rows: list[Delivery]) -> Counter[str]:
    """How often each of the deliveries was taken by its receiver."""
    mails = park.office.ids()
    calls = Counter(park.receiver.accepted)
    return Counter({str(row.pk): calls[f"msg_{row.pk.hex}"] if row.endpoint_id else mails[f"<{row.pk}@testserver>"] for row in rows})


def run(park: Park, *, deliveries: int, kills: int, postgres: int, redis: int, seed: int = 1, patience: float = 120) -> Result:
    """Fill, kill at even distances of what has arrived, let everything come back, wait until nothing is left."""
    chance = random.Random(seed)
    rows = fill(park, deliveries, refuse=0.2, seed=seed)
    park.office.pause = 0.01
    park.mend()
    victims = ["postgres"] * postgres + ["redis"] * redis
    victims += [name for name, share in VICTIMS.items() for _ in range(round(share * kills))]
    victims += ["child"] * (kills - len(victims))
    chance.shuffle(victims)
    done: Counter[str] = Counter()
    for number, victim in enumerate(victims):
        _wait_for_progress(park, deliveries * number // (len(victims) + 1))
        if _kill(park, victim, chance):
            done[victim] += 1
        park.mend()
    park.office.pause = 0
    last = time.monotonic()
    park.ask("WITH mended AS (UPDATE notifications_webhookendpoint SET broken_until = NULL RETURNING 1) SELECT count(*) FROM mended")
    park.wait_for(lambda: park.unended() == 0 or _brought_forward(), patience)
    drained = time.monotonic() - last
    times = arrived(park, rows)
    whole = sum(done[name] for name in ("postgres", "redis", "worker"))
    return Result(
        deliveries=deliveries,
        kills=done,
        lost=sum(1 for number in times.values() if number == 0),
        repeats=sum(number - 1 for number in times.values() if number > 1),
        most_of_one=max(times.values()),
        ceiling=done.total() + POOL * whole,
        drained_in=drained,
    )


def _brought_forward() -> bool:
    """What was refused twice would wait for minutes; its time has come now. Never true."""
    Delivery.objects.filter(state=DeliveryState.PENDING, due_at__gt=Now()).update(due_at=Now(), rung_at=None)
    WebhookEndpoint.objects.filter(broken_until__gt=Now()).update(broken_until=None)
    time.sleep(0.3)
    return False


def _wait_for_progress(park: Park, goal: int) -> None:
    """Until so many have arrived, or a second has gone: everything may be waiting for a lease."""
    until = time.monotonic() + 1
    while len(park.office.mails) + len(park.receiver.accepted) < goal and time.monotonic() < until:
        time.sleep(0.01)


def _kill(park: Park, victim: str, chance: random.Random) -> bool:
    if victim == "child":
        return park.kill_a_child(chance)
    if victim == "postgres":
        park.servers.restart_postgres()
    elif victim == "redis":
        park.servers.kill_valkey()
        park.servers.valkey.start()
    else:
        park.end("worker0" if victim == "worker" else victim)
    return True
