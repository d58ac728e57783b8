"""The partnership of a sandbox: an agreement with its promises, and an invented park that answers what is delivered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from incubator.accounts.models import Organisation
from incubator.api import sandbox_world as world
from incubator.lib.actor import ActingAs
from incubator.partners import operations as partners
from incubator.partners.models import Agreement, Commitment, Contribution, Partner, Workstream
from incubator.partners.states import AgreementState, CommitmentState

DISPUTES = "dispute"  # a delivery whose evidence has this word is disputed; every other is accepted
REASON = "Disputed by the sandbox, as your evidence asked for."
PARK = ActingAs(kind="user", name="The invented park", organisation_kind="park", roles=frozenset({"partnership"}))
ANSWERED_AT_ONCE = 200


def make(twin: Organisation, at: datetime) -> None:
    """What makes the twin a partner: an agreement that runs for good, and what both sides promised in it."""
    partner = Partner.objects.create(organisation=twin, status="active", summary="Invented.", created_at=at, updated_at=at)
    Agreement.objects.create(
        partner=partner,
        reference=f"TEST-{twin.pk.hex[-12:]}",
        title="Sandbox agreement",
        summary="Invented, so that your integration has an agreement to read.",
        starts_on=timezone.localdate(at),
        ends_on=world.FOR_EVER,
        status=AgreementState.ACTIVE,
        created_at=at,
        updated_at=at,
    )
    fill(twin, at)


def reset(twin: Organisation, at: datetime) -> None:
    """Put the promises back to their first states. They get new ids; one with a ledger, which only the park moves, stays as it is."""
    entered = Contribution.objects.filter(commitment=OuterRef("pk"))
    Commitment.objects.filter(~Exists(entered), workstream__agreement__partner__organisation=twin).delete()
    fill(twin, at)


def fill(twin: Organisation, at: datetime) -> None:
    """Every promise of the invented world that is not there. Nothing for an investor, which has no agreement."""
    agreement = Agreement.objects.filter(partner__organisation=twin, status=AgreementState.ACTIVE).first()
    if agreement is None:
        return
    there = set(Commitment.objects.filter(workstream__agreement=agreement).values_list("title", flat=True))
    for promise in world.PROMISES:
        if promise.title not in there:
            strand, _made = Workstream.objects.get_or_create(agreement=agreement, name=promise.workstream)
            _promise(strand, promise, at)


def _promise(strand: Workstream, promise: world.Promise, at: datetime) -> None:
    commitment = Commitment.objects.create(
        workstream=strand,
        side=promise.side,
        kind=promise.kind,
        title=promise.title,
        target=promise.target,
        unit=promise.unit,
        starts_on=timezone.localdate(at),
        due_on=world.FOR_EVER,
        proposed_by="park",
        evidence=promise.evidence,
        status=promise.status,
        created_at=at,
        updated_at=at,
    )
    if promise.done:
        entry = {"words": "Invented, as all of this.", "happened_on": timezone.localdate(at), "entered_by": str(PARK.name), "entered_at": at}
        Contribution.objects.create(commitment=commitment, amount=Decimal(promise.done), **entry)


def answer_deliveries(before: datetime, at: datetime) -> int:
    """Let the invented park answer what was delivered to it before an instant. Gives the number."""
    asked = Commitment.objects.filter(
        status=CommitmentState.DELIVERED, side="partner", updated_at__lte=before, workstream__agreement__partner__organisation__is_sandbox=True
    )
    return sum(_answer(pk, at) for pk in asked.order_by("updated_at", "pk").values_list("pk", flat=True)[:ANSWERED_AT_ONCE])


@transaction.atomic
def _answer(pk: UUID, at: datetime) -> bool:
    commitment = Commitment.objects.locked(pk)
    if commitment.status != CommitmentState.DELIVERED:
        return False
    if DISPUTES in commitment.evidence.lower():
        partners.dispute(commitment, reason=REASON, by=PARK, at=at)
    else:
        partners.accept(commitment, by=PARK, at=at)
    return True
