"""Writing down what was done for commitments: by the things themselves, or by the side that owes it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.files.models import StoredFile
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.models import Aggregate
from incubator.outbox.operations import record
from incubator.partners import events
from incubator.partners.models import Commitment, Contribution
from incubator.partners.states import AgreementState, CommitmentState

RUNNING = (CommitmentState.AGREED, CommitmentState.IN_PROGRESS)


@transaction.atomic
def credit(
    organisation_id: UUID,
    *,
    kind: str,
    unit: str,
    evidence: Aggregate,
    words: str,
    by: Actor,
    at: datetime,
    amount: Decimal = Decimal(1),
    on: date | None = None,
) -> Contribution | None:
    """Count a thing that happened with a partner towards the commitment it fulfils. Called by the operation that made it.

    The commitment is the running one of this kind and unit whose days include the day it happened `on` (today, if none
    is given), the earliest due first; without one nothing is written. Each thing counts once, however often this is called.
    """
    label = evidence._meta.label_lower
    if Contribution.objects.filter(evidence_label=label, evidence_id=evidence.pk).exists():
        return None
    day = on or timezone.localdate(at)
    pk = Commitment.objects.counting(organisation_id, kind, unit, day).values_list("pk", flat=True).first()
    if pk is None:
        return None
    commitment = Commitment.objects.locked(pk)
    if commitment.status not in RUNNING:
        return None
    made = Contribution(amount=amount, happened_on=day, words=words[:300], evidence_label=label, evidence_id=evidence.pk)
    return _enter(commitment, made, by=by, at=at)


@transaction.atomic
def contribute(
    commitment: Commitment, *, amount: Decimal, happened_on: date, words: str, by: Actor, at: datetime, file: StoredFile | None = None
) -> Contribution:
    """The side that owes it enters what no part of the park's software has seen, with words and perhaps a file.

    Raises NotAllowed for the other side, Refusal `not_running`, Invalid for a number, a day or words that say nothing.
    """
    commitment = Commitment.objects.locked(commitment.pk)
    if "owner" not in commitment.roles_of(by):
        raise NotAllowed
    if commitment.status not in RUNNING or commitment.agreement.status != AgreementState.ACTIVE:
        raise Refusal(_("Work is entered while the commitment is under way and its agreement is active."), code="not_running")
    if amount <= 0:
        raise Invalid(_("Give a number above 0."), field="amount")
    if happened_on > timezone.localdate(at):
        raise Invalid(_("This day is yet to come. Enter what has been done."), field="happened_on")
    if len(words.strip()) < 5:
        raise Invalid(_("Say what was done, so that the other side can follow it."), field="words")
    return _enter(commitment, Contribution(amount=amount, happened_on=happened_on, words=words.strip()[:300], file=file), by=by, at=at)


def _enter(commitment: Commitment, made: Contribution, *, by: Actor, at: datetime) -> Contribution:
    made.commitment, made.entered_by, made.entered_at = commitment, str(by.name)[:200], at
    made.save(force_insert=True)
    record(events.commitment_credited, commitment, by=by, at=at, facts={"amount": str(made.amount), "words": made.words})
    return made
