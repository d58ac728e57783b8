"""One key, one effect: retries, other bodies, twins at once, and what a replay shows."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections

from incubator.accounts.models import ApiKey, Organisation
from incubator.api import idempotency
from incubator.api.models import IdempotencyKey
from incubator.api.tasks import forget_idempotency_keys
from incubator.lib.clock import now
from incubator.outbox.models import Event
from investments.interests.models import Interest
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.incubator.api.test_contract import assert_problem


def body(round_: Any, **changes: object) -> dict[str, object]:
    return {"round": str(round_.pk), "amount_min": "1000000", "amount_max": "2000000", "note": "Hello", **changes}


@pytest.fixture
def verified(partner_organisation: Organisation) -> None:
    InvestorProfileFactory(organisation=partner_organisation, verified=True)


@pytest.mark.django_db
def test_a_retry_is_answered_again_and_does_nothing_again(api: ApiClient, verified: None) -> None:
    given_body = body(RoundFactory(listed=True))
    first = api.post("interests", given_body, key="k-1")
    events = Event.objects.count()
    again = api.post("interests", dict(reversed(given_body.items())), key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.raw == first.raw
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Interest.objects.count() == 1
    assert Event.objects.count() == events


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"note": "Other"}, {"amount_max": "1500000"}])
def test_the_same_key_with_another_body_is_refused(api: ApiClient, verified: None, other: dict[str, object]) -> None:
    round_ = RoundFactory(listed=True)
    api.post("interests", body(round_), key="k-1")
    assert_problem(api.post("interests", body(round_, **other), key="k-1"), 422, "idempotency_key_reused")
    assert_problem(api.post(f"rounds/{round_.pk}/watch", key="k-1"), 422, "idempotency_key_reused")


@pytest.mark.django_db
@pytest.mark.parametrize("given_key", ["", " ", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_refused_before_the_body_is_read(api: ApiClient, given_key: str) -> None:
    answer = api.call("POST", "interests", raw=b"{", headers={"Idempotency-Key": given_key} if given_key else {})
    assert_problem(answer, 400, "idempotency_key_missing")


@pytest.mark.django_db
def test_a_refusal_leaves_the_key_free(api: ApiClient, partner_organisation: Organisation) -> None:
    given_body = body(RoundFactory(listed=True))
    assert api.post("interests", given_body, key="k-1").status == 409
    assert api.post("interests", {**given_body, "amount_min": "x"}, key="k-1").status == 400
    InvestorProfileFactory(organisation=partner_organisation, verified=True)
    assert api.post("interests", given_body, key="k-1").status == 201


@pytest.mark.django_db
def test_a_replay_asks_again_whether_it_may_be_seen(api: ApiClient, key: ApiKey, verified: None) -> None:
    given_body = body(RoundFactory(listed=True))
    api.post("interests", given_body, key="k-1")
    ApiKey.objects.filter(pk=key.pk).update(scopes=["startups:read"])
    assert_problem(api.post("interests", given_body, key="k-1"), 403, "scope_missing")


@pytest.mark.django_db
def test_keys_of_two_organisations_do_not_meet(api: ApiClient, verified: None) -> None:
    other = ApiKeyFactory()
    InvestorProfileFactory(organisation=other.organisation, verified=True)
    given_body = body(RoundFactory(listed=True))
    assert api.post("interests", given_body, key="k-1").status == 201
    second = ApiClient(other).post("interests", given_body, key="k-1")
    assert second.status == 201
    assert "Idempotency-Replayed" not in second.headers


@pytest.mark.django_db
def test_a_key_is_free_again_after_a_day_and_its_row_goes(api: ApiClient, verified: None) -> None:
    round_ = RoundFactory(listed=True)
    api.post(f"rounds/{round_.pk}/watch", key="k-1")
    IdempotencyKey.objects.update(created_at=now() - idempotency.KEPT)
    other = RoundFactory(listed=True)
    assert api.post(f"rounds/{other.pk}/watch", key="k-1").json["round"]["id"] == str(other.pk)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert forget_idempotency_keys() == 1
        assert forget_idempotency_keys() == 0


@pytest.mark.django_db(transaction=True)
def test_twins_at_once_have_one_effect(key: ApiKey, verified: None) -> None:
    given_body = body(RoundFactory(listed=True))
    answers = at_once([lambda: ApiClient(key).post("interests", given_body, key="twin") for _ in range(settings.API_AT_ONCE)])
    assert {one.status for one in answers} <= {201, 409}
    done = [one for one in answers if one.status == 201]
    assert sum("Idempotency-Replayed" not in one.headers for one in done) == 1
    assert len({one.json["id"] for one in done}) == 1
    for one in answers:
        if one.status == 409:
            assert_problem(one, 409, "idempotency_key_in_use")
            assert one.headers["Retry-After"] == "1"
    assert Interest.objects.count() == 1
    assert Event.objects.filter(kind="interests.indicated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_that_still_runs_is_said_so(key: ApiKey, verified: None) -> None:
    given_body = body(RoundFactory(listed=True))
    IdempotencyKey.objects.create(organisation=key.organisation, key="slow", fingerprint="x", created_at=now())
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE api_idempotencykey SET fingerprint = 'y' WHERE key = 'slow'")
            holding.set()
            done.wait(10)
            cursor.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait(5)
    answer = ApiClient(key).post("interests", given_body, key="slow")
    done.set()
    holder.join()
    assert_problem(answer, 409, "idempotency_key_in_use")
    assert not Interest.objects.exists()


def at_once(calls: list[Any]) -> list[Answer]:
    """Run the calls in threads that start together, each with its own connection."""
    barrier = threading.Barrier(len(calls))
    answers: list[Answer] = []

    def run(call: Any) -> None:
        barrier.wait()
        try:
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls)
    return answers
