"""Rounds, interests and introductions, as a partner's system uses them."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import Organisation
from incubator.api.models import IdempotencyKey
from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from investments.interests import operations as interests
from investments.interests.models import Interest
from investments.rounds.models import Round
from tests.cast import Member
from tests.factories.api import ApiClient
from tests.factories.interests import InterestFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    return RoundFactory(listed=True)


@pytest.fixture
def verified(partner_organisation: Organisation) -> None:
    InvestorProfileFactory(organisation=partner_organisation, verified=True)


def body(round_: Round, **changes: object) -> dict[str, object]:
    return {"round": str(round_.pk), "amount_min": "1000000.00", "amount_max": "2000000.00", "role": "lead", "note": "We run the terminals.", **changes}


def test_an_interest_is_declared_and_waits_for_the_founder(api: ApiClient, round_: Round, verified: None, partner_person: Member) -> None:
    answer = api.post("interests", body(round_))
    assert answer.status == 201, answer.json
    assert answer.json["state"] == "consent_pending"
    assert answer.json["allowed"] == ["pass", "withdraw"]
    assert answer.headers["Location"] == f"/api/v1/interests/{answer.json['id']}"
    shown = api.get(answer.headers["Location"])
    assert shown.json == answer.json
    assert shown.headers["ETag"] == answer.headers["ETag"]
    assert api.get(f"rounds/{round_.pk}").json["interest"] == {"id": answer.json["id"], "state": "consent_pending"}
    assert [row["id"] for row in api.get("interests").json["data"]] == [answer.json["id"]]


def test_declaring_takes_thirteen_statements(api: ApiClient, verified: None) -> None:
    """The credential; begin; key, lock, look, interest, step to the founder, tie in a savepoint; keep, commit; the answer."""
    api.post("interests", body(RoundFactory(listed=True)))
    other = RoundFactory(listed=True)
    with CaptureQueriesContext(connection) as statements:
        assert api.post("interests", body(other)).status == 201
    assert len(statements) == 13, [one["sql"][:80] for one in statements]


def test_a_round_that_is_not_there_is_an_error_of_the_input(api: ApiClient, verified: None) -> None:
    for hidden in (RoundFactory(), Round(pk=uuid7())):
        answer = api.post("interests", body(hidden))
        assert_problem(answer, 400, "invalid")
        assert answer.json["errors"][0]["pointer"] == "/round"
    assert not IdempotencyKey.objects.exists()


def test_an_organisation_that_is_not_verified_is_told_so_and_leaves_nothing(api: ApiClient, round_: Round) -> None:
    assert_problem(api.post("interests", body(round_)), 409, "investor_not_verified")
    assert not Interest.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_watching_then_indicating_then_withdrawing(api: ApiClient, round_: Round, verified: None, partner_person: Member) -> None:
    watched = api.post(f"rounds/{round_.pk}/watch")
    assert watched.status == 201, watched.json
    assert watched.json["state"] == "watching"
    path = f"interests/{watched.json['id']}"
    given = {"amount_min": "1000000", "amount_max": "1000000"}
    indicated = api.post(f"{path}/indicate", given, **{"If-Match": watched.headers["ETag"]})
    assert indicated.status == 200, indicated.json
    assert indicated.json["state"] == "consent_pending"
    stale = api.post(f"{path}/withdraw", **{"If-Match": watched.headers["ETag"]})
    assert_problem(stale, 412, "stale_etag")
    assert stale.json["current"] == indicated.headers["ETag"]
    assert_problem(api.post(f"{path}/withdraw"), 428, "if_match_missing")
    withdrawn = api.post(f"{path}/withdraw", **{"If-Match": indicated.headers["ETag"]})
    assert withdrawn.json["state"] == "withdrawn"
    again = api.post(f"{path}/withdraw", **{"If-Match": withdrawn.headers["ETag"]})
    assert_problem(again, 409, "illegal_transition")
    assert again.json["allowed"] == []


def test_passing_needs_a_known_reason(api: ApiClient, round_: Round, verified: None) -> None:
    watched = api.post(f"rounds/{round_.pk}/watch")
    path = f"interests/{watched.json['id']}/pass"
    wrong = api.post(path, {"reason": "mood"}, **{"If-Match": watched.headers["ETag"]})
    assert_problem(wrong, 400, "invalid")
    assert wrong.json["errors"][0]["pointer"] == "/reason"
    assert api.post(path, {"reason": "stage"}, **{"If-Match": watched.headers["ETag"]}).json["pass_reason"] == "stage"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount_min": "x"}, "/amount_min"),
        ({"amount_min": None}, "/amount_min"),
        ({"amount_min": "1000000.001"}, "/amount_min"),
        ({"amount_min": "-1"}, "/amount_min"),
        ({"amount_min": "9" * 400}, "/amount_min"),
        ({"amount_max": []}, "/amount_max"),
        ({"role": "owner"}, "/role"),
        ({"note": 5}, "/note"),
        ({"note": "a\x00b"}, "/note"),
        ({"note": "x" * 2001}, "/note"),
        ({"round": "no-id"}, "/round"),
        ({"round": "0197e0c2-a000-7d11-9c4e-1f2a3b4c5d01"}, "/round"),
        ({"status": "introduced"}, "/status"),
        ({"organisation": "x"}, "/organisation"),
    ],
)
def test_wrong_input_is_pointed_at_and_changes_nothing(api: ApiClient, round_: Round, verified: None, changes: dict[str, object], pointer: str) -> None:
    answer = api.post("interests", body(round_, **changes))
    assert_problem(answer, 400, "invalid")
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
    assert not Interest.objects.exists()


def test_amounts_outside_the_round_are_refused_with_the_field(api: ApiClient, round_: Round, verified: None) -> None:
    answer = api.post("interests", body(round_, amount_min="1"))
    assert_problem(answer, 422, "unprocessable")
    assert answer.json["errors"][0]["pointer"] == "/amount_min"


def test_another_organisations_interest_does_not_exist(api: ApiClient, round_: Round, verified: None) -> None:
    foreign = InterestFactory(round=round_)
    nothing = UUID(int=foreign.pk.int ^ 1)
    for suffix in ("", "/withdraw", "/pass", "/indicate"):
        method = "POST" if suffix else "GET"
        answers = [
            api.call(method, f"interests/{pk}{suffix}", headers={"Idempotency-Key": "k", "X-Request-ID": "same-request"}) for pk in (foreign.pk, nothing)
        ]
        assert answers[0].raw == answers[1].raw
        assert_problem(answers[0], 404, "not_found")
    assert api.get("interests").json["data"] == []


def test_contact_data_comes_with_the_introduction_only(api: ApiClient, round_: Round, verified: None, partner_person: Member, founder: Member) -> None:
    Round.objects.filter(pk=round_.pk)
    round_.startup.organisation = founder.organisation
    round_.startup.save(update_fields=["organisation"])
    made = api.post("interests", body(round_))
    assert b"@example.org" not in made.raw
    assert api.get("introductions").json["data"] == []
    interests.consent(Interest.objects.get(), by=founder.actor, at=now())
    shown = api.get("introductions")
    assert shown.json["data"][0]["founder"]["email"] == "fay.founder@example.org"
    assert shown.json["data"][0]["interest"] == made.json["id"]
    assert api.get(f"introductions/{shown.json['data'][0]['id']}").json == shown.json["data"][0]
