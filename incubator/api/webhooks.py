"""The `webhooks` section of the OpenAPI document: one message per type of event that reaches partners' systems."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from incubator.notifications import operations as notifications
from incubator.outbox.registry import Kind

EXAMPLE_ID = "0197e0c2-b111-7e22-8d5f-2a3b4c5d6e01"

MESSAGE: dict[str, Any] = {
    "type": "object",
    "description": "What every webhook says: what happened, when, and where to fetch the thing with your own credential.",
    "properties": {
        "id": {"type": "string", "format": "uuid", "description": "The id of the event, the same as in the feed."},
        "type": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time"},
        "version": {"type": "integer", "description": "Of the resource, after this event."},
        "resource": {"type": "string", "format": "uri"},
    },
    "required": ["id", "type", "timestamp", "version", "resource"],
    "additionalProperties": False,
}
HEADERS = {
    "webhook-id": "The same over all attempts: drop what you have seen.",
    "webhook-timestamp": "Seconds since 1970, of this attempt. Refuse what is more than five minutes off.",
    "webhook-signature": "`v1,…` and, for endpoints with an ed25519 key, `v1a,…`; more than one of each while keys are exchanged.",
    "x-request-id": "The X-Request-ID of the call that caused the event.",
}


def add(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: put the section into the finished document."""
    result["components"]["schemas"]["WebhookMessage"] = MESSAGE
    result["webhooks"] = {kind.name: {"post": operation(kind)} for kind in notifications.webhook_kinds(with_ping=True)}
    return result


def operation(kind: Kind) -> dict[str, Any]:
    resource = next(notice.resource for notice in kind.audiences.values() if notice.resource)
    example = {
        "id": "0197e0c2-d333-7a44-8f71-4c5d6e7f8a01",
        "type": kind.name,
        "timestamp": "2026-11-24T03:20:10.654321Z",
        "version": 4,
        "resource": "https://incubator.example.org" + resource.replace("{startup_id}", "{id}").replace("{id}", EXAMPLE_ID),
    }
    schema = {"allOf": [{"$ref": "#/components/schemas/WebhookMessage"}, {"properties": {"type": {"const": kind.name}}}]}
    with override("en"):
        sentence = str(kind.sentence)
    return {
        "operationId": f"webhook_{kind.name.replace('.', '_')}",
        "summary": kind.name,
        "description": f"Somebody {sentence}. Fetch `{resource}`.",
        "tags": ["webhooks"],
        "parameters": [{"in": "header", "name": name, "description": text, "required": True, "schema": {"type": "string"}} for name, text in HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "examples": {"example": {"value": example}}}}},
        "responses": {
            "2XX": {"description": "Received. Answer within 15 seconds and do the work afterwards."},
            "410": {"description": "The endpoint is gone: we switch it off."},
            "default": {"description": "Tried again, about three days long; Retry-After is obeyed."},
        },
    }
