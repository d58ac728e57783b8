"""What a process knows of a credential saves a statement and is never believed: the answer's own statement confirms it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken

from incubator.accounts.models import ApiKey, OAuthApplication, Organisation
from incubator.api import authentication, throttling
from incubator.lib.clock import now
from incubator.startups.models import DisclosureRead
from tests.factories.api import ApiClient, ApiKeyFactory, OAuthApplicationFactory, token_of
from tests.factories.startups import DisclosureFactory
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db


def statements(api: ApiClient, path: str, **headers: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert api.get(path, **headers).status < 400
    return [one["sql"] for one in captured.captured_queries]


def test_a_credential_that_is_known_costs_no_statement_of_its_own(api: ApiClient, key: ApiKey) -> None:
    startup = DisclosureFactory(audience="partners").startup
    token = ApiClient(token_of(OAuthApplicationFactory(organisation=key.organisation)))
    for client in (api, token):
        for path in ("startups", f"startups/{startup.pk}", "startups?q=reconciles", "programmes", "events"):
            for _ in range(3):  # the first call pins the version
                found = statements(client, path)
            assert len(found) == 1, (path, found)


# What ends a credential or takes a part of it, and the answer to the next request.
ENDS: dict[str, tuple[Callable[[ApiKey], Any], int, str]] = {
    "revoked": (lambda key: ApiKey.objects.filter(pk=key.pk).update(revoked_at=now()), 401, "credential_revoked"),
    "expired": (lambda key: ApiKey.objects.filter(pk=key.pk).update(expires_at=now() - timedelta(seconds=1)), 401, "credential_expired"),
    "deleted": (lambda key: ApiKey.objects.filter(pk=key.pk).delete(), 401, "credential_invalid"),
    "a new secret": (lambda key: ApiKey.objects.filter(pk=key.pk).update(secret_digest="1:" + "0" * 64), 401, "credential_invalid"),
    "no agreement": (lambda key: Organisation.objects.filter(pk=key.organisation_id).update(has_access=False), 403, "access_ended"),
    "access over": (lambda key: Organisation.objects.filter(pk=key.organisation_id).update(access_until=now()), 403, "access_ended"),
    "other networks": (lambda key: ApiKey.objects.filter(pk=key.pk).update(allowed_networks=["192.0.2.0/24"]), 403, "address_not_allowed"),
    "fewer scopes": (lambda key: ApiKey.objects.filter(pk=key.pk).update(scopes=["interests:read"]), 403, "scope_missing"),
}


@pytest.mark.parametrize("redis_is_there", [True, False])
@pytest.mark.parametrize("way", ENDS)
def test_what_ends_a_credential_counts_with_the_next_request(key: ApiKey, way: str, redis_is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    end, status, code = ENDS[way]
    startup = DisclosureFactory(audience="partners").startup
    monkeypatch.setattr(throttling, "_redis_rests_until", 0.0)
    with override_settings(**({} if redis_is_there else {"REDIS_URL": "unix:///nowhere/at/all.sock"})):
        api = ApiClient(key)
        etag = [api.get("startups") for _ in range(2)][-1].headers["ETag"]
        assert api.get(f"startups/{startup.pk}").status == 200
        end(key)
        DisclosureRead.objects.all().delete()
        for path in ("startups", f"startups/{startup.pk}", "startups?q=reconciles", "startups?colour=red", f"startups/{key.pk}"):
            known = dict(authentication._known)
            assert_problem(api.get(path, **{"If-None-Match": etag}), status, code)
            authentication._known.update(known)  # each path is asked by a process that has not heard of it
        assert not DisclosureRead.objects.exists()


def test_an_access_token_that_is_taken_back_opens_nothing_more(key: ApiKey) -> None:
    application: OAuthApplication = OAuthApplicationFactory(organisation=key.organisation)
    ends: list[tuple[Callable[[], Any], str]] = [
        (lambda: AccessToken.objects.all().delete(), "credential_invalid"),
        (lambda: AccessToken.objects.update(expires=now()), "credential_expired"),
        (lambda: OAuthApplication.objects.update(revoked_at=now()), "credential_revoked"),
    ]
    for end, code in ends:
        api = ApiClient(token_of(application))
        assert [api.get("startups").status for _ in range(3)] == [200] * 3
        end()
        assert_problem(api.get("startups"), 401, code)


def test_what_a_credential_gains_counts_with_the_next_request(key: ApiKey) -> None:
    ApiKey.objects.update(scopes=["startups:read"])
    api = ApiClient(key)
    assert [api.get("startups").status for _ in range(2)] == [200] * 2
    assert api.get("programmes").status == 403
    ApiKey.objects.update(scopes=["startups:read", "programmes:read"])
    assert api.get("programmes").status == 200


@override_settings(API_RATE_READ="6/m")
def test_a_request_that_is_looked_at_twice_takes_one_token(api: ApiClient, key: ApiKey) -> None:
    assert [api.get("startups").status for _ in range(2)] == [200] * 2
    ApiKey.objects.update(name="Changed meanwhile")
    assert api.get("startups").headers["RateLimit"].split(";")[1] == "r=3"
    assert api.get("startups?colour=red").headers["RateLimit"].split(";")[1] == "r=2"


def test_a_process_knows_a_bounded_number_and_no_secret(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "KNOWN_MOST", 3)
    authentication._known.clear()
    clients = [ApiClient(ApiKeyFactory(organisation=key.organisation)) for _ in range(5)]
    for client in [*clients, *clients]:
        assert client.get("me").status == 200
    assert len(authentication._known) == 3
    assert not any(str(client.token).partition(".")[2] in repr(authentication._known) for client in clients)
