"""Who may do what with investor profiles."""

from __future__ import annotations

from uuid import UUID

from incubator.lib.actor import Actor, is_park

INVESTMENT_STAFF = frozenset({"invest", "manager", "admin", "partnership"})


def may_look(actor: Actor) -> bool:
    """The park's investment people; programme officers and reviewers are kept apart from money."""
    return is_park(actor) and bool(actor.roles & INVESTMENT_STAFF)


def may_decide(actor: Actor) -> bool:
    return is_park(actor) and "invest" in actor.roles


def may_register(actor: Actor, organisation_id: UUID) -> bool:
    """An organisation's own people, or the park's investment manager for it."""
    own = actor.organisation_id == organisation_id and actor.organisation_kind in ("partner", "investor") and bool(actor.roles & {"partner", "investor"})
    return own or may_decide(actor)
