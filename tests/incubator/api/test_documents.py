"""The schema, the interactive documentation and the guide say what the API does."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.conf import settings
from django.test import Client
from jsonschema import ValidationError
from openapi_spec_validator import validate

from incubator.accounts.models import ApiKey
from incubator.api import guide, scopes
from incubator.api.collection import collection
from incubator.api.problems import CATALOGUE
from incubator.api.schema import operation_id
from incubator.api.urls_api import tokens
from incubator.api.views_documents import style_hash
from incubator.notifications.operations import webhook_kinds
from tests.cast import Member
from tests.factories.api import ApiClient
from tests.incubator.api.schemas import check, plain

pytestmark = pytest.mark.django_db
OPERATIONS = [(path, method, one) for path, methods in plain()["paths"].items() for method, one in methods.items()]


def test_the_schema_is_valid_openapi_3_1_with_every_operation() -> None:
    validate(plain())
    assert plain()["openapi"] == "3.1.0"
    assert len(OPERATIONS) == len(scopes.TABLE) + len(tokens)


@pytest.mark.parametrize(
    ("method", "path", "is_list", "name"),
    [
        ("GET", "/api/v1/me", False, "get_me"),
        ("GET", "/api/v1/webhook-endpoints", True, "list_webhook_endpoints"),
        ("POST", "/api/v1/webhook-endpoints", True, "create_webhook_endpoint"),
        ("PATCH", "/api/v1/webhook-endpoints/{id}", False, "update_webhook_endpoint"),
        ("GET", "/api/v1/deliveries/{id}", False, "get_delivery"),
        ("POST", "/api/v1/interests/{id}/withdraw", False, "withdraw_interest"),
        ("GET", "/api/v1/startups/{id}/documents", True, "list_startup_documents"),
        ("POST", "/api/v1/startups/{id}/documents/{document}/download", False, "download_startup_document"),
    ],
)
def test_operations_are_named_as_one_would_call_them(method: str, path: str, is_list: bool, name: str) -> None:
    assert operation_id(path, method, is_list=is_list) == name


def test_no_two_operations_have_one_name() -> None:
    names = [one["operationId"] for _, _, one in OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=lambda one: one if isinstance(one, str) else "")
def test_every_example_fits_its_schema(path: str, method: str, operation: dict[str, Any]) -> None:
    contents = [one["content"] for one in operation["responses"].values() if "content" in one]
    if "requestBody" in operation:
        contents.append(operation["requestBody"]["content"])
    for content in contents:
        for media in content.values():
            assert media["examples"], (path, method)
            for example in media["examples"].values():
                check(media["schema"], example["value"])


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=lambda one: one if isinstance(one, str) else "")
def test_every_operation_lists_what_can_go_wrong(path: str, method: str, operation: dict[str, Any]) -> None:
    expected = {"400", "401", "429", "500", "503"}
    if "/oauth/" in path:
        expected |= {"413", "415"}
    else:
        expected |= {"403", "406"}
        expected |= {"404"} if "{" in path else set()
        expected |= {"304"} if method == "get" else {"409", "413", "415", "422"}
    assert expected <= set(operation["responses"])
    assert operation["summary"]
    assert set(re.findall(r"\{(\w+)\}", path)) == {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}


def test_the_schema_is_for_people_signed_in_and_for_keys(api: ApiClient, partner_person: Member) -> None:
    assert api.get("schema").json["openapi"] == "3.1.0"
    assert partner_person.client.get("/api/v1/schema").json()["info"]["title"] == "Incubator partner API"
    refused = ApiClient(None).get("schema")
    assert (refused.status, refused.json["code"]) == (401, "credential_missing")


def test_the_schema_comes_as_yaml_for_who_asks(api: ApiClient, partner_person: Member) -> None:
    for answer in (
        partner_person.client.get("/api/v1/schema?format=yaml"),
        partner_person.client.get("/api/v1/schema", headers={"Accept": "application/yaml"}),
    ):
        assert answer.headers["Content-Type"] == "application/yaml"
        assert yaml.load(answer.content, Loader=yaml.CSafeLoader)["paths"].keys() == plain()["paths"].keys()


def test_the_collection_has_every_request_and_no_key(api: ApiClient, key: ApiKey, partner_person: Member) -> None:
    assert ApiClient(None).get("collection").status == 401
    assert partner_person.client.get("/api/v1/collection").headers["Content-Disposition"].startswith("attachment")
    answer = api.get("collection")
    assert key.key_id not in answer.raw.decode()
    requests = [one["request"] for folder in answer.json["item"] for one in folder["item"]]
    assert len(requests) == len(OPERATIONS)
    for one in requests:
        if "/oauth/" in one["url"]["raw"]:
            assert one["auth"]["type"] == "basic"
            continue
        assert (one["method"] != "GET") == any(header["key"] == "Idempotency-Key" and not header["disabled"] for header in one["header"])
    declare = next(one for one in requests if (one["method"], one["url"]["raw"]) == ("POST", "{{base_url}}/api/v1/interests"))
    assert json.loads(declare["body"]["raw"])["role"] == "follow"


def test_the_collection_sent_as_it_stands_reaches_every_operation(api: ApiClient) -> None:
    """Each request with its own variables filled in gets past the address and the method."""
    for folder in collection(plain(), "http://testserver")["item"]:
        for one in folder["item"]:
            address = "/" + "/".join(str(uuid4()) if part.startswith(":") else part for part in one["request"]["url"]["path"])
            headers = {header["key"]: "x" for header in one["request"]["header"] if not header.get("disabled") and header["key"] != "Content-Type"}
            body = one["request"].get("body", {}).get("raw", "").encode()
            answer = api.call(one["request"]["method"], address, raw=body, headers=headers)
            assert answer.status not in {401, 403, 405, 415}, (one["name"], answer.raw)
            assert answer.status != 404 or ":" in one["request"]["url"]["raw"], one["name"]


def test_the_interactive_documentation_is_for_people_signed_in(partner_person: Member) -> None:
    assert Client().get("/api/v1/docs").status_code == 302
    answer = partner_person.client.get("/api/v1/docs")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert f"'sha256-{style_hash()}'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", guide.NAMES)
def test_a_page_of_the_guide_is_open_to_everybody(name: str) -> None:
    answer = Client().get(f"/api/v1/docs/{name}")
    assert answer.status_code == 200
    assert guide.page(name)[0] in answer.content.decode()


def test_every_type_of_problem_has_its_anchor_with_its_words() -> None:
    text = (settings.ROOT / "docs/api/errors.md").read_text()
    _title, html = guide.page("errors")
    for one in CATALOGUE.values():
        assert f'<h2 id="{one.code}">' in html
        assert f"**{one.status} {one.title}.** {one.detail}" in text
    assert set(re.findall(r"^## (\w+)$", text, re.MULTILINE)) == set(CATALOGUE)


def test_every_scope_stands_in_the_guide() -> None:
    text = (settings.ROOT / "docs/api/authentication.md").read_text()
    assert set(re.findall(r"^\| `([a-z:-]+)`", text, re.MULTILINE)) == set(scopes.all_scopes())


def test_every_type_of_webhook_stands_in_the_schema_with_an_example_that_fits() -> None:
    section = plain()["webhooks"]
    assert set(section) == {kind.name for kind in webhook_kinds(with_ping=True)}
    for kind, methods in section.items():
        content = methods["post"]["requestBody"]["content"]["application/json"]
        [example] = content["examples"].values()
        check(content["schema"], example["value"])
        with pytest.raises(ValidationError):
            check(content["schema"], {**example["value"], "type": "another"})
        assert example["value"]["type"] == kind
