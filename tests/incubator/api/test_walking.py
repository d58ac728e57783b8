"""D11: walk a list from page to page while another connection adds, removes and unshares a thousand rows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Semaphore, Thread
from time import monotonic
from uuid import UUID

import pytest
from django.db import connection
from django.test import override_settings

from incubator.accounts.models import ApiKey, Organisation
from incubator.lib.clock import now
from incubator.startups.models import Disclosure, Startup
from tests.factories.api import ApiClient
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db(transaction=True)
STAYING, REMOVED, UNSHARED, ADDED = 250, 250, 350, 400
PAGE = 10
INSTANTS = 60  # so few that the id decides between many, and pages begin in the middle of one instant


@pytest.fixture(autouse=True)
def unlimited() -> Iterator[None]:
    with override_settings(API_RATE_READ="100000000/m"):
        yield


def make_startups(house: Organisation, chance: random.Random) -> list[Startup]:
    """All that are or will be in the list, in the order of their making; the last `ADDED` are not shared yet."""
    at = now()
    number = STAYING + REMOVED + UNSHARED + ADDED
    houses = [Organisation(kind="startup", name=f"Startup {one}", created_at=at, updated_at=at) for one in range(number)]
    Organisation.objects.bulk_create(houses)
    instants = [at - timedelta(hours=one) for one in range(INSTANTS)]
    words = {"profile": "verified", "pitch": "Walked over.", "stage": "pilot", "created_at": at}
    made = [Startup(organisation=one, name=one.name, updated_at=chance.choice(instants), **words) for one in houses]
    Startup.objects.bulk_create(made)
    Disclosure.objects.bulk_create([share(one, house) for one in made[:-ADDED]])
    return made


def share(startup: Startup, house: Organisation) -> Disclosure:
    at = now()
    return Disclosure(startup=startup, audience="organisation", organisation=house, level=2, created_at=at, updated_at=at)


def test_a_walk_misses_and_repeats_nothing_while_a_thousand_rows_come_and_go(api: ApiClient, key: ApiKey) -> None:
    chance = random.Random(11)
    made = make_startups(key.organisation, chance)
    staying, removed, unshared = (
        {one.pk for one in made[start : start + size]} for start, size in ((0, STAYING), (STAYING, REMOVED), (STAYING + REMOVED, UNSHARED))
    )
    gone: dict[UUID, float] = {}  # when the commit of its end was through

    def end(pk: UUID, change: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            change()
            gone[pk] = monotonic()

        return run

    changes: list[Callable[[], object]] = [share(one, key.organisation).save for one in made[-ADDED:]]
    changes += [end(pk, lambda pk=pk: Startup.objects.filter(pk=pk).update(profile="archived")) for pk in removed]  # type: ignore[misc]
    changes += [end(pk, lambda pk=pk: Disclosure.objects.filter(startup=pk).update(status="revoked")) for pk in unshared]  # type: ignore[misc]
    chance.shuffle(changes)
    assert len(changes) == 1_000
    allowed, failures = Semaphore(0), []

    def change_all() -> None:
        try:
            for change in changes:
                allowed.acquire()
                change()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    other = Thread(target=change_all, daemon=True)
    other.start()
    seen: Counter[UUID] = Counter()
    address, pages = f"startups?page_size={PAGE}", 0
    while address:
        allowed.release(1_000 // (STAYING // PAGE))  # as many as let the last change meet the last page at the latest
        asked = monotonic()
        answer = api.get(address)
        ids = [UUID(one["id"]) for one in answer.json["data"]]
        assert not [pk for pk in ids if gone.get(pk, asked) < asked], "shown after it was gone"
        seen.update(ids)
        pages += 1
        assert pages * PAGE <= len(made) + PAGE, "the walk has no end"
        address = (answer.json["next"] or "").removeprefix("http://testserver")
        if pages == 1:
            cursor = address.partition("cursor=")[2]
            forged = cursor[:20] + ("A" if cursor[20] != "A" else "B") + cursor[21:]
            assert_problem(api.get(address.replace(cursor, forged)), 400, "invalid_cursor")
    other.join(30)
    assert not failures
    assert len(gone) == REMOVED + UNSHARED
    assert {pk: seen[pk] for pk in staying} == dict.fromkeys(staying, 1)
    assert max(seen.values()) == 1
    met = len(set(seen) & (removed | unshared)), len(set(seen) - staying - removed - unshared)
    assert all(met), "nothing that came or went was met, so this walk has shown nothing"
    after = [UUID(one["id"]) for one in api.pages("startups?page_size=100")]
    assert set(after) == staying | {one.pk for one in made[-ADDED:]}
