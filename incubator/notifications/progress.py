"""How far an act that tells many has come, and stopping it. An act is an event, or the batch that several share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.machine import Words
from incubator.lib.refusals import NotAllowed, Refusal
from incubator.notifications import access, events
from incubator.notifications.broadcasting import OF_THE_ACT
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.models import Event
from incubator.outbox.operations import transition
from incubator.sending.models import Broadcast
from incubator.sending.states import BroadcastState

COUNT = f"""
SELECT coalesce(sum(rows), 0)::int AS rows, coalesce(json_object_agg(state, rows), '{{}}') AS states,
    (SELECT count(*) FROM outbox_pending WHERE event_id IN ({OF_THE_ACT})) AS waiting
FROM (SELECT state, count(*) AS rows FROM notifications_delivery WHERE event_id IN ({OF_THE_ACT}) GROUP BY state) counted
"""  # noqa: S608 - constants of this module

SHOWN = 5
WAITING = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Progress:
    """The figures of one act. `total` is an estimate until everything is written."""

    event: Event
    row: Broadcast | None
    states: Mapping[str, int]
    total: int
    is_written: bool

    @property
    def act(self) -> UUID:
        return self.row.pk if self.row else self.event.batch_id or self.event.pk

    @property
    def ended(self) -> int:
        """Messages with which nothing more happens by itself. What waits for a digest counts as done: it was handed on."""
        return sum(self.states.values()) - self.under_way

    @property
    def under_way(self) -> int:
        return sum(self.states.get(one.value, 0) for one in WAITING)

    @property
    def sent(self) -> int:
        return self.states.get(DeliveryState.SENT.value, 0)

    @property
    def is_stopped(self) -> bool:
        return self.row is not None and self.row.status == BroadcastState.STOPPED

    @property
    def is_over(self) -> bool:
        return self.is_written and not self.under_way


def of_act(act: UUID, *, by: Actor) -> Progress | None:
    """How far the act is; None if there is none that this actor may follow. Four queries.

    Those who read deliveries follow all acts, other staff what they began themselves. Of sandboxes staff see nothing.
    """
    event = Event.objects.filter(Q(pk=act) | Q(batch_id=act)).order_by("pk").first()
    if event is None or not _may_follow(event, by):
        return None
    row = Broadcast.objects.filter(pk=act).first()
    values: dict[str, Any] = {"act": act}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        rows, states, waiting = cursor.fetchone()
    is_writing = bool(waiting) or (row is not None and row.finished_at is None)
    total = max(rows, row.total if row and is_writing else 0)
    return Progress(event, row, states, total, not is_writing)


def latest() -> Sequence[tuple[Broadcast, Words]]:
    """The acts that told many last, each with the sentence of what it told; for the staff page. Two queries."""
    rows = list(Broadcast.objects.order_by("-created_at", "-pk")[:SHOWN])
    acts = [row.pk for row in rows]
    kinds = {
        act: kind
        for pk, batch, kind in Event.objects.filter(Q(pk__in=acts) | Q(batch_id__in=acts)).order_by("-pk").values_list("pk", "batch_id", "kind")
        for act in (pk, batch)
    }
    return [(row, sentence(kinds.get(row.pk, ""))) for row in rows]


def sentence(kind: str) -> Words:
    """What an event of that kind says, as a title; the bare name of a kind that is no more."""
    try:
        return capfirst(str(registry.get(kind).sentence))
    except registry.Unregistered:
        return kind


def _may_follow(event: Event, by: Actor) -> bool:
    if not (access.may_read_deliveries(by) or (by.organisation_kind == "park" and by.user_id is not None and by.user_id == event.actor_user_id)):
        return False
    named = {event.actor_organisation_id, *(told["organisation"] for told in event.told)} - {None}
    return not Organisation.objects.filter(pk__in=named, is_sandbox=True).exists()


@transaction.atomic
def stop(act: UUID, *, reason: str, by: Actor, at: datetime) -> Broadcast:
    """Send nothing more of the act: what is not written yet is written as suppressed, what waits is taken back by the workers.

    At once for what is not being sent at this moment. Raises NotAllowed, ReasonNeeded, IllegalTransition if it was
    stopped before; Refusal when nothing is left to stop.
    """
    found = of_act(act, by=by)
    if found is None or not access.may_read_deliveries(by):
        raise NotAllowed
    if found.is_over and not found.states.get(DeliveryState.HELD.value):
        raise Refusal(_("Everything was sent already; there is nothing left to stop."), code="nothing_to_stop")
    Broadcast.objects.get_or_create(pk=act, defaults={"created_at": at, "updated_at": at, "finished_at": now()})
    row: Broadcast = Broadcast.objects.select_for_update(of=("self",)).get(pk=act)
    changes = {"stopped_by": str(by.name)[:200], "stopped_at": at, "reason": reason.strip()[:200], "rung_at": None}
    facts = {"act": str(act), "kind": found.event.kind, "sent": found.sent, "total": found.total}
    return transition(row, BroadcastState.STOPPED, by=by, at=at, event=events.broadcast_stopped, reason=reason, facts=facts, changes=changes)
