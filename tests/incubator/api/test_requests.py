"""The request log and the usage of the developers' console."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import Organisation
from incubator.api import request_log
from incubator.api.models import RequestHour, RequestRecord
from incubator.lib.clock import now
from tests.cast import join
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.partners import PartnerFactory
from tests.factories.startups import StartupFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The carrier's thread stays out of it: each test carries by itself."""
    monkeypatch.setattr(request_log, "_ensure_carrier", lambda: None)
    request_log._gathered.clear()
    request_log._redis().delete(request_log._list())
    yield
    request_log._gathered.clear()


@pytest.fixture
def house() -> Organisation:
    found: Organisation = PartnerFactory().organisation
    return found


@pytest.fixture
def paula(house: Organisation) -> Any:
    return join(house, "partner", name="Paula").client


def written() -> int:
    request_log.carry_now()
    return request_log.write_down()


def test_an_answer_stands_in_the_log_without_what_was_asked_for(house: Organisation, paula: Any) -> None:
    client = ApiClient(ApiKeyFactory(organisation=house))
    client.get("startups?q=confidential-word", **{"X-Request-ID": "my-own-request-1"})
    client.get("startups/0197e0c2-9b20-7a31-b6d4-0d3f5e6a7b10")
    assert written() == 2
    missing, found = RequestRecord.objects.order_by("-at", "-id")
    assert (found.method, found.path, found.status, found.request_id) == ("GET", "/api/v1/startups", 200, "my-own-request-1")
    assert missing.status == 404
    page = paula.get("/partner/developers/requests/").content.decode()
    assert "my-own-request-1" in page
    assert "confidential-word" not in page
    assert "my-own-request-1" in paula.get(f"/partner/developers/requests/{found.pk}/").content.decode()


def test_who_has_no_key_leaves_no_line(house: Organisation) -> None:
    ApiClient(None).get("startups")
    ApiClient("spk_nokey.secret").get("startups")
    assert written() == 0


def test_filters_narrow_the_log(house: Organisation, paula: Any) -> None:
    one, other = ApiClient(ApiKeyFactory(organisation=house, key_id="aaaaaaaaaaaa")), ApiClient(ApiKeyFactory(organisation=house, key_id="bbbbbbbbbbbb"))
    one.get("me", **{"X-Request-ID": "asked-for-me"})
    other.get("rounds", **{"X-Request-ID": "asked-for-rounds"})
    one.get("startups?nonsense=1", **{"X-Request-ID": "asked-nonsense"})
    written()

    def shown(query: str) -> set[str]:
        page = paula.get(f"/partner/developers/requests/?{query}").content.decode()
        return {one for one in ("asked-for-me", "asked-for-rounds", "asked-nonsense") if one in page}

    assert shown("") == {"asked-for-me", "asked-for-rounds", "asked-nonsense"}
    assert shown("status=4") == {"asked-nonsense"}
    assert shown("key=bbbbbbbbbbbb") == {"asked-for-rounds"}
    assert shown("q=/me") == {"asked-for-me"}
    assert shown("status=5") == set()


def test_another_organisations_requests_are_not_there(house: Organisation, paula: Any) -> None:
    stranger = PartnerFactory().organisation
    ApiClient(ApiKeyFactory(organisation=stranger, key_id="cccccccccccc")).get("me")
    written()
    assert "cccccccccccc" not in paula.get("/partner/developers/requests/").content.decode()
    assert "cccccccccccc" not in paula.get("/partner/developers/usage/").content.decode()
    assert paula.get(f"/partner/developers/requests/{RequestRecord.objects.get().pk}/").status_code == 404


def test_usage_adds_up_by_hour_and_key(house: Organisation, paula: Any, settings: Any) -> None:
    settings.API_RATE_READ = "2/m"
    client = ApiClient(ApiKeyFactory(organisation=house, key_id="dddddddddddd"))
    assert [client.get("me").status for _ in range(4)] == [200, 200, 429, 429]
    written()
    client.get("me")
    written()
    hour = RequestHour.objects.get()
    assert (hour.requests, hour.errors, hour.refused) == (5, 0, 3)
    page = paula.get("/partner/developers/usage/").content.decode()
    assert "dddddddddddd" in page
    assert "<rect" in page
    assert "style=" not in page


def test_seven_days_are_kept(house: Organisation) -> None:
    ApiClient(ApiKeyFactory(organisation=house)).get("me")
    written()
    assert request_log.forget(at=now() + timedelta(days=6)) == 0
    assert request_log.forget(at=now() + timedelta(days=8)) == 1
    assert not RequestRecord.objects.exists()
    assert not RequestHour.objects.exists()


def test_a_request_pays_no_statement_and_hardly_any_time_for_the_log(house: Organisation) -> None:
    client = ApiClient(ApiKeyFactory(organisation=house))
    client.get("me")
    with CaptureQueriesContext(connection) as queries:
        client.get("startups")
    assert len(queries) <= 3
    credential = client.get("me").response.wsgi_request.credential
    begun = time.perf_counter()
    for _ in range(1_000):
        request_log.note(credential, "GET", "/api/v1/me", 200, 3, "request")
    assert time.perf_counter() - begun < 0.1, "a tenth of a millisecond each would be too much"


def test_the_list_in_redis_and_the_one_in_memory_are_bounded(house: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "IN_REDIS", 3)
    client = ApiClient(ApiKeyFactory(organisation=house))
    for _ in range(5):
        client.get("me")
    assert written() == 3
    assert request_log._gathered.maxlen == request_log.IN_MEMORY


def test_without_redis_the_api_answers_and_the_log_has_a_hole(house: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Any:
        raise redis.ConnectionError("gone")

    client = ApiClient(ApiKeyFactory(organisation=house))
    assert client.get("me").status == 200
    monkeypatch.setattr(request_log, "_redis", gone)
    request_log.carry_now()
    assert not request_log._gathered


def test_the_log_asks_the_same_number_of_questions_for_one_row_and_for_twenty(house: Organisation, paula: Any) -> None:
    client = ApiClient(ApiKeyFactory(organisation=house))
    numbers = []
    for requests in (1, 19):
        for _ in range(requests):
            client.get("me")
        written()
        numbers.append([queries_of(paula, f"/partner/developers/{tab}/") for tab in ("requests", "usage")])
    assert numbers[0] == numbers[1]


def test_the_tabs_show_the_sandbox_while_the_switch_is_there(house: Organisation, paula: Any) -> None:
    StartupFactory()
    paula.post("/partner/developers/mode/test/")
    twin = Organisation.objects.twin_of(house.pk)
    assert twin is not None
    ApiClient(ApiKeyFactory(organisation=twin, key_id="eeeeeeeeeeee")).get("me")
    written()
    assert "eeeeeeeeeeee" in paula.get("/partner/developers/requests/").content.decode()
    paula.post("/partner/developers/mode/live/")
    assert "eeeeeeeeeeee" not in paula.get("/partner/developers/requests/").content.decode()
