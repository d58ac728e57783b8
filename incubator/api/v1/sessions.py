"""The sessions of support requests: when, where, how many hours were held."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Expression, F
from django.http import HttpResponse
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection, Item, Rows
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.serializers import Amount, In, Line, Out
from incubator.api.steps import Step, possible, possible_in_sql
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Text
from programmes.expertise import operations as expertise
from programmes.expertise.models import Session, SupportRequest
from programmes.expertise.states import SessionState

STATES = tuple(SessionState.values)
ROLES = ("partner",)
STEPS = {"log": "log", "no_show": "no-show", "cancel": "cancel"}


class SessionOut(Out):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)
    allowed = serializers.ListField(child=serializers.CharField(), help_text="The steps that are possible now: POST …/{step}.")
    request = serializers.UUIDField(help_text="The support request it belongs to.")
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    place = serializers.CharField()
    people = serializers.CharField()
    hours = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True, help_text="Once it was held.")
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class LogIn(In):
    hours = Amount(max_digits=4, help_text="Above 0, at most 24, such as 1.5.")
    note = Line(max_length=1000, required=False, default="", allow_blank=True, help_text="What was done; the startup reads it.")


class NoteIn(In):
    note = Line(max_length=1000, required=False, default="", allow_blank=True, help_text="For the startup.")


class Sessions(Rows):
    tag = "expertise"
    out = SessionOut
    version_column = "version"
    example = {
        "id": "0197e0c3-1777-7e88-8d33-8a9b0c1d2e01",
        "state": "held",
        "allowed": [],
        "request": "0197e0c3-0666-7d77-8c22-7f8a9b0c1d01",
        "starts_at": "2026-12-03T02:00:00+00:00",
        "minutes": 90,
        "place": "Meeting room 4, Tower B",
        "people": "Mira Okafor",
        "hours": "1.50",
        "note": "Read the design; nine findings.",
        "created_at": "2026-11-24T08:15:30.123456+00:00",
        "updated_at": "2026-12-03T04:00:00+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Session.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                state=F("status"),
                allowed=possible_in_sql(Session.machine, ROLES, STEPS),
                request=F("request_id"),
                starts_at=F("starts_at"),
                minutes=F("minutes"),
                place=F("place"),
                people=F("people"),
                hours=Text(F("hours")),
                note=F("note"),
                created_at=F("created_at"),
                updated_at=F("updated_at"),
            )
        )


class SessionList(Sessions, Collection):
    """List sessions

    Of the support requests that were put to your organisation, the one that begins last first.
    """

    filters = (
        Codes("state", "States, any of them.", lambda rows, slot: rows.filter(status=slot), choices=STATES),
        Codes("request", "Ids of support requests, any of them.", lambda rows, slot: rows.filter(request_id=slot), is_id=True),
    )
    sorts = {"-starts_at": Sort((("starts_at", True), ("id", True)), {"starts_at": models.DateTimeField(), "id": models.UUIDField()})}


class SessionItem(Sessions, Item):
    """Show a session"""


class SessionStep(Sessions, Step):
    def locked(self, request: ApiRequest, pk: UUID) -> Session:
        """The request is locked before its session."""
        SupportRequest.objects.locked(Session.objects.visible_to(request.actor).values_list("request_id", flat=True).get(pk=pk))
        return Session.objects.locked(pk)

    def allowed(self, row: Session) -> list[str]:
        return possible(Session.machine, row.status, ROLES, STEPS)


class SessionLog(SessionStep):
    body = LogIn
    body_example = {"hours": "1.5", "note": "Read the design; nine findings."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Log the hours of a session

        Once it has begun. The hours count towards your commitment when the startup has confirmed the request.
        """
        return self.step(request, pk, lambda row, given: expertise.log(row, **given, by=request.actor, at=now()))


class SessionNoShow(SessionStep):
    body = NoteIn
    body_example = {"note": "We waited for half an hour."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Say that nobody came to a session

        Once it has begun. No hours count.
        """
        return self.step(request, pk, lambda row, given: expertise.no_show(row, **given, by=request.actor, at=now()))


class SessionCancel(SessionStep):
    body = NoteIn
    body_example = {"note": "Our engineer is ill; we propose next week."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Call a session off

        The startup is told.
        """
        return self.step(request, pk, lambda row, given: expertise.cancel_session(row, **given, by=request.actor, at=now()))
