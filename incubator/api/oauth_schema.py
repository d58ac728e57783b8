"""The token endpoints in the OpenAPI document: they belong to the toolkit, so they are described here and not by a class."""

from __future__ import annotations

from typing import Any

from incubator.api import scopes
from incubator.api.problems import CATALOGUE, CONTENT_TYPE
from incubator.api.schema import problem_example

CREDENTIALS = {
    "client_id": {"type": "string", "description": "If it is not sent by HTTP Basic."},
    "client_secret": {"type": "string", "description": "If it is not sent by HTTP Basic."},
}
TOKEN_FORM = {
    "type": "object",
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string", "description": "Scopes of the application, separated by spaces; all of them if absent."},
        **CREDENTIALS,
    },
    "required": ["grant_type"],
}
TOKEN_OUT = {
    "type": "object",
    "properties": {
        "access_token": {"type": "string"},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "scope": {"type": "string", "description": "What it may do, separated by spaces."},
    },
    "required": ["access_token", "expires_in", "token_type", "scope"],
    "additionalProperties": False,
}
REVOKE_FORM = {
    "type": "object",
    "properties": {"token": {"type": "string"}, "token_type_hint": {"type": "string"}, **CREDENTIALS},
    "required": ["token"],
}
OWN = ("invalid_request", "unauthorized_client", "invalid_client")
GENERAL = ("malformed_request", "body_too_large", "unsupported_media_type", "rate_limited", "internal_error", "unavailable")
HEADERS = {"X-Request-ID": {"description": "Name it when you ask us.", "schema": {"type": "string"}}}


def add(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A post-processing hook of drf-spectacular: two paths and the security scheme that leads to them."""
    described = {name: str(scopes.LABELS[name]) for name in scopes.all_scopes()}
    flow = {"tokenUrl": "/api/v1/oauth/token", "scopes": described}
    result["components"]["securitySchemes"] |= {
        "oauth": {"type": "oauth2", "description": "An OAuth application from the developers page.", "flows": {"clientCredentials": flow}},
        "application": {"type": "http", "scheme": "basic", "description": "Client id and secret of an OAuth application."},
    }
    result["paths"]["/api/v1/oauth/token"] = {
        "post": operation(
            "create_token",
            "Get an access token",
            "For ten minutes, by id and secret of an OAuth application. Fetch a new one when it ends.",
            TOKEN_FORM,
            {"grant_type": "client_credentials", "scope": "startups:read rounds:read"},
            content={"application/json": {"schema": TOKEN_OUT, "examples": {"example": {"value": TOKEN_EXAMPLE}}}},
            codes=(*OWN, "unsupported_grant_type", "invalid_scope"),
        )
    }
    result["paths"]["/api/v1/oauth/revoke"] = {
        "post": operation(
            "revoke_token",
            "Give an access token back",
            "It stops working at once. Answers 200 for a token that is not known too.",
            REVOKE_FORM,
            {"token": TOKEN_EXAMPLE["access_token"]},
            content=None,
            codes=OWN,
        )
    }
    return result


TOKEN_EXAMPLE = {
    "access_token": "spt_oF3yq0H8mW2dV5sK7nB1cX4zL6jT9gR0eU2aP8iQ5vY",
    "expires_in": 600,
    "token_type": "Bearer",
    "scope": "startups:read rounds:read",
}


def operation(
    name: str, summary: str, description: str, form: dict[str, Any], example: dict[str, Any], *, content: dict[str, Any] | None, codes: tuple[str, ...]
) -> dict[str, Any]:
    """One form and every status it can answer. The errors of OAuth come as application/json, the others as problems."""
    success: dict[str, Any] = {"description": "Done.", "headers": HEADERS}
    responses: dict[str, Any] = {"200": success | ({"content": content} if content else {})}
    for code in (*codes, *GENERAL):
        kind = "application/json" if code in codes else CONTENT_TYPE
        response = responses.setdefault(str(CATALOGUE[code].status), {"description": CATALOGUE[code].title, "content": {}})
        media = response["content"].setdefault(kind, {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}})
        shown = problem_example(code)
        media["examples"][code] = {"value": {**shown, "error": code, "error_description": shown["detail"]} if code in codes else shown}
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": ["authentication"],
        "parameters": [],
        "security": [{"application": []}, {}],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form, "examples": {"example": {"value": example}}}}},
        "responses": dict(sorted(responses.items())),
    }
