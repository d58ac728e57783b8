"""Rate limits hold with parallel clients, and without Redis."""

from threading import Event
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.test import override_settings

from incubator.accounts.models import ApiKey
from incubator.api import throttling
from incubator.api.endpoints import ApiRequest
from incubator.api.v1.me import Me
from tests.factories.api import ApiClient
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.test_idempotency import at_once


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "_redis_rests_until", 0.0)
    throttling._buckets.clear()
    throttling._under_way.clear()


@pytest.mark.django_db
@override_settings(API_RATE_READ="3/m")
def test_the_fourth_of_three_requests_waits(api: ApiClient) -> None:
    left = [api.get("me").headers["RateLimit"] for _ in range(3)]
    assert [one.split(";")[1] for one in left] == ["r=2", "r=1", "r=0"]
    answer = api.get("me")
    assert_problem(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 21
    assert answer.headers["RateLimit-Policy"] == '"read";q=3;w=60'


@pytest.mark.django_db
@override_settings(API_RATE_READ="2/m", API_RATE_WRITE="1/m")
def test_reading_and_writing_have_their_own_buckets_and_so_has_each_key(api: ApiClient, key: ApiKey) -> None:
    from tests.factories.api import ApiKeyFactory

    assert api.post("interests", {}).status == 400
    assert api.post("interests", {}).status == 429
    assert api.get("me").status == 200
    assert ApiClient(ApiKeyFactory(organisation=key.organisation)).post("interests", {}).status == 400


@pytest.mark.django_db(transaction=True)
@override_settings(API_RATE_READ="10/m")
def test_parallel_clients_share_one_bucket(key: ApiKey) -> None:
    answers = at_once([lambda: ApiClient(key).get("me") for _ in range(25)])
    served = sum(one.status == 200 for one in answers)
    assert 10 <= served <= 11  # one may have been refilled meanwhile
    assert {one.status for one in answers} == {200, 429}


@pytest.mark.django_db
@override_settings(REDIS_URL="unix:///nowhere/at/all.sock", API_RATE_READ="60/m")
def test_without_redis_requests_are_answered_and_a_smaller_limit_holds(api: ApiClient) -> None:
    statuses = [api.get("me").status for _ in range(12)]
    assert statuses[:6] == [200] * 6
    assert statuses[7:] == [429] * 5


@pytest.mark.django_db
def test_after_a_failure_redis_is_left_alone_for_a_while(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def failing() -> object:
        calls.append(1)
        raise redis.ConnectionError

    monkeypatch.setattr(throttling, "_redis", failing)
    for _ in range(5):
        assert api.get("me").status == 200
    assert len(calls) == 1


@pytest.mark.django_db
def test_a_refused_request_changes_nothing(api: ApiClient) -> None:
    from incubator.api.models import IdempotencyKey

    with override_settings(API_RATE_WRITE="1/m"):
        api.post("interests", {})
        assert api.post("interests", {}).status == 429
    assert not IdempotencyKey.objects.exists()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Event:
    """`me` answers when the event is set, so that requests pile up meanwhile."""
    gate, get = Event(), Me.get

    def wait(self: Me, request: ApiRequest) -> Any:
        gate.wait(20)
        return get(self, request)

    monkeypatch.setattr(Me, "get", wait)
    return gate


def pile_up(key: ApiKey, slow: Event, many: int, served: int) -> list[int]:
    """The statuses of so many at once. The gate opens when all but those under way have been refused."""
    refused: list[int] = []

    def call() -> Any:
        answer = ApiClient(key).get("me")
        if answer.status == 429:
            assert_problem(answer, 429, "too_many_at_once")
            assert answer.headers["Retry-After"] == "1"
            refused.append(1)
            if len(refused) == many - served:
                slow.set()
        return answer

    return sorted(one.status for one in at_once([call] * many))


@pytest.mark.django_db(transaction=True)
@override_settings(API_AT_ONCE=4, API_RATE_READ="6/m")  # six tokens: had the five refused paid, the bucket would be empty
def test_so_many_parallel_clients_are_served_at_once_and_the_next_wait(key: ApiKey, slow: Event, cache_server: redis.Redis) -> None:
    assert pile_up(key, slow, 9, 4) == [200] * 4 + [429] * 5
    assert cache_server.zcard(throttling._slots_key(key.pk)) == 0
    assert ApiClient(key).get("me").status == 200


@pytest.mark.django_db(transaction=True)
@override_settings(REDIS_URL="unix:///nowhere/at/all.sock")
def test_without_redis_fewer_are_served_at_once(key: ApiKey, slow: Event) -> None:
    assert pile_up(key, slow, 6, 2) == [200] * 2 + [429] * 4
    assert throttling._under_way == {}
    assert ApiClient(key).get("me").status == 200


@pytest.mark.django_db
@override_settings(API_AT_ONCE=1)
def test_a_request_that_fails_gives_its_place_back(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError

    assert api.get("nothing").status == 404
    assert api.get("me?colour=red").status == 400
    with monkeypatch.context() as patch:
        patch.setattr(Me, "get", broken)
        assert api.get("me").status == 500
    assert api.get("me").status == 200


@pytest.mark.django_db
@override_settings(API_AT_ONCE=1)
def test_the_place_of_a_killed_process_is_free_again_after_a_while(api: ApiClient, key: ApiKey, cache_server: redis.Redis) -> None:
    name, seconds = throttling._slots_key(key.pk), cache_server.time()[0]
    cache_server.zadd(name, {"killed": (seconds - 29) * 1000})
    assert_problem(api.get("me"), 429, "too_many_at_once")
    cache_server.zadd(name, {"killed": (seconds - 31) * 1000})
    assert api.get("me").status == 200


@override_settings(API_RATE_FILE="2/m")
def test_files_have_a_bucket_of_their_own_without_a_place() -> None:
    credential = uuid4()
    assert throttling.enter(credential, "write").allowed
    states = [throttling.spend(credential, "file") for _ in range(3)]
    assert [one.allowed for one in states] == [True, True, False]
    assert throttling.refuse(states[-1]).headers["Retry-After"] == "30"
    assert states[0].slot is None
