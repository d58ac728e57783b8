"""Event, Pending, and the base class of everything that has a history."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.lib.machine import Machine
from incubator.outbox.querysets import EventQuerySet

if TYPE_CHECKING:
    from incubator.lib.machine import Words


def state_trigger(machine: Machine) -> pgtrigger.FSM:
    """The database's own copy of a machine's table: an UPDATE that takes a step not in it fails."""
    return pgtrigger.FSM(name=f"{machine.field}_steps", field=machine.field, transitions=machine.pairs())


class Edition(models.Model):
    """How often something that is shown has changed: the sum of a topic's rows is another after every commit that touched it.

    A topic has as many rows as there were writers at once: each raises one that nobody else holds, so that none waits
    for another. By how much is chance: a database that was set back does not come to a sum that was given out before.
    """

    topic = models.CharField(max_length=20)
    number = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="outbox_edition_topic")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.number}"

    @staticmethod
    def sql(topic: str) -> str:
        """SQL for the edition of a topic."""
        return f"SELECT coalesce(sum(number), 0) FROM outbox_edition WHERE topic = '{topic}'"  # noqa: S608 - a name of ours


def edition_trigger(topic: str) -> pgtrigger.Trigger:
    """Whatever changes the table brings out a new edition of the topic, whichever code or hand does it."""
    return pgtrigger.Trigger(
        name="new_edition",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        declare=[("held", "bigint"), ("more", "bigint")],
        func=f"""
            more := 1 + floor(random() * 1000000000);
            SELECT id INTO held FROM outbox_edition WHERE topic = '{topic}' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED;
            IF held IS NULL THEN
                INSERT INTO outbox_edition (topic, number) VALUES ('{topic}', more);
            ELSE
                UPDATE outbox_edition SET number = number + more WHERE id = held;
            END IF;
            RETURN NULL;
        """,  # noqa: S608 - a name of ours
    )


class Aggregate(models.Model):
    """Base of whatever has a history. Its version goes up by one with every event (strong ETag, no lost update)."""

    machine: ClassVar[Machine]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("changed"), editable=False)

    class Meta:
        abstract = True

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        """The organisations outside the park that this row belongs to. Reads loaded fields only."""
        return ()

    def roles_of(self, actor: Actor) -> AbstractSet[str]:
        """The actor's roles towards this row: the park's and the system's everywhere, others' on their own rows."""
        if actor.kind == "system":
            return frozenset({"system"})
        if actor.organisation_kind == "park" or actor.organisation_id in self.organisation_ids():
            return actor.roles
        return frozenset()

    def verbs_for(self, actor: Actor) -> tuple[str, ...]:
        """The verbs the actor may use on this row as it stands."""
        return self.machine.verbs(getattr(self, self.machine.field), self.roles_of(actor))

    def may_ever(self, actor: Actor, verb: str) -> bool:
        """Whether the verb is one of the actor's on this row, possible now or not: asked before any input is read."""
        return bool(self.machine.roles_for(verb) & self.roles_of(actor))

    def state_label(self, audience: str = "staff") -> Words:
        return self.machine.label(getattr(self, self.machine.field), audience)


class Event(models.Model):
    """Something that happened to one aggregate. Append-only: history, audit and outbox read this row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    position = models.BigIntegerField(null=True, unique=True, help_text=_("Order of the event feed, given at fan-out; not the order of commits."))
    kind = models.CharField(max_length=80)
    subject_label = models.CharField(max_length=80, help_text="app_label.model")
    subject_id = models.UUIDField()
    version = models.PositiveIntegerField()
    from_state = models.CharField(max_length=32, blank=True)
    to_state = models.CharField(max_length=32, blank=True)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text=_("What insiders may know."))
    told = models.JSONField(default=list, encoder=DjangoJSONEncoder, help_text=_("Whom to tell, and what."))
    batch_id = models.UUIDField(null=True, help_text=_("Events of one act, such as the release of an intake."))
    actor_kind = models.CharField(max_length=16)
    actor_name = models.CharField(max_length=200, blank=True)
    actor_user_id = models.UUIDField(null=True)
    actor_credential_id = models.UUIDField(null=True)
    actor_organisation_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "version"], name="outbox_event_subject_version"),
        ]
        indexes = [
            models.Index(fields=["kind", "at"], name="outbox_event_kind_at"),
            models.Index(fields=["batch_id"], name="outbox_event_batch", condition=models.Q(batch_id__isnull=False)),
            models.Index(fields=["actor_user_id", "at"], name="outbox_event_actor_at"),
            GinIndex(fields=["told"], opclasses=["jsonb_path_ops"], name="outbox_event_told"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="unchanging", exclude=["position"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label} {self.subject_id} v{self.version}"


class Pending(models.Model):
    """An event that has not been fanned out yet. The row goes when its deliveries are written."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="outbox_pending_created")]

    def __str__(self) -> str:
        return str(self.event_id)
