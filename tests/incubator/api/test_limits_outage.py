"""Redis goes and comes back while clients call: reads are answered, and never more pass than the limit allows."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from incubator.accounts.models import ApiKey
from incubator.api import throttling
from incubator.embedded.places import Sockets
from incubator.embedded.valkey import Valkey
from tests.factories.api import Answer, ApiClient
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.test_idempotency import at_once

QUOTA = 60


@pytest.fixture
def valkey(monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """A server of this test's own, that it may stop."""
    monkeypatch.setattr(throttling, "_redis_rests_until", 0.0)
    monkeypatch.setattr(throttling, "RETRY_REDIS", 0.2)
    throttling._buckets.clear()
    with tempfile.TemporaryDirectory(prefix="limits-") as folder:
        sockets = Sockets(Path(folder))
        server = Valkey(Path(folder), sockets, durable=False)
        server.start()
        with override_settings(REDIS_URL=server.url, API_RATE_READ=f"{QUOTA}/m"):
            yield server
        server.stop()
        sockets.remove()


def burst(key: ApiKey, clients: int, each: int) -> tuple[list[Answer], float]:
    """So many clients at once, and how many seconds they took."""
    begun = time.monotonic()
    answers: list[Answer] = []

    def call() -> Answer:
        api = ApiClient(key)
        mine = [api.get("me") for _ in range(each)]
        answers.extend(mine)
        return mine[-1]

    at_once([call] * clients)
    return answers, time.monotonic() - begun


def passed(answers: list[Answer]) -> int:
    for one in answers:
        if one.status != 200:
            assert_problem(one, 429)
            assert one.json["code"] in {"rate_limited", "too_many_at_once"}  # with clients in parallel either limit may say no
            assert int(one.headers["Retry-After"]) >= 1
    return sum(one.status == 200 for one in answers)


@pytest.mark.django_db(transaction=True)
def test_redis_gone_and_back_again(key: ApiKey, valkey: Valkey) -> None:
    answers, took = burst(key, clients=8, each=12)
    assert QUOTA <= passed(answers) <= QUOTA + took * QUOTA / 60 + 1
    valkey.stop()
    alone, took = burst(key, clients=8, each=6)
    share = QUOTA * throttling.SHARE_ALONE
    assert share <= passed(alone) <= share + took * share / 60 + 1
    assert not [one for one in alone if one.status >= 500]
    valkey.start()
    time.sleep(0.3)
    again, took = burst(key, clients=8, each=12)  # the server came back empty, the limit is whole
    assert QUOTA <= passed(again) <= QUOTA + took * QUOTA / 60 + 1
