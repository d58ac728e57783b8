"""Recording what happens: `transition` for a change of state, `record` for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from incubator.lib.actor import Actor
from incubator.lib.machine import Machine
from incubator.lib.refusals import NotAllowed, ReasonNeeded, Stale
from incubator.outbox import writing
from incubator.outbox.models import Aggregate, Event
from incubator.outbox.registry import Kind

Row = TypeVar("Row", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Tell:
    """One audience of one event: to whom, and what they may know.

    Either `users`, or everybody of `organisation` (with one of `roles`, if any are given), or everybody of every
    organisation of `organisation_kind` (again by `roles`): for staff, `Tell("staff", organisation_kind="park",
    roles=("officer",))`. An entry that names nobody means the `people` of the audience's notice, if it has any.
    `facts` is all that this audience learns; its message and webhook see nothing else.
    """

    audience: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    users: tuple[UUID, ...] = ()
    organisation: UUID | None = None
    organisation_kind: str = ""
    roles: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "audience": self.audience,
            "facts": dict(self.facts),
            "users": [str(user) for user in self.users],
            "organisation": str(self.organisation) if self.organisation else None,
            "organisation_kind": self.organisation_kind,
            "roles": list(self.roles),
        }


def build_event(
    kind: Kind,
    subject: Aggregate,
    *,
    by: Actor,
    at: datetime,
    version: int,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    tell: Iterable[Tell] = (),
    batch: UUID | None = None,
) -> Event:
    """An unsaved event. Raises ValueError if an audience is told that the kind does not name."""
    told = [one.as_json() for one in tell]
    unknown = {one["audience"] for one in told} - set(kind.audiences)
    if unknown:
        raise ValueError(f"{kind.name} does not name the audience {sorted(unknown)}")
    return Event(
        kind=kind.name,
        subject_label=subject._meta.label_lower,
        subject_id=subject.pk,
        version=version,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        facts=dict(facts or {}),
        told=told,
        batch_id=batch,
        actor_kind=by.kind,
        actor_name=str(by.name)[:200],
        actor_user_id=by.user_id,
        actor_credential_id=by.credential_id,
        actor_organisation_id=by.organisation_id,
        request_id=by.request_id,
        at=at,
    )


def begin(
    row: Row,
    kind: Kind,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    tell: Iterable[Tell] = (),
    reason: str = "",
    batch: UUID | None = None,
) -> Row:
    """Insert a new row at version 1, and the event of its beginning in the state it has. One statement."""
    row.version, row.created_at, row.updated_at = 1, at, at
    state = str(getattr(row, row.machine.field))
    writing.insert(row, build_event(kind, row, by=by, at=at, version=1, to_state=state, reason=reason, facts=facts, tell=tell, batch=batch))
    return row


def record(
    kind: Kind,
    subject: Aggregate,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    tell: Iterable[Tell] = (),
    from_state: str = "",
    to_state: str = "",
    batch: UUID | None = None,
) -> Event:
    """Write an event about `subject` that is no change of state (a creation gives `to_state`).

    Raises the subject's version by one, which locks its row until the end of the transaction. One statement.
    """
    event = build_event(kind, subject, by=by, at=at, version=0, from_state=from_state, to_state=to_state, reason=reason, facts=facts, tell=tell, batch=batch)
    version = writing.touch(subject, event)
    if version is None:
        raise type(subject).DoesNotExist
    subject.version = event.version = version
    subject.updated_at = at
    return event


def transition(
    row: Row,
    to: str,
    *,
    by: Actor,
    at: datetime,
    event: Kind,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    tell: Iterable[Tell] = (),
    changes: Mapping[str, Any] | None = None,
    batch: UUID | None = None,
    machine: Machine | None = None,
) -> Row:
    """Take one step of the row's state machine, writing `changes` to other fields with it, and record the event.

    A compare-and-set on the version locks the row; of many who try, one wins. One statement. Raises IllegalTransition, NotAllowed,
    ReasonNeeded, or Stale when the row has changed since it was read. The given instance carries the new values.
    """
    machine = machine or row.machine
    source = getattr(row, machine.field)
    edge = machine.edge(source, to)
    if not edge.roles & row.roles_of(by):
        raise NotAllowed
    if edge.needs_reason and not reason.strip():
        raise ReasonNeeded(field="reason")
    values: dict[str, Any] = {**(changes or {}), machine.field: str(to), "updated_at": at}
    recorded = build_event(
        event,
        row,
        by=by,
        at=at,
        version=row.version + 1,
        from_state=str(source),
        to_state=str(to),
        reason=reason.strip(),
        facts=facts,
        tell=tell,
        batch=batch,
    )
    if not writing.step(row, machine.field, values, recorded):
        raise Stale
    for name, value in {**values, "version": recorded.version}.items():
        setattr(row, name, value)
    return row
