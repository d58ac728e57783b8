"""Dated versions: pinned at the first call, chosen by header, and an older one that is still spoken.

There is one version in the product. The older one stands in these tests only: in it a startup's `pitch` was its
`tagline`, and an interest was declared with `amounts`.
"""

from typing import Any

import pytest

from incubator.accounts.models import ApiKey
from incubator.api import versions
from incubator.api.versions import Change
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import DisclosureFactory
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db

OLD, NEW = "2026-03-01", versions.CURRENT
NAMES = frozenset({"startup", "startups"})


def tagline(row: dict[str, Any]) -> dict[str, Any]:
    return {"tagline" if name == "pitch" else name: value for name, value in row.items()}


def amounts(body: dict[str, Any]) -> dict[str, Any]:
    low, high = body.pop("amounts")
    return {**body, "amount_min": low, "amount_max": high}


@pytest.fixture
def two_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "VERSIONS", (OLD, NEW))
    changes = (Change(NEW, NAMES, answer=tagline), Change(NEW, frozenset({"interests"}), body=amounts))
    monkeypatch.setattr(versions, "CHANGES", changes)


@pytest.fixture
def old_key(key: ApiKey) -> ApiKey:
    """A key whose first call was in the days of the older version."""
    ApiKey.objects.filter(pk=key.pk).update(api_version=OLD)
    return key


def test_a_key_is_pinned_to_the_version_of_its_first_call(key: ApiKey) -> None:
    assert ApiClient(key).get("me").headers["API-Version"] == NEW
    key.refresh_from_db()
    assert key.api_version == NEW


def test_a_refused_first_call_pins_nothing(key: ApiKey) -> None:
    ApiClient(key).get("me", **{"API-Version": "1999-01-01"})
    key.refresh_from_db()
    assert key.api_version == ""


@pytest.mark.usefixtures("two_versions")
def test_a_pinned_key_goes_on_speaking_its_version_and_learns_of_its_end(old_key: ApiKey) -> None:
    disclosure = DisclosureFactory(audience="partners", level=1, startup__pitch="Faster payments")
    for path in ("startups", f"startups/{disclosure.startup_id}"):
        answer = ApiClient(old_key).get(path)
        assert answer.status == 200
        row = answer.json["data"][0] if "data" in answer.json else answer.json
        assert row["tagline"] == "Faster payments"
        assert "pitch" not in row
        assert answer.headers["API-Version"] == OLD
        assert answer.headers["Deprecation"] == "@1796083200"  # 2026-12-01
        assert answer.headers["Sunset"] == "Wed, 01 Dec 2027 00:00:00 GMT"
    assert len(ApiClient(old_key).pages("startups?page_size=1")) == 1


@pytest.mark.usefixtures("two_versions")
def test_the_header_overrides_the_pin_either_way(old_key: ApiKey) -> None:
    DisclosureFactory(audience="partners", level=1)
    newer = ApiClient(old_key).get("startups", **{"API-Version": NEW})
    assert "pitch" in newer.json["data"][0]
    assert newer.headers["API-Version"] == NEW
    assert "Deprecation" not in newer.headers
    assert "Sunset" not in newer.headers
    older = ApiClient(ApiKeyFactory(organisation=old_key.organisation)).get("startups", **{"API-Version": OLD})
    assert "tagline" in older.json["data"][0]
    old_key.refresh_from_db()
    assert old_key.api_version == OLD


@pytest.mark.usefixtures("two_versions")
def test_other_routes_and_problems_are_the_same_in_both(old_key: ApiKey) -> None:
    assert ApiClient(old_key).get("me").status == 200
    answer = ApiClient(old_key).get("startups?colour=red")
    assert_problem(answer, 400, "unknown_parameter")
    assert answer.headers["Deprecation"].startswith("@")


@pytest.mark.usefixtures("two_versions")
def test_nothing_has_changed_is_said_in_the_older_version_too(old_key: ApiKey) -> None:
    disclosure = DisclosureFactory(audience="partners", level=1)
    path = f"startups/{disclosure.startup_id}"
    tag = ApiClient(old_key).get(path).headers["ETag"]
    answer = ApiClient(old_key).get(path, **{"If-None-Match": tag})
    assert (answer.status, answer.raw) == (304, b"")


@pytest.mark.usefixtures("two_versions")
def test_a_body_of_the_older_version_is_understood(old_key: ApiKey) -> None:
    InvestorProfileFactory(organisation=old_key.organisation, verified=True)
    round_ = RoundFactory(listed=True)
    body = {"round": str(round_.pk), "amounts": ["1000000", "2000000"], "role": "follow"}
    answer = ApiClient(old_key).post("interests", body)
    assert answer.status == 201, answer.json
    assert answer.json["amount_max"] == "2000000.00"
    assert_problem(ApiClient(old_key).post("interests", body, **{"API-Version": NEW}), 400, "invalid")
