"""What a startup takes back is gone with the next request: from the list, the search, the single page and behind every tag."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from incubator.accounts.models import ApiKey
from incubator.lib.actor import ActingAs
from incubator.lib.clock import now
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, Startup
from tests.factories.api import ApiClient
from tests.factories.startups import DisclosureFactory
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db


def revoke(disclosure: Disclosure) -> None:
    startups.revoke(disclosure, by=ActingAs(kind="system"), at=now())


def run_out(disclosure: Disclosure) -> None:
    Disclosure.objects.filter(pk=disclosure.pk).update(expires_at=now() - timedelta(seconds=1))


def delete(disclosure: Disclosure) -> None:
    disclosure.delete()


def hide(disclosure: Disclosure) -> None:
    Startup.objects.filter(pk=disclosure.startup_id).update(profile="archived")


ENDS = [revoke, run_out, delete, hide]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("audience", ["partners", "organisation"])
def test_what_is_taken_back_is_gone_at_once_and_behind_every_tag(api: ApiClient, key: ApiKey, end: Callable[[Disclosure], None], audience: str) -> None:
    disclosure = DisclosureFactory(level=3, audience=audience, organisation=key.organisation if audience == "organisation" else None)
    single = f"startups/{disclosure.startup_id}"
    lists = ["startups", "startups?q=reconciles", "startups?q=reconciles&focus=fintech&stage=" + disclosure.startup.stage]
    tags = {path: api.get(path).headers["ETag"] for path in [single, *lists]}
    assert {api.get(path, **{"If-None-Match": tag}).status for path, tag in tags.items()} == {304}
    end(disclosure)
    for path in lists:
        answer = api.get(path, **{"If-None-Match": tags[path]})
        assert (answer.status, answer.json["data"]) == (200, []), path
    for given in (tags[single], "*"):
        assert_problem(api.get(single, **{"If-None-Match": given}), 404, "not_found")


def test_what_a_lower_level_hides_is_gone_at_once(api: ApiClient) -> None:
    disclosure = DisclosureFactory(level=3)
    single = f"startups/{disclosure.startup_id}"
    tags = {path: api.get(path).headers["ETag"] for path in (single, "startups")}
    Disclosure.objects.filter(pk=disclosure.pk).update(level=1)
    for path, tag in tags.items():
        answer = api.get(path, **{"If-None-Match": tag})
        assert answer.status == 200
        assert b"traction" not in answer.raw
        assert b"abstract" not in answer.raw


def test_a_cursor_from_before_shows_nothing_that_was_taken_back(api: ApiClient) -> None:
    shown = [DisclosureFactory() for _ in range(3)]
    following = api.get("startups?page_size=1").json["next"].removeprefix("http://testserver")
    for one in shown:
        revoke(one)
    assert api.get(following).json["data"] == []


@pytest.mark.parametrize(
    ("fields", "of", "status", "code"),
    [
        ({"revoked_at": now()}, "key", 401, "credential_revoked"),
        ({"expires_at": now()}, "key", 401, "credential_expired"),
        ({"allowed_networks": ["192.0.2.0/24"]}, "key", 403, "address_not_allowed"),
        ({"scopes": ["events:read"]}, "key", 403, "scope_missing"),
        ({"has_access": False}, "organisation", 403, "access_ended"),
        ({"access_until": now()}, "organisation", 403, "access_ended"),
    ],
)
def test_a_credential_that_ended_gets_nothing_with_its_next_request(
    api: ApiClient, key: ApiKey, fields: dict[str, object], of: str, status: int, code: str
) -> None:
    startup = DisclosureFactory().startup
    tags = {path: api.get(path).headers["ETag"] for path in ("startups", f"startups/{startup.pk}")}
    row = key if of == "key" else key.organisation
    type(row)._default_manager.filter(pk=row.pk).update(**fields)
    for path, tag in tags.items():
        assert_problem(api.get(path, **{"If-None-Match": tag}), status, code)
