"""Funding rounds that are listed to the asking organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Expression, F, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection, Item, Rows, Writes
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.serializers import Out
from incubator.api.v1.interests import STATES, Interests, StartupNameOut
from incubator.api.v1.startups import listed_name
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Text
from investments.interests import operations as interests
from investments.interests.models import Interest
from investments.rounds.models import Round

INSTRUMENTS = tuple(Round.Instrument.values)


class OwnInterestOut(Out):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)


class RoundOut(Out):
    id = serializers.UUIDField()
    title = serializers.CharField()
    startup = StartupNameOut()
    instrument = serializers.ChoiceField(INSTRUMENTS)
    currency = serializers.CharField(help_text="ISO 4217; of all amounts here.")
    target = serializers.DecimalField(max_digits=14, decimal_places=2)
    minimum_ticket = serializers.DecimalField(max_digits=14, decimal_places=2)
    valuation_cap = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    has_lead = serializers.BooleanField()
    use_of_funds = serializers.CharField()
    closes_on = serializers.DateField(help_text="Interests are taken until the end of this day, Hong Kong time.")
    listed_at = serializers.DateTimeField()
    interest = OwnInterestOut(allow_null=True, help_text="Your organisation's interest in this round.")


class Rounds(Rows):
    tag = "investing"
    out = RoundOut
    expands = {"startup": "startups", "interest": "interests"}
    example = {
        "id": "0197e0c2-a000-7d11-9c4e-1f2a3b4c5d01",
        "title": "Seed round",
        "startup": {"id": "0197e0c2-9b20-7a31-b6d4-0d3f5e6a7b10", "name": "Lumen Pay"},
        "instrument": "equity",
        "currency": "HKD",
        "target": "12000000.00",
        "minimum_ticket": "500000.00",
        "valuation_cap": None,
        "has_lead": False,
        "use_of_funds": "Two engineers, the licence, and a pilot with three merchants.",
        "closes_on": "2027-02-28",
        "listed_at": "2026-11-18T02:30:00+00:00",
        "interest": None,
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Round.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        own = Interest.objects.visible_to(actor).filter(round_id=OuterRef("pk"))
        return Text(
            JsonObject(
                id=F("id"),
                title=F("title"),
                startup=JsonObject(id=F("startup_id"), name=listed_name("startup__")),
                instrument=F("instrument"),
                currency=F("currency"),
                target=Text(F("target")),
                minimum_ticket=Text(F("minimum_ticket")),
                valuation_cap=Text(F("valuation_cap")),
                has_lead=F("has_lead"),
                use_of_funds=F("use_of_funds"),
                closes_on=F("closes_on"),
                listed_at=F("listed_at"),
                interest=Subquery(own.values(json=JsonObject(id=F("id"), state=F("status")))[:1]),
            )
        )


class RoundList(Rounds, Collection):
    """List rounds

    Rounds listed to your organisation that still take interests, newest first. This is information between the
    parties, not an offer.
    """

    filters = (
        Codes("focus", "Focus areas of the startup, any of them.", lambda rows, slot: rows.filter(startup__focus_areas__overlap=slot), column_is_list=True),
        Codes("instrument", "Instruments, any of them.", lambda rows, slot: rows.filter(instrument=slot), choices=INSTRUMENTS),
    )
    sorts = {"-listed_at": Sort((("listed_at", True), ("id", True)), {"listed_at": models.DateTimeField(), "id": models.UUIDField()})}


class RoundItem(Rounds, Item):
    """Show a round"""


class RoundWatch(Interests, Writes):
    needs_match = False
    success = 201

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Watch a round

        Makes your organisation's interest in it, in the state `watching`. Nobody outside the park learns of it; to
        watch twice changes nothing.
        """
        found = get_object_or_404(Round.objects.visible_to(request.actor).filter(Q(pk=pk)))

        def watch(data: dict[str, Any]) -> UUID:
            self.input(data)
            return interests.watch(found, by=request.actor, at=now()).pk

        return self.once(request, watch)
