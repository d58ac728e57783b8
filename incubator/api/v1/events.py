"""The feed of events: what the webhooks of the organisation were told in the last 30 days, in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.contrib.postgres.aggregates import BoolAnd
from django.db import models
from django.db.models import Case, Exists, Expression, F, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, Now, Replace
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection
from incubator.api.filters import Id, Names, YesNo
from incubator.api.pagination import Sort
from incubator.api.serializers import Out
from incubator.lib.actor import Actor
from incubator.lib.statements import JsonObject, Slot, Text
from incubator.notifications.models import Delivery
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.models import Event
from incubator.partners.models import Commitment
from incubator.startups.models import Startup
from investments.rounds.models import Round

KEPT = timedelta(days=30)


class EventOut(Out):
    id = serializers.UUIDField(help_text="The same as in the webhook.")
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Of the resource, after this event.")
    resource = serializers.URLField(help_text="Where to fetch the thing with your own credential.")


def resources() -> dict[str, str]:
    """The kinds of events that partners' systems are told of, with the address of the thing."""
    return {kind.name: notice.resource for kind in registry.kinds() for notice in kind.audiences.values() if notice.resource}


def position_of(slot: Slot) -> Coalesce:
    known = Event.objects.filter(pk=slot).values("position")[:1]
    return Coalesce(Subquery(known), Value(0), output_field=models.BigIntegerField())


def received() -> Subquery:
    """Whether all of the organisation's endpoints that an event was for have it; NULL when there was none."""
    own = Delivery.objects.to_endpoints_of(Slot("organisation", models.UUIDField())).filter(event=OuterRef("pk"))
    return Subquery(own.order_by().values("event").values(all=BoolAnd(Q(state=DeliveryState.SENT))))


def text(words: str) -> Value:
    return Value(words, output_field=models.TextField())


class EventList(Collection):
    """List events

    What your organisation's webhooks are told, whether or not an endpoint was there to hear it: 30 days, oldest
    first. Follow `next` to the end, then ask again with `after` and the id of the last event you have. An `after`
    that is not known (any more) starts from the beginning. An event about what your organisation may no longer see
    is left out.
    """

    tag = "events"
    out = EventOut
    example = {
        "id": "0197e0c2-d333-7a44-8f71-4c5d6e7f8a01",
        "type": "interests.introduced",
        "timestamp": "2026-11-24T03:20:10.654321+00:00",
        "version": 4,
        "resource": "https://incubator.example.org/api/v1/interests/0197e0c2-b111-7e22-8d5f-2a3b4c5d6e01",
    }
    filters = (
        Id("after", "The id of the last event you have: what came after it.", lambda rows, slot: rows.filter(position__gt=position_of(slot))),
        Names("type", "Types of events, any of them.", lambda rows, slot: rows.filter(kind=slot)),
        YesNo(
            "delivery_success",
            "false: at least one of your endpoints has not received it (yet); true: all that wanted it have. What no endpoint wanted is in neither.",
            lambda rows, slot: rows.annotate(received=received()).filter(received=slot),
        ),
    )
    sorts = {"position": Sort((("position", False),), {"position": models.BigIntegerField()})}

    def values(self, request: ApiRequest) -> dict[str, Any]:
        told = orjson.dumps([{"organisation": str(request.credential.organisation_id)}]).decode()
        return {**super().values(request), "told": told}

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        startup = Q(subject_label="startups.startup") & ~Exists(Startup.objects.visible_to(actor).filter(pk=OuterRef("subject_id")))
        round_ = Q(subject_label="rounds.round") & ~Exists(Round.objects.visible_to(actor).filter(pk=OuterRef("subject_id")))
        commitment = Q(subject_label="partners.commitment") & ~Exists(Commitment.objects.visible_to(actor).filter(pk=OuterRef("subject_id")))
        told = Event.objects.filter(told__contains=Slot("told", models.JSONField()), kind__in=list(resources()))
        return told.filter(position__isnull=False, at__gt=Now() - KEPT).exclude(startup).exclude(round_).exclude(commitment)

    def shape(self, actor: Actor) -> Expression:
        subject: Any = Cast("subject_id", models.TextField())
        startup: Any = Coalesce(KeyTextTransform("startup_id", "facts"), text(""))
        path = Case(*(When(kind=name, then=text(resource)) for name, resource in resources().items()), output_field=models.TextField())
        return Text(
            JsonObject(
                id=F("id"),
                type=F("kind"),
                timestamp=F("at"),
                version=F("version"),
                resource=Concat(text(settings.BASE_URL), Replace(Replace(path, text("{id}"), subject), text("{startup_id}"), startup)),
            )
        )
