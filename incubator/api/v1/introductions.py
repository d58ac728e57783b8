"""Introductions: the only place where contact data is exchanged, after the founder agreed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Expression, F
from rest_framework import serializers

from incubator.api.endpoints import Collection, Item, Rows
from incubator.api.pagination import Sort
from incubator.api.serializers import Out
from incubator.api.v1.interests import RoundTitleOut, StartupNameOut
from incubator.lib.actor import Actor
from incubator.lib.statements import JsonObject, Text
from investments.interests.models import Interest, Introduction


class ContactOut(Out):
    name = serializers.CharField()
    email = serializers.EmailField()


class IntroductionOut(Out):
    id = serializers.UUIDField()
    interest = serializers.UUIDField()
    round = RoundTitleOut()
    startup = StartupNameOut()
    founder = ContactOut()
    investor = ContactOut()
    introduced_at = serializers.DateTimeField()


class Introductions(Rows):
    tag = "investing"
    out = IntroductionOut
    expands = {"round": "rounds", "startup": "startups"}
    example = {
        "id": "0197e0c2-c222-7f33-9e60-3b4c5d6e7f01",
        "interest": "0197e0c2-b111-7e22-8d5f-2a3b4c5d6e01",
        "round": {"id": "0197e0c2-a000-7d11-9c4e-1f2a3b4c5d01", "title": "Seed round"},
        "startup": {"id": "0197e0c2-9b20-7a31-b6d4-0d3f5e6a7b10", "name": "Lumen Pay"},
        "founder": {"name": "Lam Ka Yan", "email": "kayan@lumenpay.example"},
        "investor": {"name": "Pia Partner", "email": "pia@meridian.example"},
        "introduced_at": "2026-11-24T03:20:10.654321+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Introduction.objects.filter(interest__in=Interest.objects.visible_to(actor))

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                interest=F("interest_id"),
                round=JsonObject(id=F("interest__round_id"), title=F("interest__round__title")),
                startup=JsonObject(id=F("interest__round__startup_id"), name=F("interest__round__startup__name")),
                founder=JsonObject(name=F("founder_name"), email=F("founder_email")),
                investor=JsonObject(name=F("investor_name"), email=F("investor_email")),
                introduced_at=F("introduced_at"),
            )
        )


class IntroductionList(Introductions, Collection):
    """List introductions

    Newest first.
    """

    sorts = {"-introduced_at": Sort((("introduced_at", True), ("id", True)), {"introduced_at": models.DateTimeField(), "id": models.UUIDField()})}


class IntroductionItem(Introductions, Item):
    """Show an introduction"""
