"""Programmes and their calls for applications, as everybody may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Case, Exists, Expression, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from rest_framework import serializers

from incubator.api.endpoints import Collection, Item, Rows
from incubator.api.filters import Codes, YesNo
from incubator.api.pagination import Sort
from incubator.api.serializers import Out
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Text
from programmes.catalogue.models import Intake, Programme

STATES = ("scheduled", "open", "in_review", "released")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class MoneyOut(Out):
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField(help_text="ISO 4217")


class OpenIntakeOut(Out):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    closes_at = serializers.DateTimeField()


class ProgrammeOut(Out):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    tagline = serializers.CharField()
    description = serializers.CharField(help_text="Markdown")
    who_may_apply = serializers.CharField(help_text="Markdown")
    what_you_get = serializers.CharField(help_text="Markdown")
    how_it_is_judged = serializers.CharField(help_text="Markdown")
    focus_areas = serializers.ListField(child=serializers.CharField())
    duration_months = serializers.IntegerField()
    grant = MoneyOut(help_text="The most that one startup is granted.")
    state = serializers.ChoiceField(["published", "paused"])
    open_intake = OpenIntakeOut(allow_null=True, help_text="The call that takes applications now and closes first.")


class IntakeProgrammeOut(Out):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


class IntakeOut(Out):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    programme = IntakeProgrammeOut()
    focus_areas = serializers.ListField(child=serializers.CharField())
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    decision_on = serializers.DateField(help_text="Applicants hear by this day.")
    seats = serializers.IntegerField()
    state = serializers.ChoiceField(STATES, help_text="By the dates: `open` means that applications are taken now.")


class Programmes(Rows):
    tag = "programmes"
    out = ProgrammeOut
    example = {
        "id": "0197e0c2-8a10-7b44-8f02-5c1b7f2a9d01",
        "slug": "fintech-incubation",
        "title": "Fintech Incubation",
        "tagline": "Thirty-six months from prototype to paying banks.",
        "description": "For teams that build **payment systems** and electronic wallets.",
        "who_may_apply": "Companies of at most two years with two people full-time.",
        "what_you_get": "A grant in six parts, a desk, and advice from people who run payments.",
        "how_it_is_judged": "Team, technology, market, business model, and what Hong Kong gains.",
        "focus_areas": ["fintech"],
        "duration_months": 36,
        "grant": {"amount": "1000000.00", "currency": "HKD"},
        "state": "published",
        "open_intake": {
            "id": "0197e0c2-8a10-7b44-8f02-5c1b7f2a9d02",
            "slug": "fintech-2027-spring",
            "title": "Spring 2027",
            "closes_at": "2027-01-31T09:59:59+00:00",
        },
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        """Published programmes, with the closing of their last call to order by."""
        last = Intake.objects.visible_to(actor).filter(programme_id=OuterRef("pk")).order_by().values("programme_id").annotate(at=Max("closes_at")).values("at")
        accepting = Intake.objects.accepting(now()).filter(programme_id=OuterRef("pk"))
        return Programme.objects.visible_to(actor).annotate(
            has_open_intake=Exists(accepting),
            last_closing=Coalesce(Subquery(last), Value(LONG_AGO.isoformat()), output_field=models.DateTimeField()),
        )

    def shape(self, actor: Actor) -> Expression:
        accepting = Intake.objects.accepting(now()).filter(programme_id=OuterRef("pk")).order_by("closes_at", "id")
        return Text(
            JsonObject(
                id=F("id"),
                slug=F("slug"),
                title=F("title"),
                tagline=F("tagline"),
                description=F("description"),
                who_may_apply=F("who_may_apply"),
                what_you_get=F("what_you_get"),
                how_it_is_judged=F("how_it_is_judged"),
                focus_areas=F("focus_areas"),
                duration_months=F("duration_months"),
                grant=JsonObject(amount=Text(F("grant_amount")), currency=F("currency")),
                state=F("status"),
                open_intake=Subquery(accepting.values(json=JsonObject(id=F("id"), slug=F("slug"), title=F("title"), closes_at=F("closes_at")))[:1]),
            )
        )


class ProgrammeList(Programmes, Collection):
    """List programmes

    Published programmes. The one whose call closes last comes first, so those with an open call stand at the top.
    """

    filters = (
        Codes("focus", "Focus areas, any of them.", lambda rows, slot: rows.filter(focus_areas__overlap=slot), column_is_list=True),
        YesNo("open", "Whether a call takes applications now.", lambda rows, slot: rows.filter(has_open_intake=slot)),
    )
    sorts = {"-last_closing": Sort((("last_closing", True), ("id", True)), {"last_closing": models.DateTimeField(), "id": models.UUIDField()})}


class ProgrammeItem(Programmes, Item):
    """Show a programme"""


class Intakes(Rows):
    tag = "programmes"
    out = IntakeOut
    example = {
        "id": "0197e0c2-8a10-7b44-8f02-5c1b7f2a9d02",
        "slug": "fintech-2027-spring",
        "title": "Spring 2027",
        "programme": {"id": "0197e0c2-8a10-7b44-8f02-5c1b7f2a9d01", "slug": "fintech-incubation", "title": "Fintech Incubation"},
        "focus_areas": ["fintech"],
        "opens_at": "2026-12-01T01:00:00+00:00",
        "closes_at": "2027-01-31T09:59:59+00:00",
        "decision_on": "2027-03-31",
        "seats": 12,
        "state": "open",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        """The calls of published programmes, with the state that outsiders are told: the dates and the release decide."""
        at = now()
        live = Q(status__in=("scheduled", "open"))
        state = Case(
            When(live & Q(opens_at__gt=at), then=Value("scheduled")),
            When(live & Q(closes_at__gt=at), then=Value("open")),
            When(status__in=("released", "completed"), then=Value("released")),
            default=Value("in_review"),
            output_field=models.CharField(),
        )
        return Intake.objects.visible_to(actor).annotate(state=state)

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                slug=F("slug"),
                title=F("title"),
                programme=JsonObject(id=F("programme__id"), slug=F("programme__slug"), title=F("programme__title")),
                focus_areas=F("programme__focus_areas"),
                opens_at=F("opens_at"),
                closes_at=F("closes_at"),
                decision_on=F("decision_on"),
                seats=F("seats"),
                state=F("state"),
            )
        )


class IntakeList(Intakes, Collection):
    """List calls for applications

    Calls of published programmes from the day they are scheduled. What closes last comes first, so open calls stand
    at the top.
    """

    filters = (
        Codes("programme", "Addresses (slugs) of programmes, any of them.", lambda rows, slot: rows.filter(programme__slug=slot)),
        Codes("focus", "Focus areas of the programme, any of them.", lambda rows, slot: rows.filter(programme__focus_areas__overlap=slot), column_is_list=True),
        Codes("state", "States, any of them.", lambda rows, slot: rows.filter(state=slot), choices=STATES),
    )
    sorts = {
        "-closes_at": Sort((("closes_at", True), ("id", True)), {"closes_at": models.DateTimeField(), "id": models.UUIDField()}),
        "closes_at": Sort((("closes_at", False), ("id", False)), {"closes_at": models.DateTimeField(), "id": models.UUIDField()}),
    }


class IntakeItem(Intakes, Item):
    """Show a call for applications"""
