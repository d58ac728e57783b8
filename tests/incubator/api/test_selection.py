"""`fields` and `expand`: what is named, no more; each step asked of the policy of what it shows; few statements."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import ApiKey
from incubator.api import scopes
from incubator.startups.models import Disclosure, DisclosureRead
from investments.interests.models import Interest
from investments.rounds.models import Round
from tests.factories.api import Answer, ApiClient
from tests.factories.interests import InterestFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import DisclosureFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db


def interest_of(key: ApiKey, level: int = 3, **startup: Any) -> Interest:
    """The partner's interest in a listed round of a startup that shows itself to it."""
    round_ = RoundFactory(listed=True, disclosure=False, **{f"startup__{name}": value for name, value in startup.items()})
    DisclosureFactory(startup=round_.startup, audience="organisation", organisation=key.organisation, level=level)
    return InterestFactory(round=round_, organisation=key.organisation)


@pytest.fixture
def interest(key: ApiKey) -> Interest:
    InvestorProfileFactory(organisation=key.organisation, verified=True)
    return interest_of(key, pitch="CANARY-PITCH")


def queries(api: ApiClient, path: str) -> tuple[Answer, int]:
    """The answer, and how many statements it took once everything had been compiled and pinned."""
    api.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = api.get(path)
    assert answer.status == 200, answer.json
    return answer, len(captured)


def test_fields_leaves_out_what_is_not_named(api: ApiClient, interest: Interest) -> None:
    answer = api.get("interests?fields=id,state")
    assert answer.json["data"] == [{"id": str(interest.pk), "state": "watching"}]
    check_answer(answer, "/api/v1/interests", "get")
    answer = api.get(f"interests/{interest.pk}?fields=allowed")
    assert answer.json.keys() == {"allowed"}
    check_answer(answer, "/api/v1/interests/{id}", "get")


def test_fields_and_expand_stay_in_the_address_of_the_next_page(api: ApiClient, interest: Interest, key: ApiKey) -> None:
    interest_of(key)
    rows = api.pages("interests?fields=id,startup&expand=startup&page_size=1")
    assert len(rows) == 2
    assert all(row.keys() == {"id", "startup"} and row["startup"]["level"] == "full" for row in rows)


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("interests?expand=startup", 1),
        ("interests?expand=round", 1),
        ("interests?expand=round.startup", 2),
        ("interests?expand=startup,round.startup", 2),
        ("rounds?expand=startup", 1),
        ("rounds?expand=interest", 1),
    ],
)
def test_an_expansion_takes_one_statement_for_each_step(api: ApiClient, interest: Interest, key: ApiKey, path: str, steps: int) -> None:
    answer, one = queries(api, path)
    assert one <= 2 + steps
    check_answer(answer, f"/api/v1/{path.partition('?')[0]}", "get")
    for _ in range(6):
        interest_of(key)
    answer, seven = queries(api, path)
    assert len(answer.json["data"]) == 7
    assert seven == one


def test_without_the_parameters_nothing_is_asked_in_addition(api: ApiClient, interest: Interest) -> None:
    _answer, plain = queries(api, "interests")
    _answer, fields = queries(api, "interests?fields=id")
    assert plain == fields == 1


def test_an_expanded_startup_is_shown_as_in_its_list_and_its_founder_learns_of_it(api: ApiClient, interest: Interest) -> None:
    shown = api.get("interests?expand=startup").json["data"][0]["startup"]
    listed = api.get("startups").json["data"][0]
    assert shown == {**listed, **shown}
    assert shown["pitch"] == "CANARY-PITCH"
    reads = DisclosureRead.objects.order_by("at", "pk")
    assert [one.startup_ids for one in reads] == [[interest.round.startup_id]] * 2
    assert reads[0].credential_id is not None


def test_two_steps_reach_the_startup_of_the_round(api: ApiClient, interest: Interest) -> None:
    row = api.get(f"interests/{interest.pk}?expand=round.startup").json
    assert row["round"]["target"]
    assert row["round"]["startup"]["pitch"] == "CANARY-PITCH"
    assert row["startup"].keys() == {"id", "name"}


def test_what_is_no_longer_disclosed_stays_short(api: ApiClient, interest: Interest) -> None:
    Disclosure.objects.update(status="revoked")
    answer = api.get("interests?expand=startup,round.startup")
    assert answer.json["data"][0]["startup"].keys() == {"id", "name"}
    assert answer.json["data"][0]["round"].keys() == {"id", "title"}
    assert b"CANARY-PITCH" not in answer.raw
    assert not DisclosureRead.objects.exists()
    check_answer(answer, "/api/v1/interests", "get")


def test_an_expansion_shows_no_more_than_the_level_disclosed(api: ApiClient, interest: Interest) -> None:
    Disclosure.objects.update(level=1)
    shown = api.get("interests?expand=startup").json["data"][0]["startup"]
    assert shown["level"] == "teaser"
    assert "abstract" not in shown


def test_the_name_that_an_introduction_gave_stays(api: ApiClient, interest: Interest, key: ApiKey) -> None:
    Interest.objects.all().delete()
    InterestFactory(round=interest.round, organisation=key.organisation, asked=True, membership=None)
    Round.objects.update(level=1)
    type(interest.round.startup).objects.update(is_stealth=True, alias="Project X", name="Lumen Pay")
    Interest.objects.update(status="introduced")
    assert api.get("interests?expand=startup").json["data"][0]["startup"]["name"] == "Lumen Pay"


def test_a_step_needs_the_scope_of_what_it_shows(key: ApiKey, api: ApiClient, interest: Interest) -> None:
    ApiKey.objects.filter(pk=key.pk).update(scopes=["interests:read", "rounds:read"])
    for path in ("interests?expand=startup", f"interests/{interest.pk}?expand=round.startup"):
        answer = api.get(path)
        assert_problem(answer, 403, "scope_missing")
        assert answer.json["required_scope"] == "startups:read"
    assert api.get("interests?expand=round").status == 200


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("fields=colour", "fields"),
        ("fields=", "fields"),
        ("fields=id,", "fields"),
        ("fields=id&fields=state", "fields"),
        ("fields=round.title", "fields"),
        ("expand=founder", "expand"),
        ("expand=", "expand"),
        ("expand=round.startup.documents", "expand"),
        ("expand=round.interest", "expand"),
        ("expand=startup.documents", "expand"),
        ("expand=startup\x00", "expand"),
    ],
)
def test_a_name_that_is_not_known_answers_400(api: ApiClient, interest: Interest, query: str, pointer: str) -> None:
    for path in ("interests", f"interests/{interest.pk}"):
        answer = api.get(f"{path}?{query}".replace("\x00", "%00"))
        assert_problem(answer, 400, "invalid_parameter")
        assert answer.json["errors"][0]["pointer"] == pointer


def test_what_is_expanded_is_shown_whatever_else_is_named(api: ApiClient, interest: Interest) -> None:
    shown = api.get(f"interests/{interest.pk}?fields=id&expand=startup").json
    assert shown.keys() == {"id", "startup"}
    assert "pitch" in shown["startup"]


def test_what_has_nothing_to_expand_does_not_know_the_parameter(api: ApiClient) -> None:
    assert_problem(api.get("startups?expand=team"), 400, "unknown_parameter")
    assert_problem(api.get("me?fields=organisation"), 400, "unknown_parameter")


@pytest.mark.parametrize("route", sorted({route for route, method in scopes.TABLE if method == "GET"} - {"me", "download"}))
def test_every_resource_takes_fields(api: ApiClient, route: str) -> None:
    from tests.incubator.api.world import address

    assert api.get(f"{address(route)}?fields=id").status in (200, 404)


def test_a_selection_has_a_tag_of_its_own(api: ApiClient, interest: Interest) -> None:
    whole = api.get(f"interests/{interest.pk}").headers["ETag"]
    part = api.get(f"interests/{interest.pk}?fields=state").headers["ETag"]
    assert part != whole
    assert api.get(f"interests/{interest.pk}?fields=state", **{"If-None-Match": part}).status == 304
    assert api.get(f"interests/{interest.pk}?fields=state", **{"If-None-Match": whole}).status == 200
