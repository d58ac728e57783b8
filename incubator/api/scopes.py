"""What a credential needs for which route and method. A route that does not stand here keeps the park from starting."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# (route, method) -> scope. None: any live credential.
TABLE: dict[tuple[str, str], str | None] = {
    ("me", "GET"): None,
    ("programmes", "GET"): "programmes:read",
    ("programme", "GET"): "programmes:read",
    ("intakes", "GET"): "intakes:read",
    ("intake", "GET"): "intakes:read",
    ("startups", "GET"): "startups:read",
    ("startup", "GET"): "startups:read",
    ("documents", "GET"): "startups:read",
    ("document-download", "POST"): "startups:read",
    ("download", "GET"): "startups:read",
    ("exports", "POST"): "startups:read",
    ("operation", "GET"): "startups:read",
    ("operation-cancel", "POST"): "startups:read",
    ("operation-download", "POST"): "startups:read",
    ("rounds", "GET"): "rounds:read",
    ("round", "GET"): "rounds:read",
    ("round-watch", "POST"): "rounds:write",
    ("interests", "GET"): "interests:read",
    ("interests", "POST"): "interests:write",
    ("interest", "GET"): "interests:read",
    ("interest-indicate", "POST"): "interests:write",
    ("interest-withdraw", "POST"): "interests:write",
    ("interest-pass", "POST"): "interests:write",
    ("introductions", "GET"): "introductions:read",
    ("introduction", "GET"): "introductions:read",
    ("agreements", "GET"): "agreements:read",
    ("agreement", "GET"): "agreements:read",
    ("commitments", "GET"): "commitments:read",
    ("commitment", "GET"): "commitments:read",
    ("commitment-start", "POST"): "commitments:write",
    ("commitment-deliver", "POST"): "commitments:write",
    ("commitment-resume", "POST"): "commitments:write",
    ("commitment-accept", "POST"): "commitments:write",
    ("commitment-dispute", "POST"): "commitments:write",
    ("offerings", "GET"): "offerings:read",
    ("offerings", "POST"): "offerings:write",
    ("offering", "GET"): "offerings:read",
    ("offering", "PATCH"): "offerings:write",
    ("offering-submit", "POST"): "offerings:write",
    ("offering-pause", "POST"): "offerings:write",
    ("offering-resume", "POST"): "offerings:write",
    ("offering-retire", "POST"): "offerings:write",
    ("support-requests", "GET"): "support-requests:read",
    ("support-request", "GET"): "support-requests:read",
    ("support-request-accept", "POST"): "support-requests:write",
    ("support-request-decline", "POST"): "support-requests:write",
    ("support-request-schedule", "POST"): "support-requests:write",
    ("support-request-issue", "POST"): "support-requests:write",
    ("support-request-deliver", "POST"): "support-requests:write",
    ("sessions", "GET"): "support-requests:read",
    ("session", "GET"): "support-requests:read",
    ("session-log", "POST"): "support-requests:write",
    ("session-no-show", "POST"): "support-requests:write",
    ("session-cancel", "POST"): "support-requests:write",
    ("events", "GET"): "events:read",
    ("webhook-endpoints", "GET"): "webhooks:manage",
    ("webhook-endpoints", "POST"): "webhooks:manage",
    ("webhook-endpoint", "GET"): "webhooks:manage",
    ("webhook-endpoint", "PATCH"): "webhooks:manage",
    ("webhook-endpoint-rotate", "POST"): "webhooks:manage",
    ("webhook-endpoint-test", "POST"): "webhooks:manage",
    ("webhook-endpoint-pause", "POST"): "webhooks:manage",
    ("webhook-endpoint-resume", "POST"): "webhooks:manage",
    ("webhook-endpoint-remove", "POST"): "webhooks:manage",
    ("webhook-endpoint-redeliver", "POST"): "webhooks:manage",
    ("deliveries", "GET"): "webhooks:manage",
    ("delivery", "GET"): "webhooks:manage",
    ("delivery-redeliver", "POST"): "webhooks:manage",
}

# What the developers page says about each.
LABELS: dict[str, str | Promise] = {
    "programmes:read": _("Read programmes"),
    "intakes:read": _("Read calls for applications"),
    "startups:read": _("Read and export the startups you may see, and read their documents; each read is recorded for the founder"),
    "rounds:read": _("Read the rounds listed to you"),
    "rounds:write": _("Watch a round"),
    "interests:read": _("Read your interests"),
    "interests:write": _("Declare, withdraw and pass on interests"),
    "introductions:read": _("Read introductions, with contact data"),
    "agreements:read": _("Read your agreements with the park"),
    "commitments:read": _("Read what both sides promised, and how far it is"),
    "commitments:write": _("Start, deliver and resume what you owe; accept and dispute what the park delivers"),
    "offerings:read": _("Read what you offer to startups"),
    "offerings:write": _("Draft, change, send, pause and retire offerings"),
    "support-requests:read": _("Read the requests put to you, and their sessions"),
    "support-requests:write": _("Answer requests, plan and log sessions, give codes, deliver"),
    "events:read": _("Read the feed of events"),
    "webhooks:manage": _("Set up webhook endpoints, read what was delivered to them, and have it sent again"),
}


def all_scopes() -> list[str]:
    """Every scope that some route asks for, in the order of the table."""
    return list(dict.fromkeys(scope for scope in TABLE.values() if scope))


def routes() -> Iterator[tuple[str, str]]:
    """Every (route, method) that the address table serves with an endpoint."""
    from incubator.api.endpoints import Endpoint
    from incubator.api.urls_api import documents, tokens, urlpatterns

    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, Endpoint):
            yield from ((str(pattern.name), method) for method in view.methods())
        elif pattern not in (*documents, *tokens):
            raise ImproperlyConfigured(f"API route {pattern.name}: only an Endpoint may answer for data.")


def verify() -> None:
    """Raises ImproperlyConfigured for a route without a scope, a scope without a route, and one without words."""
    served = set(routes())
    if missing := sorted(served - set(TABLE)):
        raise ImproperlyConfigured(f"API routes without a scope in incubator/api/scopes.py: {missing}")
    if spare := sorted(set(TABLE) - served):
        raise ImproperlyConfigured(f"Scopes for API routes that do not exist: {spare}")
    if wordless := sorted(set(all_scopes()) - set(LABELS)):
        raise ImproperlyConfigured(f"Scopes without a description: {wordless}")
