"""A model of bad networks: whatever is repeated, dropped or broken off, each key has one effect and no stale write lands."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.accounts.models import Organisation
from incubator.api import idempotency
from incubator.api.endpoints import Rows
from incubator.api.models import IdempotencyKey
from incubator.outbox.models import Event
from investments.interests.models import Interest
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db

AMOUNTS = {"amount_min": "1000000", "amount_max": "2000000"}
# The name of a key, which of four requests, and what happens on the way.
STEP = st.tuples(st.sampled_from("abcd"), st.integers(0, 3), st.sampled_from(["arrives", "arrives", "dies before", "dies after", "is spoilt"]))


class Broken(Exception):
    """The process has died here."""


@contextmanager
def dying(how: str) -> Iterator[None]:
    """«before»: with the effect done and not committed. «after»: committed, and the answer never leaves."""
    places = {"dies before": (idempotency, "keep"), "dies after": (Rows, "one")}
    if how in places:
        with patch.object(*places[how], side_effect=Broken):
            yield
    else:
        yield


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=4, max_size=14))
def test_effects_are_as_many_as_keys_whatever_breaks(partner_organisation: Organisation, steps: list[tuple[str, int, str]]) -> None:
    """Requests 0 and 1 declare an interest in a round of their own, 2 and 3 watch one. Every lost answer is asked for again."""
    with transaction.atomic():
        api = ApiClient(ApiKeyFactory(organisation=partner_organisation))
        InvestorProfileFactory(organisation=partner_organisation, verified=True)
        rounds = [RoundFactory(listed=True) for _ in range(4)]
        model: dict[str, int] = {}
        for name, which, how in steps:
            path, body = ("interests", {"round": str(rounds[which].pk), **AMOUNTS}) if which < 2 else (f"rounds/{rounds[which].pk}/watch", {})
            spoilt = how == "is spoilt"
            known, taken = name in model, which in model.values()
            with dying(how):
                answer = api.post(path, {**body, "colour": "red"} if spoilt else body, key=name)
            lands = not known and not spoilt and not (taken and which < 2)
            if known and (spoilt or model[name] != which):
                assert_problem(answer, 422, "idempotency_key_reused")
            elif not known and spoilt:
                assert_problem(answer, 400, "invalid")
            elif not known and not lands:
                assert_problem(answer, 409)
            elif how == "dies after" or (how == "dies before" and not known):
                assert_problem(answer, 500, "internal_error")
            else:
                assert answer.status == 201, answer.raw
                assert ("Idempotency-Replayed" in answer.headers) == known
            if lands and how != "dies before":
                model[name] = which
            effects = set(model.values())
            assert IdempotencyKey.objects.count() == len(model)
            assert Interest.objects.count() == len(effects)
            assert Event.objects.filter(kind="interests.indicated").count() == len([one for one in effects if one < 2])
        transaction.set_rollback(True)


@override_settings(API_RATE_READ="100000000/m", API_RATE_WRITE="100000000/m")
def test_of_a_thousand_stale_writes_none_lands(partner_organisation: Organisation) -> None:
    """Every step of every interest is tried with every kind of tag that is not the present one."""
    dice = random.Random(17)
    api = ApiClient(ApiKeyFactory(organisation=partner_organisation))
    InvestorProfileFactory(organisation=partner_organisation, verified=True)
    bodies = {"indicate": AMOUNTS, "withdraw": {}, "pass": {"reason": "stage"}}
    elsewhere, tries = ['"0-000000000000"', '"999-abcdefabcdef"'], 0
    for _ in range(24):
        answer = api.post(f"rounds/{RoundFactory(listed=True).pk}/watch")
        path, old = f"interests/{answer.json['id']}", list(elsewhere)
        for step in ("indicate", dice.choice(["withdraw", "pass"]), ""):
            present = answer.headers["ETag"]
            for _ in range(14):
                stale = dice.choice([one for one in old if one != present])
                verb = dice.choice(list(bodies))
                assert_problem(api.post(f"{path}/{verb}", bodies[verb], **{"If-Match": stale}), 412, "stale_etag")
                tries += 1
            shown = api.get(path)
            assert (shown.headers["ETag"], shown.raw) == (present, answer.raw)
            old.append(present)
            if step:
                answer = api.post(f"{path}/{step}", bodies[step], **{"If-Match": present})
                assert answer.status == 200, answer.raw
    assert tries >= 1000
