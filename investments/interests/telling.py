"""What each side of an interest may know of it, as the facts of messages."""

from __future__ import annotations

from typing import Any

from incubator.outbox.operations import Tell
from incubator.startups.access import shown_name
from investments.interests.models import Interest


def to_founder(interest: Interest, **more: Any) -> Tell:
    """The startup's founders: which organisation, how much, as what; never a person before the introduction."""
    facts = {
        "round": interest.round.title,
        "organisation": interest.organisation.name,
        "part": interest.get_part_display(),
        "amount_min": str(interest.amount_min or ""),
        "amount_max": str(interest.amount_max or ""),
        "currency": interest.currency,
        "note": interest.note,
        "answer_due_on": interest.answer_due_on.isoformat() if interest.answer_due_on else "",
        **more,
    }
    return Tell("founder", facts, organisation=interest.round.startup.organisation_id, roles=("founder",))


def to_partner(interest: Interest, *, named: bool = False, **more: Any) -> Tell:
    """The interested organisation: the startup by the name the round's level shows; after an introduction by its own."""
    startup = interest.round.startup
    facts = {
        "round": interest.round.title,
        "startup": startup.name if named else shown_name(startup, interest.round.level),
        "answer_due_on": interest.answer_due_on.isoformat() if interest.answer_due_on else "",
        **more,
    }
    return Tell("partner", facts, organisation=interest.organisation_id, roles=("partner", "investor"))


def to_staff(interest: Interest) -> Tell:
    facts = {"round": interest.round.title, "startup": interest.round.startup.name, "organisation": interest.organisation.name}
    return Tell("staff", facts, organisation_kind="park", roles=("invest",))
