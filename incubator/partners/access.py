"""Who may do what with partners and their agreements."""

from __future__ import annotations

from incubator.accounts.roles import is_staff
from incubator.lib.actor import Actor, is_park
from incubator.partners.models import Agreement, Commitment
from incubator.partners.states import AgreementState, CommitmentState


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


# Verbs that answer or make a wish of one side; the others are those of the machine.
WISHES, ANSWERS = ("defer", "cancel"), ("consent", "refuse")


def may_step(actor: Actor, commitment: Commitment, verb: str) -> bool:
    """Whether this verb would be taken from this actor now: what buttons, confirm pages and the API offer."""
    side, verbs = commitment.side_of(actor), commitment.verbs_for(actor)
    if verb == "agree":
        return verb in verbs and commitment.proposed_by != side and not is_over(commitment.agreement)
    if commitment.agreement.status != AgreementState.ACTIVE or not side:
        return False
    if verb in ANSWERS:
        return bool(commitment.asked) and commitment.asked_by != side
    return verb in verbs and not (verb in WISHES and commitment.asked)


def may_propose(actor: Actor, agreement: Agreement) -> bool:
    """Either side, as long as the agreement is not over."""
    own = is_park(actor) or (actor.organisation_id == agreement.partner.organisation_id and "partner" in actor.roles)
    return own and (not is_park(actor) or may_keep(actor)) and not is_over(agreement)


def may_revise(actor: Actor, commitment: Commitment) -> bool:
    return commitment.status == CommitmentState.PROPOSED and bool(commitment.side_of(actor)) and not is_over(commitment.agreement)


def may_contribute(actor: Actor, commitment: Commitment) -> bool:
    running = commitment.status in (CommitmentState.AGREED, CommitmentState.IN_PROGRESS)
    return running and "owner" in commitment.roles_of(actor) and commitment.agreement.status == AgreementState.ACTIVE


def is_over(agreement: Agreement) -> bool:
    return agreement.status in (AgreementState.RENEWED, AgreementState.EXPIRED, AgreementState.TERMINATED)
