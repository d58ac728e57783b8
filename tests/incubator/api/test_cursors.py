"""Every list of the API in every order: pages join without a gap, and a cursor fits one credential, filter and order."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import override_settings

from incubator.api.filters import Filter
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.world import ENDPOINTS, PATHS, World

pytestmark = pytest.mark.django_db
ORDERS = [(route, sort) for route, endpoint in sorted(ENDPOINTS.items()) for sort in endpoint.sorts]


@pytest.fixture(autouse=True)
def unlimited() -> Iterator[None]:
    with override_settings(API_RATE_READ="100000000/m"):
        yield


def some(one: Filter) -> str:
    """A value that the filter takes."""
    schema: dict[str, Any] = one.schema()
    schema = schema.get("items", schema)
    by_type = {"boolean": "true", "integer": str(schema.get("minimum", 1))}
    by_format = {"uuid": str(UUID(int=1)), "date-time": "2026-12-01T00:00:00Z", "date": "2026-12-01"}
    return schema.get("enum", [by_type.get(schema["type"], by_format.get(schema.get("format", ""), "some"))])[0]


@pytest.mark.parametrize(("route", "sort"), ORDERS)
def test_pages_join_and_cursors_fit_one_request_only(route: str, sort: str) -> None:
    world, endpoint = World(), ENDPOINTS[route]
    api = world.client("partner", (route, "GET"))
    path = world.path(route, api)
    whole = [row["id"] for row in api.get(f"{path}?page_size=100&sort={sort}").json["data"]]
    assert len(whole) >= 2, f"give the partner of the world two rows of {route}"
    assert [row["id"] for row in api.pages(f"{path}?page_size=1&sort={sort}")] == whole
    link = api.get(f"{path}?page_size=1&sort={sort}").json["next"]
    cursor = link.partition("cursor=")[2]
    following = link.removeprefix("http://testserver")
    strangers = [ApiClient(ApiKeyFactory(organisation=house)) for house in (world.partner, world.without)]
    assert_problem(strangers[0].get(following), 400, "invalid_cursor")
    assert strangers[1].get(following).json["code"] == ("not_found" if "{" in PATHS[route] else "invalid_cursor")
    filters = [urlencode({one.name: some(one)}) for one in endpoint.filters]
    sorts = [f"sort={one}" for one in endpoint.sorts if one != sort]
    others = [other for other, one in ENDPOINTS.items() if one.sorts and other != route]
    forged = ["", "x", "1.AAAA", "%00", f"{cursor[:-8]}AAAA{cursor[-4:]}", cursor[1:], cursor + cursor, "x" * 5000]
    for wrong in (
        *(f"{path}?sort={sort}&cursor={cursor}&{one}" for one in filters),
        *(f"{path}?{one}&cursor={cursor}" for one in sorts),
        *(f"{world.path(other, api)}?cursor={cursor}" for other in others),
        *(f"{path}?sort={sort}&cursor={one}" for one in forged),
    ):
        assert_problem(api.get(wrong), 400, "invalid_cursor")
