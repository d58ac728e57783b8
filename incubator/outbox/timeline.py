"""The history of a thing as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Machine, Words
from incubator.outbox import registry
from incubator.outbox.models import Event

LIMIT = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: who did what, when, from which state to which, and why."""

    at: datetime
    actor: Words
    sentence: Words
    from_label: Words
    to_label: Words
    reason: str
    facts: dict[str, Any]


def timeline(
    *subject_ids: UUID,
    machine: Machine | None = None,
    audience: str = "staff",
    organisation_id: UUID | None = None,
    names: Mapping[UUID, Words] | None = None,
    others: Words = "",
) -> Sequence[Entry]:
    """The newest hundred events about the subjects, newest first. One query.

    Staff see all. Any other audience sees only what was told to it (for `organisation_id`, where given), without
    reasons, with the park's people named as «the park», and states by their outside names. `names` says what it may call
    people of other organisations, by their ids; `others` whoever is left.
    """
    events = Event.objects.about(*subject_ids)
    if audience != "staff":
        events = events.told_to(audience)
    entries = []
    for event in events[:LIMIT]:
        kind = registry.get(event.kind)
        if kind.secret:
            continue
        if audience == "staff":
            facts = event.facts
        else:
            told = [one for one in event.told if one["audience"] == audience and _concerns(one, organisation_id)]
            if not told:
                continue
            facts = told[0]["facts"]
        entries.append(
            Entry(
                at=event.at,
                actor=_actor(event, audience, organisation_id, names or {}, others),
                sentence=kind.sentence,
                from_label=_label(machine, event.from_state, audience),
                to_label=_label(machine, event.to_state, audience),
                reason=event.reason if audience == "staff" else str(facts.get("reason", "")),
                facts=facts,
            )
        )
    return entries


def _concerns(told: dict[str, Any], organisation_id: UUID | None) -> bool:
    return organisation_id is None or told["organisation"] in (None, str(organisation_id))


def _actor(event: Event, audience: str, organisation_id: UUID | None, names: Mapping[UUID, Words], others: Words) -> Words:
    if event.actor_kind == "system":
        return _("The system")
    own = organisation_id is not None and event.actor_organisation_id == organisation_id
    if audience == "staff" or own:
        return event.actor_name
    if event.actor_organisation_id is not None and event.actor_organisation_id in names:
        return names[event.actor_organisation_id]
    return others or (_("The park") if audience == "founder" else _("Another party"))


def _label(machine: Machine | None, state: str, audience: str) -> Words:
    if machine is None or not state or state not in machine.states.values:
        return ""
    return machine.label(state, audience)
