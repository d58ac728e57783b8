"""Rate limits hold with parallel clients, and without Redis."""

import pytest
import redis
from django.test import override_settings

from incubator.accounts.models import ApiKey
from incubator.api import throttling
from tests.factories.api import ApiClient
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.test_idempotency import at_once


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "_redis_rests_until", 0.0)
    throttling._buckets.clear()


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

    def failing(url: str) -> object:
        calls.append(url)
        raise redis.ConnectionError

    monkeypatch.setattr(throttling, "_script", failing)
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
