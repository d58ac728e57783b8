"""Who may see and steer reviews for the park."""

from incubator.lib.actor import Actor
from programmes.applications import access

STEERING = frozenset({"officer", "manager"})


def may_see_reviews(actor: Actor) -> bool:
    """Who works on applications, and the chair."""
    return access.reads_applications(actor) or access.decides(actor)


def may_steer(actor: Actor) -> bool:
    """Who assigns, reminds, recuses and reopens."""
    return actor.organisation_kind == "park" and bool(actor.roles & STEERING)
