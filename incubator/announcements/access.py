"""Who may announce."""

from incubator.announcements.states import AUTHORS
from incubator.lib.actor import Actor


def may_announce(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and actor.kind == "user" and bool(actor.roles & frozenset(AUTHORS))
