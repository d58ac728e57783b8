"""Whatever goes wrong, wherever: one shape of answer, validated against one schema."""

import re
from collections.abc import Callable

import jsonschema
import psycopg2
import pytest
from django.db import OperationalError
from django.test import override_settings

from incubator.accounts.models import ApiKey
from incubator.api import scopes
from incubator.api.problems import CATALOGUE, CONTENT_TYPE
from incubator.api.schema import PROBLEM_SCHEMA
from tests.factories.api import Answer, ApiClient, ApiKeyFactory, text_of
from tests.incubator.api.world import ENDPOINTS, OPERATIONS, address

pytestmark = pytest.mark.django_db


def assert_problem(answer: Answer, status: int, code: str = "") -> None:
    assert answer.status == status, answer.raw
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    jsonschema.validate(answer.json, PROBLEM_SCHEMA)
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    if code:
        assert answer.json["code"] == code
        assert answer.json["type"].endswith(f"/docs/errors#{code}") or code not in CATALOGUE


@pytest.mark.parametrize(("route", "method"), OPERATIONS)
def test_every_operation_refuses_a_wrong_credential(route: str, method: str) -> None:
    answer = ApiClient(None).call(method, address(route))
    assert_problem(answer, 401, "credential_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for token in ("x", "spk_", "spk_nokey.secret", "spk_é.x", "spk_" + "a" * 300 + ".b", "spk_0.\x01"):
        assert_problem(ApiClient(token).call(method, address(route)), 401, "credential_invalid")


@pytest.mark.parametrize(("route", "method"), [one for one in OPERATIONS if scopes.TABLE[one]])
def test_every_operation_without_its_scope_answers_403_before_any_look_up(route: str, method: str, key: ApiKey) -> None:
    scope = scopes.TABLE[(route, method)]
    ApiKey.objects.filter(pk=key.pk).update(scopes=[one for one in scopes.all_scopes() if one != scope])
    answer = ApiClient(key).call(method, address(route), raw=b"{not json")
    assert_problem(answer, 403, "scope_missing")
    assert answer.json["required_scope"] == scope


@pytest.mark.parametrize("route", sorted({route for route, _ in OPERATIONS}))
@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "PATCH", "DELETE", "POST", "GET"])
def test_every_route_with_a_method_it_does_not_take_answers_405(api: ApiClient, route: str, method: str) -> None:
    if (route, method) in scopes.TABLE:
        return
    answer = api.call(method, address(route))
    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == ", ".join(verb for verb in ("GET", "POST", "PATCH", "DELETE") if (route, verb) in scopes.TABLE)


@pytest.mark.parametrize(("route", "method"), OPERATIONS)
def test_every_operation_answers_each_wrong_request_with_its_problem(api: ApiClient, route: str, method: str) -> None:
    path = address(route)
    unknown = api.call(method, path + "?colour=red", headers={"Idempotency-Key": "k"})
    assert_problem(unknown, 400, "unknown_parameter")
    assert unknown.json["errors"][0]["pointer"] == "colour"
    assert_problem(api.call(method, path, headers={"Accept": "text/html"}), 406, "not_acceptable")
    assert_problem(api.call(method, path, headers={"API-Version": "1999-01-01"}), 400, "unknown_version")
    with override_settings(API_RATE_READ="1/m", API_RATE_WRITE="1/m", API_RATE_FILE="1/m"):
        api.call(method, path)
        assert_problem(api.call(method, path), 429, "rate_limited")


@pytest.mark.parametrize(("route", "method"), OPERATIONS)
def test_every_operation_that_breaks_says_so_and_nothing_of_how(api: ApiClient, monkeypatch: pytest.MonkeyPatch, route: str, method: str) -> None:
    def breaking(cause: Exception) -> Callable[..., None]:
        def broken(*args: object, **kwargs: object) -> None:
            raise OperationalError("the secret is 42") from cause

        return broken

    for cause, status, code in ((ValueError("42"), 500, "internal_error"), (psycopg2.OperationalError("42"), 503, "unavailable")):
        monkeypatch.setattr(ENDPOINTS[route], method.lower(), breaking(cause))
        answer = api.call(method, address(route))
        assert_problem(answer, status, code)
        assert not re.search(rb"secret|Error|Traceback|<html", answer.raw)
        assert (status == 503) == ("Retry-After" in answer.headers)


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1", "/api/v1/", "/api/v2/me", "/api/v1/me/", "/api/v1/nothing", "/api/v1/startups/no-id", "/api/v1/docs/nothing"]
)
def test_a_path_that_does_not_exist_is_a_problem_and_never_a_page(api: ApiClient, path: str) -> None:
    assert_problem(api.get(path), 404, "not_found")
    assert_problem(ApiClient(None).get(path), 404, "not_found")


def test_a_foreign_host_name_is_a_problem(api: ApiClient) -> None:
    assert_problem(api.get("me", Host="evil.example"), 400, "malformed_request")


def test_each_answer_carries_version_limit_and_request_id(api: ApiClient) -> None:
    answer = api.get("me", **{"X-Request-ID": "client-made-id-1"})
    assert answer.headers["API-Version"] == "2026-12-01"
    assert answer.headers["RateLimit-Policy"] == '"read";q=600;w=60'
    assert answer.headers["RateLimit"] == '"read";r=599;t=0'
    assert answer.headers["X-Request-ID"] == "client-made-id-1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("given", ["short", "x" * 65, "spaces are bad", "new\u00e9id-0000"])
def test_a_request_id_that_is_not_sane_is_replaced(api: ApiClient, given: str) -> None:
    assert api.get("me", **{"X-Request-ID": given}).headers["X-Request-ID"] != given


def test_a_session_signs_nobody_in_here(partner_person, db: None) -> None:  # type: ignore[no-untyped-def]
    assert partner_person.client.get("/api/v1/startups").status_code == 401


def test_the_key_in_the_address_is_no_credential(key: ApiKey) -> None:
    assert_problem(ApiClient(None).get(f"me?access_token={text_of(key)}"), 401, "credential_missing")


def test_two_keys_of_one_organisation_both_work(key: ApiKey) -> None:
    other = ApiKeyFactory(organisation=key.organisation)
    assert ApiClient(key).get("me").status == ApiClient(other).get("me").status == 200
