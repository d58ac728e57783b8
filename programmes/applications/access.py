"""Who may read applications, before any row is looked at."""

from incubator.lib.actor import Actor

# Staff whose work is applications. Finance, facilities, partnerships and investment have no part in them.
READERS: frozenset[str] = frozenset({"officer", "readonly", "manager", "admin"})


def reads_applications(actor: Actor) -> bool:
    """Whether the actor works on applications for the park."""
    return actor.kind == "system" or (actor.organisation_kind == "park" and bool(actor.roles & READERS))


def decides(actor: Actor) -> bool:
    """Whether the actor chairs the panel, which sees what has passed screening."""
    return actor.organisation_kind == "park" and "chair" in actor.roles
