"""Who may do what with offerings and requests."""

from __future__ import annotations

from incubator.lib.actor import Actor
from incubator.startups.models import Startup
from programmes.expertise.models import Offering, SupportRequest
from programmes.expertise.querysets import looks
from programmes.expertise.states import OfferingState, RequestState

__all__ = ["looks", "may_ask", "may_edit", "may_edit_request", "may_offer", "may_see_code", "steps_of"]


def may_offer(actor: Actor) -> bool:
    """People and keys of partners offer for their organisation; investors do not."""
    return actor.organisation_id is not None and actor.organisation_kind == "partner" and "partner" in actor.roles


def may_edit(actor: Actor, offering: Offering) -> bool:
    """A draft is open to every change; what the park has approved, in its capacity and lead time only."""
    own = "partner" in offering.roles_of(actor)
    return own and offering.status in (OfferingState.DRAFT, OfferingState.PUBLISHED, OfferingState.PAUSED)


def may_ask(actor: Actor, startup: Startup) -> bool:
    return bool(startup.roles_of(actor) & {"founder", "member"})


def may_edit_request(actor: Actor, request: SupportRequest) -> bool:
    return request.status == RequestState.DRAFT and may_ask(actor, request.startup)


def may_see_code(actor: Actor, request: SupportRequest) -> bool:
    """Founders: a code is worth money. Everybody else sees that there is one."""
    return "founder" in request.startup.roles_of(actor)


def steps_of(actor: Actor, request: SupportRequest) -> tuple[str, ...]:
    """The verbs that this actor may take on it now, without the one that belongs to the other way of giving."""
    foreign = "schedule" if request.offering.is_coded else "issue"
    return tuple(verb for verb in request.verbs_for(actor) if verb not in (foreign, "start"))
