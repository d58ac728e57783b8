"""Who may do what with interests."""

from __future__ import annotations

from incubator.lib.actor import Actor, is_park
from investments.interests.models import Interest
from investments.investors.access import may_look

__all__ = ["may_answer", "may_declare", "may_look"]


def may_declare(actor: Actor) -> bool:
    """People and keys of partners and investors declare interests for their organisation."""
    return actor.organisation_id is not None and not is_park(actor) and bool(actor.roles & {"partner", "investor"})


def may_answer(actor: Actor, interest: Interest) -> bool:
    return bool({"consent", "decline"} & set(interest.verbs_for(actor)))
