"""Who may do what with partners and their agreements."""

from __future__ import annotations

from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor, is_park
from incubator.partners.models import Agreement
from incubator.partners.states import AgreementState


def may_look(actor: Actor) -> bool:
    return is_staff(actor)


def may_keep(actor: Actor) -> bool:
    """Partnership managers keep the records of partners and write agreements."""
    return is_park(actor) and "partnership" in actor.roles


def may_sign(actor: Actor, agreement: Agreement) -> bool:
    """Whether the actor's side has not signed yet and the actor may sign for it."""
    if agreement.status != AgreementState.PENDING_SIGNATURE or "sign" not in agreement.verbs_for(actor):
        return False
    return agreement.signed_at(side_of(actor)) is None


def side_of(actor: Actor) -> str:
    """Which of the two parties the actor signs for."""
    return "park" if is_park(actor) else "partner"
