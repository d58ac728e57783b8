"""The OpenAPI description of an endpoint, made from the same attributes by which it works."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from rest_framework import serializers

from incubator.api.problems import CATALOGUE, CONTENT_TYPE, type_uri
from incubator.api.scopes import TABLE
from incubator.api.selection import members, resource, steps
from incubator.api.serializers import Amount
from incubator.api.versions import CURRENT, VERSIONS

if TYPE_CHECKING:
    from incubator.api.endpoints import Endpoint, Rows

ALWAYS = (
    "malformed_request",
    "unknown_parameter",
    "invalid_parameter",
    "unknown_version",
    "credential_missing",
    "credential_invalid",
    "credential_expired",
    "credential_revoked",
    "access_ended",
    "address_not_allowed",
    "scope_missing",
    "not_acceptable",
    "rate_limited",
    "too_many_at_once",
    "internal_error",
    "unavailable",
)
WITH_BODY = ("malformed_json", "too_deep", "invalid", "idempotency_key_missing", "body_too_large", "unsupported_media_type", "unprocessable")
WITH_EFFECT = ("not_allowed", "conflict", "busy", "idempotency_key_in_use", "idempotency_key_reused")
REQUEST_ID = "0197e0c2-7d1f-7c3a-9a55-2f6f0c1d9b10"
# What stands in the braces of addresses.
PLACES: dict[str, tuple[str, dict[str, Any]]] = {
    "id": ("The id.", {"type": "string", "format": "uuid"}),
    "startup": ("The id of the startup.", {"type": "string", "format": "uuid"}),
    "token": ("From the `url` of a link.", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,100}$"}),
}
METHODS = {"GET": "get", "POST": "create", "PATCH": "update", "DELETE": "delete"}
PREFIX = "/api/v1/"


class ApiSchema(AutoSchema):
    """One operation: parameters, body, and every status it can answer, each with an example."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry) -> dict[str, Any]:
        self.registry, self.path, self.path_regex, self.path_prefix, self.method = registry, path, path_regex, path_prefix, method.upper()
        endpoint = cast("Endpoint", self.view)
        register_problem(registry)
        summary, description = words(endpoint, self.method)
        name = route_name(endpoint)
        scope = TABLE[(name, self.method)]
        operation: dict[str, Any] = {
            "operationId": operation_id(self.path, self.method, is_list=bool(endpoint.sorts)),
            "summary": summary,
            "description": "\n\n".join(filter(None, [description, f"Needs the scope `{scope}`." if scope else "Any live credential may ask."])),
            "tags": [endpoint.tag],
            "parameters": self.all_parameters(endpoint),
            "security": [{"key": [scope] if scope else []}, {"oauth": [scope] if scope else []}],
            "responses": self.responses(endpoint),
        }
        if self.method != "GET":
            operation["requestBody"] = self.request_body(endpoint)
        return operation

    def all_parameters(self, endpoint: Endpoint) -> list[dict[str, Any]]:
        found = [_parameter("path", name, *PLACES[name], required=True) for name in re.findall(r"\{(\w+)\}", self.path)]
        if self.method == "GET":
            found += [_parameter("query", one.name, one.description, one.schema()) for one in endpoint.filters]
            if endpoint.sorts:
                sorts = list(endpoint.sorts)
                found += [
                    _parameter("query", "sort", "The order.", {"type": "string", "enum": sorts, "default": sorts[0]}),
                    _parameter("query", "page_size", "How many at most; more than 100 is taken as 100.", {"type": "integer", "minimum": 1, "default": 25}),
                    _parameter("query", "cursor", "From `next` of the page before; with the same filters and order.", {"type": "string"}),
                ]
            found += selection_parameters(endpoint)
            found.append(_parameter("header", "If-None-Match", "The ETag you have; 304 if nothing has changed.", {"type": "string"}))
        else:
            key = {"type": "string", "pattern": "^[!-~]{1,255}$"}
            found.append(_parameter("header", "Idempotency-Key", "New for every new request, the same for every retry.", key, required=True))
            if endpoint.needs_match:
                found.append(_parameter("header", "If-Match", "The ETag of the version you have read.", {"type": "string"}, required=True))
        version = {"type": "string", "enum": list(VERSIONS), "default": CURRENT}
        found.append(_parameter("header", "API-Version", "The dated version to speak, instead of the credential's.", version))
        return found

    def request_body(self, endpoint: Endpoint) -> dict[str, Any]:
        serializer = endpoint.body()
        component = self.resolve_serializer(serializer, "request")
        schema = component.ref if component.name else {"type": "object", "additionalProperties": False}
        if component.name:
            component.schema["additionalProperties"] = False
        required = any(field.required for field in serializer.fields.values())
        return {"required": required, "content": {"application/json": {"schema": schema, "examples": {"example": {"value": endpoint.body_example}}}}}

    def responses(self, endpoint: Endpoint) -> dict[str, Any]:
        wrote = self.method != "GET" and endpoint.written_out is not None
        out = endpoint.written_out if wrote and endpoint.written_out else endpoint.out
        schema: dict[str, Any] = {} if endpoint.media else self.resolve_serializer(out(), "response").ref
        example: Any = endpoint.written_example if wrote else endpoint.example
        if self.method == "GET" and "fields" in endpoint.parameters():
            schema = {"anyOf": [schema, self.part(cast("type[Rows]", type(endpoint)))]}
        if self.method == "GET" and endpoint.sorts:
            schema = {
                "type": "object",
                "properties": {"data": {"type": "array", "items": schema}, "next": {"type": ["string", "null"], "format": "uri"}},
                "required": ["data", "next"],
                "additionalProperties": False,
            }
            example = {"data": [example], "next": None}
        headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in self.headers(endpoint)}
        content: dict[str, Any] = {"application/json": {"schema": schema, "examples": {"example": {"value": example}}}}
        if endpoint.media:
            content = {one: {"schema": {"type": "string", "format": "binary"}, "examples": {"example": {"value": "the bytes"}}} for one in endpoint.media}
        success = {"description": "Done.", "headers": headers, "content": content}
        found: dict[str, Any] = {str(endpoint.success): success} if self.method != "GET" else {"200": success}
        if self.method == "GET":
            found["304"] = {"description": "Nothing has changed since the ETag in If-None-Match."}
        for code in self.codes(endpoint):
            one = CATALOGUE[code]
            response = found.setdefault(
                str(one.status),
                {"description": one.title, "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}}},
            )
            response["content"][CONTENT_TYPE]["examples"][code] = {"value": problem_example(code)}
        return dict(sorted(found.items()))

    def part(self, rows: type[Rows]) -> dict[str, Any]:
        """The reference of what is answered to `fields` and `expand`: any of the members, those expanded in either form."""
        whole = self.resolve_serializer(rows.out(), "response")
        found = ResolvedComponent(name=f"{whole.name}Part", type=ResolvedComponent.SCHEMA, object=f"{whole.name}Part", schema={})  # type: ignore[no-untyped-call]
        if found not in self.registry:
            self.registry.register(found)
            members = dict(whole.schema["properties"])
            for name, route in rows.expands.items():
                inner = resource(route)
                long = [self.resolve_serializer(inner.out(), "response").ref, *([self.part(inner)] if inner.expands else [])]
                members[name] = {"anyOf": [members[name], *long]}
            found.schema |= {"type": "object", "description": "With `fields` or `expand`.", "properties": members, "additionalProperties": False}
        reference: dict[str, Any] = found.ref
        return reference

    def headers(self, endpoint: Endpoint) -> list[tuple[str, str]]:
        found = [
            ("ETag", "Strong tag of this version."),
            ("RateLimit", "What is left."),
            ("RateLimit-Policy", "The limit."),
            ("X-Request-ID", "Name it when you ask us."),
        ]
        found.append(("API-Version", "The version spoken."))
        if self.method == "GET" and endpoint.sorts:
            found.append(("Link", 'The next page: `<…>; rel="next"`.'))
        if self.method != "GET":
            found.append(("Idempotency-Replayed", "`true` if this request took effect before."))
        return found

    def codes(self, endpoint: Endpoint) -> list[str]:
        found = list(ALWAYS)
        if self.method == "GET" and endpoint.sorts:
            found.append("invalid_cursor")
        if "{" in self.path or self.method == "POST":
            found.append("not_found")
        if self.method != "GET":
            found += [*WITH_BODY, *WITH_EFFECT]
        if self.method != "GET" and endpoint.needs_match:
            found += ["if_match_missing", "stale_etag"]
        return found

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        return {**schema, "pattern": Amount.pattern(field)} if isinstance(field, Amount) else schema

    def _map_basic_serializer(self, serializer: serializers.Serializer[Any], direction: Any) -> Any:
        """Representations are closed: what is not described is not sent, so a test may hold them to it."""
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        schema["additionalProperties"] = False
        return schema


def route_name(endpoint: Endpoint) -> str:
    """The name of the address this class answers; each class answers one."""
    from incubator.api.urls_api import urlpatterns

    return next(str(one.name) for one in urlpatterns if getattr(one.callback, "cls", None) is type(endpoint))


def operation_id(path: str, method: str, *, is_list: bool) -> str:
    """The name that generated clients give the call: `list_interests`, `create_interest`, `get_interest`, `withdraw_interest`."""
    *parents, last = path.removeprefix(PREFIX).replace("-", "_").split("/")
    nouns = [one for one in parents if not one.startswith("{")]
    if last.startswith("{"):
        verb, words = METHODS[method], [singular(noun) for noun in nouns]
    elif method == "POST" and parents and parents[-1].startswith("{") and not is_list:
        verb, words = last, [singular(noun) for noun in nouns]
    elif method == "GET" and is_list:
        verb, words = "list", [*map(singular, nouns), last]
    else:
        verb, words = METHODS[method], [*map(singular, nouns), singular(last)]
    return "_".join([verb, *words])


def singular(noun: str) -> str:
    """One of these, in the nouns that our addresses have."""
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    return noun.removesuffix("s")


def words(endpoint: Endpoint, method: str) -> tuple[str, str]:
    """Summary and description: the first line of the docstring and the rest."""
    handler = getattr(type(endpoint), method.lower())
    text = cleandoc(handler.__doc__ or type(endpoint).__doc__ or "")
    summary, _, description = text.partition("\n")
    return summary.rstrip("."), " ".join(description.split())


def _parameter(where: str, name: str, description: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    found = {"in": where, "name": name, "description": description, "required": required, "schema": schema}
    if schema.get("type") == "array":
        found |= {"style": "form", "explode": False}
    return found


def selection_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = []
    if "fields" in endpoint.parameters():
        rows = cast("type[Rows]", type(endpoint))
        names = {"fields": ("Only these members.", members(rows)), "expand": ("Members to show whole.", steps(rows))}
        for name, (words_, known) in names.items():
            if known:
                found.append(_parameter("query", name, words_, {"type": "array", "items": {"type": "string", "enum": known}, "minItems": 1}))
    return found


def problem_example(code: str) -> dict[str, Any]:
    one = CATALOGUE[code]
    return {
        "type": type_uri(code),
        "title": one.title,
        "status": one.status,
        "detail": one.detail,
        "instance": f"urn:request:{REQUEST_ID}",
        "code": code,
        "request_id": REQUEST_ID,
        "errors": [],
    }


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A problem document (RFC 9457). `code` is for machines, `detail` for people; `errors` points at the input.",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The address that explains this type of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer into the body, or the name of a parameter or header."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["pointer", "code", "detail"],
                "additionalProperties": False,
            },
        },
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "With 409: what the present state allows."},
        "current": {"type": "string", "description": "With 412: the ETag of the present version."},
        "required_scope": {"type": "string", "description": "With scope_missing: the scope to ask for."},
        "error": {"type": "string", "description": "From the token endpoints: the code, where OAuth libraries look for it."},
        "error_description": {"type": "string", "description": "From the token endpoints: the detail, where OAuth libraries look for it."},
    },
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"],
    "additionalProperties": False,
}


def register_problem(registry: ComponentRegistry) -> None:
    component = ResolvedComponent(name="Problem", type=ResolvedComponent.SCHEMA, object="Problem", schema=PROBLEM_SCHEMA)  # type: ignore[no-untyped-call]
    if component not in registry:
        registry.register(component)
