"""A commitment's way: proposed, agreed by both, worked for, delivered by one side, accepted or disputed by the other.

Each verb locks the commitment. Raises NotAllowed for whoever is not of the side it takes, IllegalTransition, and Refusal
`agreement_over` once its agreement is no longer active.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.files.models import StoredFile
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import record, transition
from incubator.partners import access, events
from incubator.partners.models import Agreement, Commitment, Workstream
from incubator.partners.operations.telling import both_sides, other_side
from incubator.partners.states import COMMITMENT, OWED, AgreementState, CommitmentState

TERMS = ("side", "kind", "title", "target", "unit", "starts_on", "due_on")


@transaction.atomic
def add_workstream(agreement: Agreement, *, name: str, by: Actor, at: datetime) -> Workstream:
    """A strand of the agreement. Raises NotAllowed for anybody but partnership managers, Invalid for a name twice."""
    agreement = Agreement.objects.locked(agreement.pk)
    if not access.may_keep(by):
        raise NotAllowed
    _must_not_be_over(agreement)
    if Workstream.objects.filter(agreement=agreement, name=name.strip()).exists():
        raise Invalid(_("There is a workstream of this name already."), field="name")
    made = Workstream.objects.create(agreement=agreement, name=name.strip()[:120])
    record(events.workstream_added, agreement, by=by, at=at, facts={"name": made.name})
    return made


@transaction.atomic
def propose(
    workstream: Workstream, *, side: str, kind: str, title: str, target: Decimal, unit: str, starts_on: date, due_on: date, by: Actor, at: datetime
) -> Commitment:
    """One side proposes; it holds once the other agrees. Locks the agreement. Raises Invalid for wrong numbers or days."""
    agreement = Agreement.objects.locked(workstream.agreement_id)
    workstream.agreement = agreement
    terms = {"side": side, "kind": kind, "title": title, "target": target, "unit": unit, "starts_on": starts_on, "due_on": due_on}
    commitment = Commitment(workstream=workstream, created_at=at, updated_at=at, **terms)
    proposer = commitment.side_of(by)
    if not proposer:
        raise NotAllowed
    _must_not_be_over(agreement)
    _check(target, starts_on, due_on)
    commitment.proposed_by = proposer
    commitment.save(force_insert=True)
    record(events.commitment_proposed, commitment, by=by, at=at, to_state=commitment.status, tell=other_side(commitment, by))
    return commitment


@transaction.atomic
def revise(commitment: Commitment, *, by: Actor, at: datetime, **terms: Any) -> Commitment:
    """Answer a proposal with another, or correct one's own: then the other side has to agree to it."""
    commitment = Commitment.objects.locked(commitment.pk)
    proposer = commitment.side_of(by)
    if not proposer:
        raise NotAllowed
    if commitment.status != CommitmentState.PROPOSED:
        raise Refusal(_("What both sides agreed to is not changed any more. Ask to defer or cancel it, and propose another."), code="agreed_already")
    _must_not_be_over(commitment.agreement)
    if unknown := set(terms) - set(TERMS):
        raise TypeError(f"no terms of a commitment: {sorted(unknown)}")
    _check(terms["target"], terms["starts_on"], terms["due_on"])
    for name, value in {**terms, "proposed_by": proposer}.items():
        setattr(commitment, name, value)
    commitment.save(update_fields=[*terms, "proposed_by"])
    record(events.commitment_revised, commitment, by=by, at=at, facts={"fields": sorted(terms)}, tell=other_side(commitment, by))
    return commitment


def _check(target: Decimal, starts_on: date, due_on: date) -> None:
    if target <= 0:
        raise Invalid(_("Give a number above 0."), field="target")
    if due_on < starts_on:
        raise Invalid(_("It cannot be due before it begins."), field="due_on")


def _must_not_be_over(agreement: Agreement) -> None:
    if access.is_over(agreement):
        raise Refusal(_("The agreement is over; what was promised under it can only be read."), code="agreement_over")


@transaction.atomic
def agree(commitment: Commitment, *, by: Actor, at: datetime) -> Commitment:
    """The side that did not propose agrees; now both have. Raises Refusal `proposed_by_you` for the proposer."""
    commitment = Commitment.objects.locked(commitment.pk)
    COMMITMENT.edge(commitment.status, CommitmentState.AGREED)
    if commitment.proposed_by == commitment.side_of(by):
        raise Refusal(_("Your side proposed this. It holds once the other side agrees."), code="proposed_by_you")
    _must_not_be_over(commitment.agreement)
    return transition(commitment, CommitmentState.AGREED, by=by, at=at, event=events.commitment_agreed, tell=other_side(commitment, by))


@transaction.atomic
def start(commitment: Commitment, *, by: Actor, at: datetime) -> Commitment:
    """The side that owes it begins."""
    commitment = _live(commitment)
    COMMITMENT.step(commitment.status, "start")
    return transition(commitment, CommitmentState.IN_PROGRESS, by=by, at=at, event=events.commitment_started)


@transaction.atomic
def deliver(commitment: Commitment, *, evidence: str, by: Actor, at: datetime, file: StoredFile | None = None) -> Commitment:
    """The side that owes it says that it is done, with evidence. Raises Invalid without words."""
    commitment = _live(commitment)
    COMMITMENT.edge(commitment.status, CommitmentState.DELIVERED)
    if len(evidence.strip()) < 10:
        raise Invalid(_("Say in a sentence what shows that it is done."), field="evidence")
    changes = {"evidence": evidence.strip(), "evidence_file": file, **NOTHING_ASKED}
    tell = other_side(commitment, by)
    return transition(commitment, CommitmentState.DELIVERED, by=by, at=at, event=events.commitment_delivered, changes=changes, tell=tell)


@transaction.atomic
def accept(commitment: Commitment, *, by: Actor, at: datetime) -> Commitment:
    """The other side is content."""
    commitment = _live(commitment)
    return transition(commitment, CommitmentState.ACCEPTED, by=by, at=at, event=events.commitment_accepted, tell=other_side(commitment, by))


@transaction.atomic
def dispute(commitment: Commitment, *, reason: str, by: Actor, at: datetime) -> Commitment:
    """The other side is not content, and says why."""
    commitment = _live(commitment)
    tell = other_side(commitment, by, reason=reason)
    return transition(commitment, CommitmentState.DISPUTED, by=by, at=at, event=events.commitment_disputed, reason=reason, tell=tell)


@transaction.atomic
def resume(commitment: Commitment, *, by: Actor, at: datetime) -> Commitment:
    """The side that owes it takes the work up again after a dispute."""
    commitment = _live(commitment)
    COMMITMENT.step(commitment.status, "resume")
    return transition(commitment, CommitmentState.IN_PROGRESS, by=by, at=at, event=events.commitment_resumed)


NOTHING_ASKED = {"asked": "", "asked_by": "", "asked_reason": ""}
ENDS = {
    Commitment.Ask.DEFER: (CommitmentState.DEFERRED, events.commitment_deferred),
    Commitment.Ask.CANCEL: (CommitmentState.CANCELLED, events.commitment_cancelled),
}


@transaction.atomic
def ask(commitment: Commitment, wish: str, *, reason: str, by: Actor, at: datetime) -> Commitment:
    """One side asks the other to defer or cancel it. Raises Refusal `asked_already` while a wish is open."""
    commitment = _live(commitment)
    side = commitment.side_of(by)
    COMMITMENT.edge(commitment.status, ENDS[Commitment.Ask(wish)][0])
    if not side:
        raise NotAllowed
    if commitment.asked:
        raise Refusal(_("One side has asked for something already. Answer that first."), code="asked_already")
    if not reason.strip():
        raise Invalid(_("Give a reason."), field="reason")
    commitment.asked, commitment.asked_by, commitment.asked_reason = wish, side, reason.strip()[:1000]
    commitment.save(update_fields=list(NOTHING_ASKED))
    record(events.commitment_asked, commitment, by=by, at=at, reason=reason, facts={"asked": wish}, tell=other_side(commitment, by, reason=reason))
    return commitment


@transaction.atomic
def consent(commitment: Commitment, *, by: Actor, at: datetime) -> Commitment:
    """The other side agrees to what was asked. Raises Refusal `nothing_asked`, or `asked_by_you` for the one that asked."""
    commitment = _asked(commitment, by)
    state, event = ENDS[Commitment.Ask(commitment.asked)]
    tell = other_side(commitment, by)
    return transition(commitment, state, by=by, at=at, event=event, reason=commitment.asked_reason, changes=NOTHING_ASKED, tell=tell)


@transaction.atomic
def refuse(commitment: Commitment, *, by: Actor, at: datetime) -> Commitment:
    """The other side does not agree; the commitment stays as it is."""
    commitment = _asked(commitment, by)
    facts, tell = {"asked": commitment.asked}, other_side(commitment, by)
    for name, value in NOTHING_ASKED.items():
        setattr(commitment, name, value)
    commitment.save(update_fields=list(NOTHING_ASKED))
    record(events.commitment_refused, commitment, by=by, at=at, facts=facts, tell=tell)
    return commitment


def _asked(commitment: Commitment, by: Actor) -> Commitment:
    commitment = _live(commitment)
    side = commitment.side_of(by)
    if not side:
        raise NotAllowed
    if not commitment.asked:
        raise Refusal(_("Nothing is asked for."), code="nothing_asked")
    if commitment.asked_by == side:
        raise Refusal(_("Your side asked for this. The other side answers."), code="asked_by_you")
    return commitment


def _live(commitment: Commitment) -> Commitment:
    """The commitment, locked, of an agreement that is active."""
    commitment = Commitment.objects.locked(commitment.pk)
    if commitment.agreement.status != AgreementState.ACTIVE:
        raise Refusal(_("The agreement is not active, so nothing can be done under it."), code="agreement_over")
    return commitment


def remind_overdue(at: datetime) -> int:
    """Tell both sides once of each commitment whose day is over. Gives the number."""
    due: Iterable[UUID] = Commitment.objects.overdue(timezone.localdate(at)).filter(reminded_at__isnull=True).values_list("pk", flat=True)[:500]
    return sum(_remind(pk, at) for pk in due)


@transaction.atomic
def _remind(pk: UUID, at: datetime) -> bool:
    commitment = Commitment.objects.locked(pk)
    if commitment.reminded_at is not None or commitment.status not in OWED or commitment.due_on >= timezone.localdate(at):
        return False
    commitment.reminded_at = at
    commitment.save(update_fields=["reminded_at"])
    record(events.commitment_overdue, commitment, by=system_actor(), at=at, tell=both_sides(commitment))
    return True
