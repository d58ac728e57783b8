"""Each rule of docs/api/versions.md: what breaks a client is named, what does not is let through."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from incubator.api import versions
from incubator.api.compatibility import breaks
from incubator.api.management.commands import contract

GET = "/api/v1/things"
OLD: dict[str, Any] = {
    "paths": {
        GET: {
            "get": {
                "security": [{"key": ["things:read"]}, {"oauth": ["things:read"]}],
                "parameters": [
                    {"in": "query", "name": "stage", "schema": {"type": "string", "enum": ["idea", "pilot"]}},
                    {"in": "query", "name": "size", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}},
                    "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            },
            "post": {
                "security": [{"key": ["things:write"]}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingIn"}}}},
                "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
            },
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "state": {"type": "string", "enum": ["draft", "live"]},
                    "kind": {"type": "string", "enum": ["a"], "description": "The list may grow."},
                    "note": {"type": ["string", "null"]},
                    "owner": {"allOf": [{"$ref": "#/components/schemas/Owner"}], "description": "Whose."},
                },
                "required": ["id", "state"],
            },
            "Owner": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
            "ThingIn": {
                "type": "object",
                "properties": {"name": {"type": "string", "maxLength": 80}, "role": {"type": "string", "enum": ["lead", "follow"]}},
                "required": ["name"],
            },
        }
    },
}


def get(new: Any) -> Any:
    return new["paths"][GET]["get"]


def post(new: Any) -> Any:
    return new["paths"][GET]["post"]


def thing(new: Any) -> Any:
    return new["components"]["schemas"]["Thing"]


def thing_in(new: Any) -> Any:
    return new["components"]["schemas"]["ThingIn"]


def put(place: Callable[[Any], Any], *path: Any, value: Any) -> Callable[[Any], None]:
    def change(new: Any) -> None:
        found = place(new)
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = value

    return change


def drop(place: Callable[[Any], Any], *path: Any) -> Callable[[Any], None]:
    def change(new: Any) -> None:
        found = place(new)
        for step in path[:-1]:
            found = found[step]
        del found[path[-1]]

    return change


BREAKING: dict[str, tuple[Callable[[Any], None], str]] = {
    "path": (drop(lambda new: new, "paths", GET), "GET /api/v1/things: is gone"),
    "method": (drop(lambda new: new, "paths", GET, "post"), "POST /api/v1/things: is gone"),
    "scope": (put(get, "security", 0, value={"key": ["things:read", "more:read"]}), "needs the scope more:read"),
    "way in": (drop(get, "security", 1), "oauth no longer signs in"),
    "parameter": (drop(get, "parameters", 0), "query stage: is gone"),
    "required parameter": (put(get, "parameters", 0, "required", value=True), "query stage: has become required"),
    "new required parameter": (
        lambda new: get(new)["parameters"].append({"in": "query", "name": "x", "required": True, "schema": {}}),
        "query x: is new and required",
    ),
    "fewer values": (put(get, "parameters", 0, "schema", "enum", value=["idea"]), "the values it takes have changed"),
    "new values only": (put(get, "parameters", 1, "schema", "enum", value=[1, 2]), "the values it takes have changed"),
    "higher minimum": (put(get, "parameters", 1, "schema", "minimum", value=2), "minimum has risen"),
    "lower maximum": (put(get, "parameters", 1, "schema", "maximum", value=50), "maximum has fallen"),
    "new pattern": (put(get, "parameters", 0, "schema", "pattern", value="[a-z]+"), "the pattern has changed"),
    "status": (drop(get, "responses", "404"), "no longer answers 404"),
    "media type": (
        put(get, "responses", "200", "content", value={"text/csv": {"schema": {}}}),
        "application/json is gone",
    ),
    "field of an answer": (drop(thing, "properties", "note"), "/note: is gone"),
    "inner field of an answer": (drop(lambda new: new["components"]["schemas"]["Owner"], "properties", "name"), "/owner/name: is gone"),
    "field that may be absent": (put(thing, "required", value=["id"]), "/state: may now be absent"),
    "null in an answer": (put(thing, "properties", "id", "type", value=["string", "null"]), "is now null or string and was string"),
    "type in an answer": (put(thing, "properties", "note", "type", value="integer"), "is now integer"),
    "format in an answer": (put(thing, "properties", "id", "format", value="uri"), "the format has changed"),
    "new state in an answer": (put(thing, "properties", "state", "enum", value=["draft", "live", "gone"]), "/state: the values it takes have changed"),
    "field of a body": (drop(thing_in, "properties", "role"), "body/role: is gone"),
    "required field of a body": (put(thing_in, "required", value=["name", "role"]), "body/role: has become required"),
    "shorter field of a body": (put(thing_in, "properties", "name", "maxLength", value=40), "maxLength has fallen"),
    "type in a body": (put(thing_in, "properties", "name", "type", value="integer"), "is now integer and was string"),
    "required body": (put(post, "requestBody", "required", value=True), "body: has become required"),
    "body": (drop(post, "requestBody"), "body: is gone"),
}
ADDITIVE: dict[str, Callable[[Any], None]] = {
    "path": put(lambda new: new["paths"], "/api/v1/more", value={"get": OLD["paths"][GET]["get"]}),
    "optional parameter": lambda new: get(new)["parameters"].append({"in": "query", "name": "x", "schema": {}}),
    "more values taken": put(get, "parameters", 0, "schema", "enum", value=["idea", "pilot", "scale"]),
    "wider bounds": put(get, "parameters", 1, "schema", value={"type": "integer", "minimum": 0, "maximum": 500}),
    "status": put(get, "responses", "409", value={}),
    "field of an answer": put(thing, "properties", "more", value={"type": "string"}),
    "value of a list that may grow": put(thing, "properties", "kind", "enum", value=["a", "b"]),
    "always there now": put(thing, "required", value=["id", "state", "note"]),
    "optional field of a body": put(thing_in, "properties", "more", value={"type": "string"}),
    "optional now": put(thing_in, "required", value=[]),
    "null taken": put(thing_in, "properties", "name", "type", value=["string", "null"]),
    "fewer scopes": put(get, "security", 0, value={"key": []}),
    "words": put(thing, "description", value="Other words."),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_named(name: str) -> None:
    change, words = BREAKING[name]
    new = copy.deepcopy(OLD)
    change(new)
    assert any(words in one for one in breaks(OLD, new)), breaks(OLD, new)


@pytest.mark.parametrize("name", ADDITIVE)
def test_an_additive_change_is_let_through(name: str) -> None:
    new = copy.deepcopy(OLD)
    ADDITIVE[name](new)
    assert breaks(OLD, new) == []


def test_a_schema_that_holds_itself_is_compared() -> None:
    old = copy.deepcopy(OLD)
    thing(old)["properties"]["parent"] = {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]}
    new = copy.deepcopy(old)
    assert breaks(old, new) == []
    del thing(new)["properties"]["note"]
    assert any("/note: is gone" in one for one in breaks(old, new))


def test_nothing_breaks_where_nothing_changed() -> None:
    assert breaks(OLD, OLD) == []


@pytest.fixture
def files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The contract written down in a place of the test's own."""
    monkeypatch.setattr(contract, "CONTRACT", tmp_path / "openapi.json")
    monkeypatch.setattr(contract, "RELEASED", tmp_path / "released.json")
    call_command("contract", release=True)
    return tmp_path


def test_the_written_contract_is_what_the_api_does(files: Any) -> None:
    call_command("contract")
    (files / "openapi.json").write_text((files / "openapi.json").read_text().replace("page_size", "size"))
    with pytest.raises(CommandError, match="contract --write"):
        call_command("contract")
    call_command("contract", write=True)
    call_command("contract")


def test_a_break_fails_until_it_gets_a_dated_version(files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    released = json.loads((files / "released.json").read_text())
    released["components"]["schemas"]["MeOut"]["properties"]["colour"] = {"type": "string"}
    (files / "released.json").write_text(json.dumps(released))
    for options in ({}, {"write": True}, {"release": True}):
        with pytest.raises(CommandError, match="/colour: is gone"):
            call_command("contract", **options)
    monkeypatch.setattr(versions, "CURRENT", "2027-06-01")
    call_command("contract", write=True)
