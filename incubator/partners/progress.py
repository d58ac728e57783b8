"""How a commitment stands: how much of it is done, whether it is late, whether it will be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family
from incubator.partners.models import Commitment
from incubator.partners.states import OWED, CommitmentState

# So much of the number may be missing, against the share of the time that has passed, before it is called at risk.
SLACK = Decimal("0.25")


class Standing(TextChoices):
    NONE = "", ""
    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    OVERDUE = "overdue", _("Overdue")


FAMILIES = {Standing.ON_TRACK: Family.GOOD, Standing.AT_RISK: Family.WAITING, Standing.OVERDUE: Family.BAD}


def standing(commitment: Commitment, actual: Decimal, day: date) -> Standing:
    """Computed from dates and numbers, stored nowhere. Nothing for what is not owed."""
    if commitment.status not in OWED:
        return Standing.NONE
    if commitment.due_on < day:
        return Standing.OVERDUE
    if commitment.status == CommitmentState.DISPUTED or share(commitment, actual) + SLACK < elapsed(commitment, day):
        return Standing.AT_RISK
    return Standing.ON_TRACK


def share(commitment: Commitment, actual: Decimal) -> Decimal:
    """How much is done, from 0 to 1; more than promised is 1."""
    return min(Decimal(1), actual / commitment.target)


def elapsed(commitment: Commitment, day: date) -> Decimal:
    """How much of its time has passed, from 0 to 1."""
    whole = (commitment.due_on - commitment.starts_on).days + 1
    return min(Decimal(1), max(Decimal(0), Decimal((day - commitment.starts_on).days) / whole))


def plain(number: Decimal) -> str:
    """1,250 or 3.5: no zeros that say nothing."""
    text = f"{number:,.2f}"
    return text.rstrip("0").rstrip(".")
