"""Lists: every row once while others come and go, cursors that fit one request, and the same queries for 1 and 20 rows."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import ApiKey
from incubator.lib.clock import now
from incubator.startups.models import Disclosure, DisclosureRead, Startup
from investments.interests.models import Introduction
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.catalogue import IntakeFactory, ProgrammeFactory
from tests.factories.interests import InterestFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import DisclosureFactory, DocumentFactory, PersonFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db


def disclosed(number: int, **fields: object) -> list[Startup]:
    return [DisclosureFactory(**fields).startup for _ in range(number)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("sort", ["-updated_at", "updated_at"])
def test_a_walk_sees_untouched_rows_once_and_unshared_rows_never(api: ApiClient, seed: int, sort: str) -> None:
    """Between pages rows are added, changed, removed and unshared at random."""
    dice = random.Random(seed)
    stable = {str(one.pk) for one in disclosed(12)}
    moving = disclosed(18)
    same = now()
    Startup.objects.filter(pk__in=[one.pk for one in moving[:6]]).update(updated_at=same)  # ties need the second column
    gone: set[str] = set()
    seen: list[str] = []
    following = f"/api/v1/startups?page_size=4&sort={sort}"
    while following:
        answer = api.get(following.removeprefix("http://testserver"))
        ids = [row["id"] for row in answer.json["data"]]
        assert not gone & set(ids)
        seen += ids
        following = answer.json["next"] or ""
        for one in dice.sample(moving, 3):
            what = dice.choice(["unshare", "touch", "add"])
            if what == "unshare":
                Disclosure.objects.filter(startup=one).update(status="revoked")
                gone.add(str(one.pk))
            elif what == "touch":
                Startup.objects.filter(pk=one.pk).update(updated_at=now())
            elif len(seen) < 40:
                disclosed(1)
    assert [one for one in seen if one in stable] == list(dict.fromkeys(one for one in seen if one in stable))
    assert stable <= set(seen)


def test_a_page_says_where_the_next_one_is(api: ApiClient) -> None:
    disclosed(3)
    answer = api.get("startups?page_size=2&focus=fintech")
    assert len(answer.json["data"]) == 2
    assert answer.headers["Link"] == f'<{answer.json["next"]}>; rel="next"'
    assert "page_size=2" in answer.json["next"]
    assert api.get("startups?page_size=3").json["next"] is None
    assert "Link" not in api.get("startups?page_size=3").headers


def test_a_cursor_fits_only_its_credential_filters_and_order(api: ApiClient, key: ApiKey) -> None:
    disclosed(3)
    following = api.get("startups?page_size=1&focus=fintech").json["next"].removeprefix("http://testserver")
    cursor = following.partition("cursor=")[2]
    assert api.get(following).status == 200
    assert api.get(following.replace("page_size=1", "page_size=2")).status == 200
    for other in (
        following.replace("focus=fintech", "focus=ai"),
        following.replace("&focus=fintech", ""),
        following + "&sort=updated_at",
        following.replace("startups", "rounds").replace("&focus=fintech", ""),
        f"startups?focus=fintech&cursor={cursor[:-8]}AAAA{cursor[-4:]}",
        "startups?cursor=1.AAAA",
        "startups?cursor=",
        "startups?cursor=%00",
        "startups?cursor=999.zzzz",
    ):
        assert_problem(api.get(other), 400, "invalid_cursor")
    assert_problem(ApiClient(ApiKeyFactory(organisation=key.organisation)).get(following), 400, "invalid_cursor")


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=-1",
        "page_size=x",
        "page_size=1&page_size=2",
        "sort=name",
        "sort=-traction",
        "stage=moon",
        "trl_min=0",
        "trl_max=ten",
        "focus=A",
        "focus=" + ",".join(["a"] * 21),
        "q=",
        "q=%00",
        "q=" + "x" * 201,
        "focus=%ff%fe",
    ],
)
def test_parameters_that_are_wrong_are_named(api: ApiClient, query: str) -> None:
    answer = api.get(f"startups?{query}")
    assert_problem(answer, 400, "invalid_parameter")
    assert answer.json["errors"][0]["pointer"] == query.partition("=")[0]


def test_a_page_is_never_larger_than_a_hundred(api: ApiClient) -> None:
    disclosed(2)
    assert len(api.get("startups?page_size=100000").json["data"]) == 2


def test_hidden_words_fields_and_levels_find_nothing(api: ApiClient) -> None:
    teaser = DisclosureFactory(level=1, startup__abstract="quantum lattice", startup__trl=9, startup__expertise_wanted=["blockchain"]).startup
    stealth = DisclosureFactory(level=2, startup__name="Zanzibar", startup__is_stealth=True, startup__alias="Project Z").startup
    full = DisclosureFactory(level=3, startup__abstract="quantum lattice", startup__trl=9, startup__expertise_wanted=["blockchain"]).startup
    found = lambda query: {row["id"] for row in api.get(f"startups?{query}").json["data"]}  # noqa: E731
    assert found("q=quantum") == {str(full.pk)}
    assert found("trl_min=8") == {str(full.pk)}
    assert found("expertise=blockchain,iot") == {str(full.pk)}
    assert found("q=reconciles") == {str(one.pk) for one in (teaser, stealth, full)}
    assert found("q=Zanzibar") == set()
    listed = {row["id"]: row["name"] for row in api.get("startups").json["data"]}
    assert listed[str(stealth.pk)] == "Project Z"
    assert api.get(f"startups/{stealth.pk}").json["name"] == "Zanzibar"


def test_what_is_read_is_recorded_once_an_answer(api: ApiClient, key: ApiKey) -> None:
    first, second = disclosed(2)
    api.get("startups")
    api.get(f"startups/{first.pk}")
    listed, opened = DisclosureRead.objects.order_by("id")
    assert (listed.kind, set(listed.startup_ids)) == ("listed", {first.pk, second.pk})
    assert (opened.kind, opened.startup_ids, opened.credential_id, opened.organisation_id) == ("opened", [first.pk], key.pk, key.organisation_id)
    api.get("startups?stage=scaling")
    assert DisclosureRead.objects.count() == 2


def test_a_disclosure_taken_back_run_out_or_hidden_shows_nothing(api: ApiClient) -> None:
    DisclosureFactory(status="revoked")
    DisclosureFactory(expires_at=now() - timedelta(seconds=1))
    DisclosureFactory(startup__profile="suspended")
    DisclosureFactory(audience="organisation", organisation=ApiKeyFactory().organisation)
    DisclosureFactory(audience="investors")
    assert api.get("startups").json["data"] == []


@pytest.mark.parametrize("path", ["programmes", "intakes", "startups", "rounds", "interests", "introductions"])
def test_a_list_has_the_same_queries_for_one_row_and_twenty(api: ApiClient, key: ApiKey, path: str) -> None:
    def add(number: int) -> None:
        for _ in range(number):
            DocumentFactory(startup=PersonFactory(startup=DisclosureFactory(level=3).startup).startup)
            interest = InterestFactory(organisation=key.organisation, round=RoundFactory(listed=True))
            Introduction.objects.create(
                interest=interest, founder_name="F", founder_email="f@x.example", investor_name="I", investor_email="i@x.example", introduced_at=now()
            )
            IntakeFactory(programme=ProgrammeFactory())

    for _ in range(2):
        api.get("me")  # pins the key, and makes it known
    counts, rows = [], []
    for number in (1, 19):
        add(number)
        with CaptureQueriesContext(connection) as queries:
            answer = api.get(f"{path}?page_size=100")
        counts.append(len(queries))
        rows.append(len(answer.json["data"]))
        check_answer(answer, f"/api/v1/{path}", "get")
    assert rows[0] >= 1
    assert rows[1] >= 20
    assert counts[0] == counts[1] <= 2, queries.captured_queries


def test_every_representation_is_what_the_schema_says(api: ApiClient, key: ApiKey) -> None:
    startups = [DisclosureFactory(level=level).startup for level in (1, 2, 3)]
    PersonFactory(startup=startups[2])
    interest = InterestFactory(organisation=key.organisation, asked=True)
    Introduction.objects.create(
        interest=interest, founder_name="F", founder_email="f@x.example", investor_name="I", investor_email="i@x.example", introduced_at=now()
    )
    intake = IntakeFactory()
    for state in ("scheduled", "in_review", "decided", "released", "completed"):
        IntakeFactory(**{state: True})
    ways = {"programmes": intake.programme_id, "intakes": intake.pk, "rounds": interest.round_id, "interests": interest.pk}
    for name, pk in [*ways.items(), ("introductions", Introduction.objects.get().pk), *(("startups", one.pk) for one in startups)]:
        check_answer(api.get(name), f"/api/v1/{name}", "get")
        check_answer(api.get(f"{name}/{pk}"), f"/api/v1/{name}/{{id}}", "get")
    check_answer(api.get("me"), "/api/v1/me", "get")
    assert {row["state"] for row in api.get("intakes").json["data"]} == {"scheduled", "open", "in_review", "released"}


def test_unreleased_states_of_a_call_look_alike(api: ApiClient) -> None:
    bodies = set()
    for state in ("closed", "in_review", "deliberation", "decided"):
        intake = IntakeFactory(**{state: True})
        bodies.add(api.get(f"intakes/{intake.pk}").json["state"])
    assert bodies == {"in_review"}


def test_programmes_with_an_open_call_come_first(api: ApiClient) -> None:
    closed = IntakeFactory(released=True).programme
    without = ProgrammeFactory()
    opened = IntakeFactory().programme
    ProgrammeFactory(status="draft")
    rows = api.get("programmes").json["data"]
    assert [row["id"] for row in rows] == [str(one.pk) for one in (opened, closed, without)]
    assert rows[0]["open_intake"] is not None
    assert [row["id"] for row in api.get("programmes?open=true").json["data"]] == [str(opened.pk)]
    assert api.get("programmes?open=false&page_size=1").json["next"] is not None
