"""Who may write the words of messages."""

from incubator.lib.actor import Actor
from incubator.texts.querysets import WRITERS


def may_write(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and actor.kind == "user" and bool(actor.roles & WRITERS)
