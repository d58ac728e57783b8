"""Who may do what with applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incubator.lib.actor import Actor
from programmes.applications.states import APPLICATION, Status

if TYPE_CHECKING:
    from programmes.applications.models import Application

# Staff whose work is applications. Finance, facilities, partnerships and investment have no part in them.
READERS: frozenset[str] = frozenset({"officer", "readonly", "manager", "admin"})


def reads_applications(actor: Actor) -> bool:
    """Whether the actor works on applications for the park."""
    return actor.kind == "system" or (actor.organisation_kind == "park" and bool(actor.roles & READERS))


def decides(actor: Actor) -> bool:
    """Whether the actor chairs the panel, which sees what has passed screening."""
    return actor.organisation_kind == "park" and "chair" in actor.roles


def may_withdraw(actor: Actor, application: Application) -> bool:
    """Whether to offer withdrawing. Decided by the state outsiders know, so that the offer itself tells nothing."""
    state = application.outside_status
    verbs = APPLICATION.verbs(state, application.roles_of(actor))
    return "withdraw" in verbs and state not in (Status.OFFERED, Status.REJECTED)
