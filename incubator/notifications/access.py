"""Who may do what with endpoints and deliveries."""

from __future__ import annotations

from uuid import UUID

from incubator.lib.actor import Actor
from incubator.notifications.querysets import DELIVERY_READERS, ENDPOINT_KEEPERS

ORGANISATION_KINDS = frozenset({"partner", "investor"})


def may_keep_endpoints(actor: Actor, organisation_id: UUID) -> bool:
    """An organisation's own people, its credentials with the scope, the park's partnership managers and administrators."""
    if actor.organisation_kind == "park":
        return bool(actor.roles & ENDPOINT_KEEPERS)
    if actor.organisation_id != organisation_id or actor.organisation_kind not in ORGANISATION_KINDS:
        return False
    return actor.kind == "user" or "webhooks:manage" in actor.scopes


def may_run_jobs(actor: Actor) -> bool:
    """Whether to let a job of the clock run at another time than its own."""
    return actor.organisation_kind == "park" and bool(actor.roles & {"manager", "admin"})


def may_read_deliveries(actor: Actor) -> bool:
    return actor.kind == "system" or (actor.organisation_kind == "park" and bool(actor.roles & DELIVERY_READERS))
