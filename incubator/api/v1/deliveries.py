"""The log of the organisation's webhooks: what was sent, what was answered, and sending it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Expression, F, IntegerField, Subquery, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat, Replace
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection, Item, Rows, Writes
from incubator.api.filters import Codes, Moment, Names
from incubator.api.pagination import Sort
from incubator.api.serializers import In, Out
from incubator.lib.actor import Actor
from incubator.lib.statements import JsonObject, Text
from incubator.notifications import operations as notifications
from incubator.notifications.models import Attempt, Delivery, WebhookEndpoint
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event

# A webhook neither bounces nor waits for a digest; that is for mails.
MAIL_ONLY = {DeliveryState.BOUNCED, DeliveryState.HELD, DeliveryState.DIGESTED}
STATES = tuple(state for state in DeliveryState.values if state not in MAIL_ONLY)
ATTEMPTS_SHOWN = 50


class DeliveryOut(Out):
    id = serializers.UUIDField()
    webhook_id = serializers.CharField(help_text="The header `webhook-id` of every attempt.")
    endpoint = serializers.UUIDField()
    event = serializers.UUIDField()
    type = serializers.CharField(help_text="The type of the event.")
    state = serializers.ChoiceField(STATES)
    outcome = serializers.CharField(help_text="In words, what the last attempt came to; empty when it was well.")
    attempt_count = serializers.IntegerField()
    response_status = serializers.IntegerField(allow_null=True, help_text="What the receiver answered last.")
    created_at = serializers.DateTimeField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class SentOut(Out):
    headers = serializers.DictField(child=serializers.CharField(), help_text="As sent; of the signatures only their kind.")
    body = serializers.CharField()


class AnswerOut(Out):
    status = serializers.IntegerField(allow_null=True, help_text="null: no answer came.")
    headers = serializers.DictField(child=serializers.CharField(), help_text="Those that help to find what went wrong.")
    excerpt = serializers.CharField(help_text="The beginning of the body as text without markup, 1 KiB at most.")


class AttemptOut(Out):
    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    outcome = serializers.ChoiceField(STATES, help_text="`pending`: to be tried again.")
    detail = serializers.CharField()
    request_id = serializers.CharField(help_text="The X-Request-ID of the call that caused the event.")
    request = SentOut()
    response = AnswerOut()


class DeliveryWithAttemptsOut(DeliveryOut):
    attempts = AttemptOut(many=True, help_text="The last 50, the newest first.")


class RangeIn(In):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


class RedeliveryOut(Out):
    id = serializers.UUIDField()
    endpoint = serializers.UUIDField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    count = serializers.IntegerField(help_text="How many messages are sent again.")
    next_since = serializers.DateTimeField(allow_null=True, help_text="Where to go on when there were more than a thousand.")
    requested_at = serializers.DateTimeField()


class Deliveries(Rows):
    tag = "webhooks"
    out: ClassVar[type[Out]] = DeliveryOut
    example: ClassVar[Mapping[str, Any]] = {
        "id": "0197e0c2-f555-7c66-8b93-6e7f8a9b0c01",
        "webhook_id": "msg_0197e0c2f5557c668b936e7f8a9b0c01",
        "endpoint": "0197e0c2-e444-7b55-9a82-5d6e7f8a9b01",
        "event": "0197e0c2-d333-7a44-8f71-4c5d6e7f8a01",
        "type": "interests.introduced",
        "state": "pending",
        "outcome": "Answered 503.",
        "attempt_count": 1,
        "response_status": 503,
        "created_at": "2026-11-24T03:20:11.154321+00:00",
        "next_attempt_at": "2026-11-24T03:20:17.304321+00:00",
        "finished_at": None,
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Delivery.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        return Text(JsonObject(**self.members()))

    def members(self) -> dict[str, Any]:
        last = Attempt.objects.of_the_outer().values("response_code")[:1]
        hexadecimal = Replace(Cast("id", models.TextField()), Value("-"), Value(""), output_field=models.TextField())
        return {
            "id": F("id"),
            "webhook_id": Concat(Value("msg_"), hexadecimal, output_field=models.TextField()),
            "endpoint": F("endpoint_id"),
            "event": F("event_id"),
            "type": F("kind"),
            "state": F("state"),
            "outcome": F("note"),
            "attempt_count": F("attempts"),
            "response_status": Subquery(last),
            "created_at": F("created_at"),
            "next_attempt_at": Case(When(state=DeliveryState.PENDING, then=F("due_at"))),
            "finished_at": F("finished_at"),
        }


class DeliveryList(Deliveries, Collection):
    """List deliveries

    What was sent to your webhook endpoints, or is to be, the newest first.
    """

    filters = (
        Codes("endpoint", "Ids of endpoints, any of them.", lambda rows, slot: rows.filter(endpoint_id=slot), is_id=True),
        Codes("state", "States, any of them.", lambda rows, slot: rows.filter(state=slot), choices=STATES),
        Names("type", "Types of events, any of them.", lambda rows, slot: rows.filter(kind=slot)),
        Moment("since", "Made at this instant or later.", lambda rows, slot: rows.filter(created_at__gte=slot)),
        Moment("until", "Made before this instant.", lambda rows, slot: rows.filter(created_at__lt=slot)),
    )
    # Ids are made in the order of time (UUIDv7), and there is an index of the organisation's.
    sorts = {"-created_at": Sort((("id", True),), {"id": models.UUIDField()})}


class WithAttempts(Deliveries):
    out = DeliveryWithAttemptsOut
    example = {
        **Deliveries.example,
        "attempts": [
            {
                "number": 1,
                "started_at": "2026-11-24T03:20:11.904321+00:00",
                "milliseconds": 212,
                "outcome": "pending",
                "detail": "Answered 503.",
                "request_id": "0197e0c2-7d1f-7c3a-9a55-2f6f0c1d9b10",
                "request": {
                    "headers": {
                        "content-type": "application/json",
                        "webhook-id": "msg_0197e0c2f5557c668b936e7f8a9b0c01",
                        "webhook-timestamp": "1795490411",
                        "webhook-signature": "v1,…",
                        "x-request-id": "0197e0c2-7d1f-7c3a-9a55-2f6f0c1d9b10",
                    },
                    "body": '{"id":"0197e0c2-d333-7a44-8f71-4c5d6e7f8a01","type":"interests.introduced"}',
                },
                "response": {"status": 503, "headers": {"content-type": "text/plain"}, "excerpt": "The queue is full."},
            }
        ],
    }

    def shape(self, actor: Actor) -> Expression:
        tries = Attempt.objects.of_the_outer()[:ATTEMPTS_SHOWN]
        attempt = JsonObject(
            number=F("number"),
            started_at=F("started_at"),
            milliseconds=F("milliseconds"),
            outcome=F("outcome"),
            detail=F("detail"),
            request_id=F("request_id"),
            request=JsonObject(headers=F("request_headers"), body=F("request_body")),
            response=JsonObject(status=F("response_code"), headers=F("response_headers"), excerpt=F("response_excerpt")),
        )
        return Text(JsonObject(**self.members(), attempts=ArraySubquery(tries.values(json=attempt))))


class DeliveryItem(WithAttempts, Item):
    """Show a delivery

    With its attempts: what was sent, and what your system answered.
    """


class DeliveryRedeliver(WithAttempts, Writes):
    success = 202

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Send a delivery again

        With the same `webhook-id`, whether it had arrived or not; not while it is on its way.
        """
        found = get_object_or_404(Delivery.objects.visible_to(request.actor).filter(pk=pk))

        def again(data: dict[str, Any]) -> UUID:
            self.input(data)
            notifications.redeliver(found, by=request.actor)
            return pk

        return self.once(request, again)


class EndpointRedeliver(Writes):
    tag = "webhooks"
    out = RedeliveryOut
    example = {
        "id": "0197e0c3-0666-7d77-9ca4-7f8a9b0c1d01",
        "endpoint": "0197e0c2-e444-7b55-9a82-5d6e7f8a9b01",
        "since": "2026-11-23T00:00:00+00:00",
        "until": "2026-11-24T00:00:00+00:00",
        "count": 17,
        "next_since": None,
        "requested_at": "2026-11-24T03:25:00.123456+00:00",
    }
    body = RangeIn
    body_example = {"since": "2026-11-23T00:00:00Z", "until": "2026-11-24T00:00:00Z"}
    success = 202

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        """The requests to send again, which stand in the history of the endpoint."""
        return Event.objects.about_rows(WebhookEndpoint.objects.visible_to(actor)).filter(kind=notifications.REDELIVERED)

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                endpoint=F("subject_id"),
                since=KT("facts__since"),
                until=KT("facts__until"),
                count=Cast(KT("facts__count"), IntegerField()),
                next_since=KT("facts__next_since"),
                requested_at=F("at"),
            )
        )

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Send a span of time again

        What was made for the endpoint from `since` to before `until` and is not on its way: each once, with the
        same `webhook-id`, whether it had arrived or not. A thousand at most, the oldest first.
        """
        endpoint = get_object_or_404(WebhookEndpoint.objects.visible_to(request.actor).filter(pk=pk))
        return self.once(request, lambda data: notifications.redeliver_range(endpoint, **self.input(data), by=request.actor).pk)
