"""Holding answers against the OpenAPI document."""

import json
from functools import cache
from typing import Any

import jsonschema

from incubator.api.views_documents import document
from tests.factories.api import Answer


@cache
def plain() -> dict[str, Any]:
    """The document as a client reads it."""
    found: dict[str, Any] = json.loads(json.dumps(document(), default=str))
    return found


def check(schema: Any, instance: Any) -> None:
    """Raises ValidationError if the instance does not fit; references resolve, formats count."""
    whole = {"allOf": [schema], "components": plain()["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER).validate(instance)


def strict(schema: Any) -> Any:
    """The schema for a request without `fields` and `expand`: the whole, of which no member may be absent."""
    if isinstance(schema, dict):
        if len(parts := schema.get("anyOf", ())) == 2 and parts[1].get("$ref", "").endswith("Part"):
            return parts[0]
        return {name: strict(value) for name, value in schema.items()}
    return schema


def check_answer(answer: Answer, path: str, method: str) -> None:
    """The answer has a status that the operation lists, and a body of the shape it promises for it."""
    operation = plain()["paths"][path][method.lower()]
    response = operation["responses"][str(answer.status)]
    if "content" in response:
        media = answer.headers["Content-Type"]
        if media in response["content"] and not media.endswith("json"):
            assert answer.raw
        else:
            schema = response["content"][media]["schema"]
            asked = answer.response.request["QUERY_STRING"]
            check(schema if "fields=" in asked or "expand=" in asked else strict(schema), answer.json)
    else:
        assert answer.raw == b""
    for name in response.get("headers", {}):
        if name not in ("Link", "Idempotency-Replayed"):
            assert answer.headers.get(name), name
