"""Recording what happens: `transition` for a change of state, `record` for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import F

from incubator.lib.actor import Actor
from incubator.lib.machine import Machine
from incubator.lib.refusals import NotAllowed, ReasonNeeded, Stale
from incubator.outbox.models import Aggregate, Event, Pending
from incubator.outbox.registry import Kind

Row = TypeVar("Row", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Tell:
    """One audience of one event: to whom, and what they may know.

    Either `users`, or everybody of `organisation` (with one of `roles`, if any are given), or everybody of every
    organisation of `organisation_kind` (again by `roles`): for staff, `Tell("staff", organisation_kind="park",
    roles=("officer",))`. `facts` is all that this audience learns; its message and webhook see nothing else.
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


def _store(event: Event, at: datetime) -> Event:
    event.save(force_insert=True)
    if event.told:
        Pending.objects.create(event=event, created_at=at)
    return event


@transaction.atomic
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

    Raises the subject's version by one, which locks its row until the end of the transaction. Three statements.
    """
    rows = type(subject)._base_manager.filter(pk=subject.pk)
    rows.update(version=F("version") + 1, updated_at=at)
    subject.version = rows.values_list("version", flat=True).get()
    subject.updated_at = at
    event = build_event(
        kind,
        subject,
        by=by,
        at=at,
        version=subject.version,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        facts=facts,
        tell=tell,
        batch=batch,
    )
    return _store(event, at)


@transaction.atomic
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

    A compare-and-set on the version locks the row; of many who try, one wins. Raises IllegalTransition, NotAllowed,
    ReasonNeeded, or Stale when the row has changed since it was read. The given instance carries the new values.
    """
    machine = machine or row.machine
    source = getattr(row, machine.field)
    edge = machine.edge(source, to)
    if not edge.roles & row.roles_of(by):
        raise NotAllowed
    if edge.needs_reason and not reason.strip():
        raise ReasonNeeded(field="reason")
    values: dict[str, Any] = {**(changes or {}), machine.field: str(to), "updated_at": at, "version": row.version + 1}
    model: type[models.Model] = type(row)
    updated = model._base_manager.filter(pk=row.pk, version=row.version, **{machine.field: source}).update(**values)
    if not updated:
        raise Stale
    for name, value in values.items():
        setattr(row, name, value)
    _store(
        build_event(
            event,
            row,
            by=by,
            at=at,
            version=row.version,
            from_state=str(source),
            to_state=str(to),
            reason=reason.strip(),
            facts=facts,
            tell=tell,
            batch=batch,
        ),
        at,
    )
    return row
