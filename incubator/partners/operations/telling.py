"""Whom the commitments of an agreement concern on both sides, and what they are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from incubator.lib.actor import Actor
from incubator.outbox.operations import Tell
from incubator.partners.models import Commitment, Side
from incubator.partners.progress import plain


def other_side(commitment: Commitment, by: Actor, **more: Any) -> list[Tell]:
    """The side that has not acted."""
    facts = _facts(commitment, {"by": str(by.name), **more})
    return [_staff(facts) if commitment.side_of(by) == Side.PARTNER else _partner(commitment, facts)]


def both_sides(commitment: Commitment) -> list[Tell]:
    facts = _facts(commitment, {})
    return [_partner(commitment, facts), _staff(facts)]


def _partner(commitment: Commitment, facts: dict[str, Any]) -> Tell:
    return Tell("partner", facts, organisation=commitment.agreement.partner.organisation_id, roles=("partner",))


def _staff(facts: dict[str, Any]) -> Tell:
    return Tell("staff", facts, organisation_kind="park", roles=("partnership",))


def _facts(commitment: Commitment, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": commitment.title,
        "reference": commitment.agreement.reference,
        "partner": commitment.agreement.partner.organisation.name,
        "side": str(commitment.side),
        "number": f"{plain(commitment.target)} {commitment.get_unit_display()}",
        "actual": plain(commitment.contributions.aggregate(total=Sum("amount"))["total"] or Decimal(0)),
        "due_on": commitment.due_on.isoformat(),
        "asked": str(commitment.asked),
        "reason": commitment.asked_reason,
        **more,
    }
