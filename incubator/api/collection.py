"""The API as a collection for Postman and Bruno, made from the OpenAPI document: every request ready to send.

The format is Postman's Collection v2.1, which Bruno, Insomnia and Hoppscotch import as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

OWN = ("token", "client_id", "client_secret", "etag")
FORM = "application/x-www-form-urlencoded"
FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
# Headers that a request needs anew each time, and what fills them in.
FILLED = {"Idempotency-Key": "{{$guid}}", "If-Match": "{{etag}}"}


def collection(document: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """One folder for each tag, one request for each operation, with its examples as saved answers.

    Variables are the reader's own: `base_url`, set to this park; those of OWN are empty: no collection holds a key.
    """
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in operations(document):
        folders.setdefault(operation["tags"][0], []).append(item(path, method, operation))
    return {
        "info": {
            "name": document["info"]["title"],
            "description": document["info"].get("description", ""),
            "version": document["info"]["version"],
            "schema": FORMAT,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": "base_url", "value": base_url}, *({"key": name, "value": ""} for name in OWN)],
        "item": [{"name": name, "item": items} for name, items in folders.items()],
    }


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def item(path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """One request. Optional parameters and headers stand there switched off."""
    sent: dict[str, Any] = {
        "method": method,
        "description": operation["description"],
        "url": address(path, operation),
        "header": [*headers(operation)],
    }
    if FORM in operation.get("requestBody", {}).get("content", {}):
        sent["auth"] = {"type": "basic", "basic": [{"key": "username", "value": "{{client_id}}"}, {"key": "password", "value": "{{client_secret}}"}]}
        sent["body"] = {"mode": "urlencoded", "urlencoded": [{"key": name, "value": value} for name, value in example(operation["requestBody"], FORM).items()]}
    elif "requestBody" in operation:
        sent["header"].append({"key": "Content-Type", "value": "application/json"})
        sent["body"] = {"mode": "raw", "raw": pretty(example(operation["requestBody"])), "options": {"raw": {"language": "json"}}}
    return {"name": operation["summary"], "request": sent, "response": [*answers(operation, sent)]}


def address(path: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    """The address in parts, with `:id` for what stands in the path."""
    parts = [f":{part[1:-1]}" if part.startswith("{") else part for part in path.strip("/").split("/")]
    query = [
        {"key": one["name"], "value": str(one["schema"].get("default", "")), "description": one["description"], "disabled": True}
        for one in operation["parameters"]
        if one["in"] == "query"
    ]
    return {
        "raw": "/".join(["{{base_url}}", *parts]),
        "host": ["{{base_url}}"],
        "path": parts,
        "query": query,
        "variable": [{"key": one["name"], "value": "", "description": one["description"]} for one in operation["parameters"] if one["in"] == "path"],
    }


def headers(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in operation["parameters"]:
        if one["in"] == "header":
            value = FILLED.get(one["name"], str(one["schema"].get("default", "")))
            yield {"key": one["name"], "value": value, "description": one["description"], "disabled": not one["required"]}


def answers(operation: Mapping[str, Any], sent: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for status, response in operation["responses"].items():
        for media, content in response.get("content", {}).items():
            for name, one in content.get("examples", {}).items():
                yield {
                    "name": f"{status} {name}",
                    "originalRequest": sent,
                    "code": int(status),
                    "header": [{"key": "Content-Type", "value": media}],
                    "body": pretty(one["value"]),
                }


def example(body: Mapping[str, Any], media: str = "application/json") -> Any:
    """The first example of a body, in JSON unless another type is named."""
    return next(iter(body["content"][media]["examples"].values()))["value"]


def pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
