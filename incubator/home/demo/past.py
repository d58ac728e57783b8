"""Writing the past in bulk: each step is checked against the aggregate's state table, as the real operations do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model

from incubator.lib.actor import Actor
from incubator.lib.machine import Machine
from incubator.outbox import registry
from incubator.outbox.models import Aggregate, Event
from incubator.outbox.operations import Tell, build_event

BATCH = 1_000
Row = TypeVar("Row", bound=Model)


@dataclass
class Past:
    """Collects rows and events, then writes them. Rows are written in the order their models were first seen."""

    rows: dict[type[Model], list[Model]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def add(self, *rows: Model) -> None:
        for row in rows:
            self.rows.setdefault(type(row), []).append(row)

    def of(self, model: type[Row]) -> list[Row]:
        """The rows of a model collected so far."""
        return cast(list[Row], self.rows.get(model, []))

    def event(
        self,
        row: Aggregate,
        kind: str,
        *,
        by: Actor,
        at: datetime,
        from_state: str = "",
        to_state: str = "",
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
        tell: Sequence[Tell] = (),
        batch: UUID | None = None,
    ) -> None:
        """Something that happened to the row, which takes the next version."""
        registered = registry.get(kind)
        row.version += 1
        row.updated_at = at
        named = [one for one in tell if one.audience in registered.audiences]
        self.events.append(
            build_event(
                registered,
                row,
                by=by,
                at=at,
                version=row.version,
                from_state=from_state,
                to_state=to_state,
                reason=reason,
                facts=facts,
                tell=named,
                batch=batch,
            )
        )

    def step(
        self,
        row: Aggregate,
        to: str,
        kind: str,
        *,
        by: Actor,
        at: datetime,
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
        tell: Sequence[Tell] = (),
        batch: UUID | None = None,
        machine: Machine | None = None,
    ) -> None:
        """One step of the row's machine. Raises IllegalTransition for one that is not in the table, ValueError for a
        role that may not take it: the demo cannot tell a story that the product would refuse."""
        machine = machine or row.machine
        source = str(getattr(row, machine.field))
        edge = machine.edge(source, to)
        if not edge.roles & (by.roles | ({"system"} if by.kind == "system" else frozenset())):
            raise ValueError(f"{kind}: {sorted(by.roles)} may not {edge.verb}")
        setattr(row, machine.field, str(to))
        self.event(row, kind, by=by, at=at, from_state=source, to_state=str(to), reason=reason, facts=facts, tell=tell, batch=batch)

    def write(self) -> None:
        """Insert everything; events count as dispatched, with their places in the feed in order of time."""
        for model, rows in self.rows.items():
            model._base_manager.bulk_create(rows, batch_size=BATCH)
        self.events.sort(key=lambda event: (event.at, event.version))
        for position, event in enumerate(self.events, start=1):
            event.position = position
        Event.objects.bulk_create(self.events, batch_size=BATCH)
