"""Agreements of the organisation, from the moment they are out for signature."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Expression, F
from rest_framework import serializers

from incubator.api.endpoints import Collection, Item, Rows
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.serializers import Out
from incubator.lib.actor import Actor
from incubator.lib.statements import JsonObject, Text
from incubator.partners.models import Agreement
from incubator.partners.querysets import HIDDEN_AGREEMENTS
from incubator.partners.states import AgreementState

STATES = tuple(state for state in AgreementState.values if state not in HIDDEN_AGREEMENTS)


class WholeAgreementOut(Out):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    summary = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    terminated_on = serializers.DateField(allow_null=True)
    signed_by_park_at = serializers.DateTimeField(allow_null=True)
    signed_by_partner_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Agreements(Rows):
    tag = "partnership"
    out = WholeAgreementOut
    version_column = "version"
    example = {
        "id": "0197e0c2-d333-7a44-8f71-4c5d6e7f8a02",
        "reference": "MOU-2026-0003",
        "title": "Memorandum of understanding",
        "state": "active",
        "summary": "Expertise for park companies, a proving ground for pilots, joint programmes.",
        "starts_on": "2026-03-01",
        "ends_on": "2029-02-28",
        "terminated_on": None,
        "signed_by_park_at": "2026-02-26T03:20:10.654321+00:00",
        "signed_by_partner_at": "2026-02-27T07:05:00+00:00",
        "created_at": "2026-01-12T02:00:00+00:00",
        "updated_at": "2026-02-27T07:05:00+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Agreement.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                reference=F("reference"),
                title=F("title"),
                state=F("status"),
                summary=F("summary"),
                starts_on=F("starts_on"),
                ends_on=F("ends_on"),
                terminated_on=F("terminated_on"),
                signed_by_park_at=F("signed_by_park_at"),
                signed_by_partner_at=F("signed_by_partner_at"),
                created_at=F("created_at"),
                updated_at=F("updated_at"),
            )
        )


class AgreementList(Agreements, Collection):
    """List agreements

    Those of your organisation with the park, newest first, from the moment they are out for signature.
    """

    filters = (Codes("state", "States, any of them.", lambda rows, slot: rows.filter(status=slot), choices=STATES),)
    sorts = {"-created_at": Sort((("created_at", True), ("id", True)), {"created_at": models.DateTimeField(), "id": models.UUIDField()})}


class AgreementItem(Agreements, Item):
    """Show an agreement"""
