"""OAuth applications: a secret for ten-minute tokens, and whatever ends them."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken

from incubator.accounts.models import OAuthApplication, Organisation
from incubator.api import oauth, scopes
from incubator.api.schema import PROBLEM_SCHEMA
from incubator.lib import sealing
from incubator.lib.clock import now
from tests.factories.api import SECRET, Answer, ApiClient, OAuthApplicationFactory, token_of
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.world import OPERATIONS, address

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def application(partner_organisation: Organisation) -> OAuthApplication:
    return OAuthApplicationFactory(organisation=partner_organisation)


def basic(client_id: str, secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def ask(path: str, form: dict[str, Any], **headers: str) -> Answer:
    return ApiClient(None).call("POST", f"oauth/{path}", raw=urlencode(form).encode(), kind=FORM, headers=headers)


def fetch(application: OAuthApplication, secret: str = SECRET, **form: str) -> Answer:
    return ask("token", {"grant_type": "client_credentials", **form}, Authorization=basic(application.client_id, secret))


def assert_refused(answer: Answer, status: int, code: str) -> None:
    """An error of RFC 6749 that is a problem document as well."""
    assert answer.status == status, answer.raw
    assert answer.headers["Content-Type"] == "application/json"
    jsonschema.validate(answer.json, PROBLEM_SCHEMA)
    assert answer.json["code"] == answer.json["error"] == code
    assert answer.json["detail"] == answer.json["error_description"]
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    check_answer(answer, "/api/v1/oauth/token", "POST")


def test_a_token_is_fetched_and_opens_the_api(application: OAuthApplication) -> None:
    answer = fetch(application)
    assert answer.status == 200, answer.raw
    check_answer(answer, "/api/v1/oauth/token", "POST")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 600)
    assert set(answer.json["scope"].split()) == set(scopes.all_scopes())
    me = ApiClient(answer.json["access_token"]).get("me")
    assert me.status == 200, me.json
    assert me.json["organisation"]["id"] == str(application.organisation_id)
    assert (me.json["credential"]["kind"], me.json["credential"]["key_id"]) == ("oauth_application", application.client_id)


def test_neither_token_nor_secret_is_stored(application: OAuthApplication) -> None:
    text = fetch(application).json["access_token"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM oauth2_provider_accesstoken t UNION ALL SELECT a::text FROM accounts_oauthapplication a")
        stored = "\n".join(row for (row,) in cursor.fetchall())
    assert application.client_id in stored
    assert text not in stored
    assert SECRET not in stored
    assert sealing.fingerprint(text) in stored


def test_id_and_secret_may_stand_in_the_form(application: OAuthApplication) -> None:
    form = {"grant_type": "client_credentials", "client_id": application.client_id, "client_secret": SECRET}
    assert ask("token", form).status == 200


def test_a_token_has_the_scopes_it_was_asked_for_and_no_more(application: OAuthApplication) -> None:
    text = fetch(application, scope="startups:read").json["access_token"]
    assert ApiClient(text).get("startups").status == 200
    assert_problem(ApiClient(text).get("rounds"), 403, "scope_missing")
    OAuthApplication.objects.update(scopes=["rounds:read"])
    assert_refused(fetch(application, scope="startups:read"), 400, "invalid_scope")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "everything:write"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "a\x00b"}, "invalid_scope"),
    ],
)
def test_what_is_not_offered_is_named(application: OAuthApplication, form: dict[str, str], code: str) -> None:
    assert_refused(ask("token", form, Authorization=basic(application.client_id)), 400, code)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("secret", ["", "wrong", "a\x00b", "é"])
def test_a_wrong_secret_gets_nothing(application: OAuthApplication, secret: str) -> None:
    answer = fetch(application, secret)
    assert_refused(answer, 401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("client_id", ["app_nobody", "a\x00b", "https://evil.example/client.json", ""])
def test_an_unknown_application_gets_nothing(client_id: str) -> None:
    answer = ask("token", {"grant_type": "client_credentials", "client_id": client_id, "client_secret": SECRET})
    assert_refused(answer, 401, "invalid_client")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "Basic " + base64.b64encode(b"no colon").decode()]
)
def test_a_broken_basic_header_gets_nothing(header: str) -> None:
    assert_refused(ask("token", {"grant_type": "client_credentials"}, Authorization=header), 401, "invalid_client")


def test_what_is_no_form_is_refused(application: OAuthApplication) -> None:
    auth = {"Authorization": basic(application.client_id)}
    assert_problem(ApiClient(None).call("GET", "oauth/token", headers=auth), 405, "method_not_allowed")
    assert_problem(ApiClient(None).call("POST", "oauth/token", {"grant_type": "client_credentials"}, headers=auth), 415, "unsupported_media_type")
    assert_problem(ApiClient(None).call("POST", "oauth/token", raw=b"a=" + b"x" * 70_000, kind=FORM, headers=auth), 413, "body_too_large")


def test_a_token_in_the_form_or_address_is_no_credential(application: OAuthApplication) -> None:
    assert_problem(ApiClient(None).get(f"me?access_token={token_of(application)}"), 401, "credential_missing")


def test_an_application_bound_to_addresses_is_held_to_them_at_both_ends(application: OAuthApplication) -> None:
    text = token_of(application)
    OAuthApplication.objects.update(allowed_networks=["203.0.113.0/24"])
    assert_refused(fetch(application), 400, "unauthorized_client")
    assert_problem(ApiClient(text).get("me"), 403, "address_not_allowed")


def test_an_ended_agreement_stops_tokens_and_their_issue(application: OAuthApplication) -> None:
    text = token_of(application)
    Organisation.objects.filter(pk=application.organisation_id).update(access_until=now())
    assert_problem(ApiClient(text).get("me"), 403, "access_ended")
    assert_refused(fetch(application), 400, "unauthorized_client")


def test_a_revoked_application_and_its_tokens_stop_at_once(application: OAuthApplication) -> None:
    text = token_of(application)
    OAuthApplication.objects.update(revoked_at=now())
    assert_problem(ApiClient(text).get("me"), 401, "credential_revoked")
    assert_refused(fetch(application), 401, "invalid_client")


def test_an_expired_application_and_its_tokens_stop(application: OAuthApplication) -> None:
    text = token_of(application)
    OAuthApplication.objects.update(expires_at=now())
    assert_problem(ApiClient(text).get("me"), 401, "credential_expired")
    assert_refused(fetch(application), 401, "invalid_client")


def test_a_token_ends_after_ten_minutes_and_is_forgotten_a_day_later(application: OAuthApplication) -> None:
    text = fetch(application).json["access_token"]
    with time_machine.travel(now() + timedelta(seconds=599)):
        assert ApiClient(text).get("me").status == 200
    with time_machine.travel(now() + timedelta(seconds=601)):
        answer = ApiClient(text).get("me")
        assert_problem(answer, 401, "credential_expired")
        assert "/api/v1/oauth/token" in answer.json["detail"]
        assert oauth.forget(at=now()) == 0
    assert oauth.forget(at=now() + timedelta(days=1, minutes=11)) == 1
    assert_problem(ApiClient(text).get("me"), 401, "credential_invalid")


def test_a_token_is_given_back_by_its_own_application_only(application: OAuthApplication) -> None:
    text, other = token_of(application), OAuthApplicationFactory()
    assert ask("revoke", {"token": text}, Authorization=basic(other.client_id)).status == 200
    assert ApiClient(text).get("me").status == 200
    assert ask("revoke", {"token": text}, Authorization=basic(application.client_id, "wrong")).status == 401
    assert ApiClient(text).get("me").status == 200
    assert ask("revoke", {"token": text}, Authorization=basic(application.client_id)).status == 200
    assert_problem(ApiClient(text).get("me"), 401, "credential_invalid")
    assert ask("revoke", {"token": "spt_unknown"}, Authorization=basic(application.client_id)).status == 200
    assert ask("revoke", {}, Authorization=basic(application.client_id)).status == 400


@override_settings(API_RATE_WRITE="2/m")
def test_fetching_tokens_is_limited(application: OAuthApplication) -> None:
    assert [fetch(application).status for _ in range(2)] == [200, 200]
    answer = fetch(application)
    assert_problem(answer, 429, "rate_limited")
    assert int(answer.headers["Retry-After"]) >= 1


@override_settings(API_RATE_READ="2/m")
def test_the_limit_is_the_applications_whichever_token_it_sends(application: OAuthApplication) -> None:
    assert [ApiClient(token_of(application)).get("me").status for _ in range(3)] == [200, 200, 429]


def test_a_cursor_outlives_the_token_it_was_given_to(application: OAuthApplication) -> None:
    from tests.factories.startups import DisclosureFactory

    DisclosureFactory.create_batch(2, audience="partners", level=1)
    following = ApiClient(token_of(application)).get("startups?page_size=1").json["next"].removeprefix("http://testserver")
    assert len(ApiClient(token_of(application)).get(following).json["data"]) == 1


def test_a_token_costs_as_many_statements_as_a_key(application: OAuthApplication) -> None:
    OAuthApplication.objects.update(api_version="2026-12-01")
    text = token_of(application)
    ApiClient(text).get("rounds")
    with CaptureQueriesContext(connection) as queries:
        ApiClient(text).get("rounds")
    assert len(queries) == 1  # the rows, the credential confirmed with them


def test_the_application_is_pinned_at_the_first_call(application: OAuthApplication) -> None:
    ApiClient(token_of(application)).get("me")
    application.refresh_from_db()
    assert application.api_version == "2026-12-01"


@pytest.mark.parametrize(("route", "method"), OPERATIONS)
def test_every_operation_takes_a_token_and_refuses_an_ended_or_foreign_one(route: str, method: str, application: OAuthApplication) -> None:
    live = ApiClient(token_of(application)).call(method, address(route))
    assert live.status in (200, 400, 404), live.raw
    for text, code in ((token_of(application, minutes=0), "credential_expired"), ("spt_guessed", "credential_invalid"), ("spt_é", "credential_invalid")):
        assert_problem(ApiClient(text).call(method, address(route)), 401, code)
    if scopes.TABLE[(route, method)]:
        assert_problem(ApiClient(token_of(application, scopes=[])).call(method, address(route)), 403, "scope_missing")
