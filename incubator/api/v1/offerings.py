"""What the organisation offers to the park's startups, and the steps of its side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Expression, F
from django.http import HttpResponse
from rest_framework import serializers

from incubator.accounts.models import Organisation
from incubator.api.endpoints import ApiRequest, Collection, Item, Rows, Writes
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.serializers import In, Line, Nothing, Out, Whole
from incubator.api.steps import Step, possible, possible_in_sql
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Text
from incubator.startups.models import Startup
from programmes.expertise import operations as expertise
from programmes.expertise.models import Offering
from programmes.expertise.states import OfferingState

STATES = tuple(OfferingState.values)
ROLES = ("partner",)
STEPS = {verb: verb for verb in ("submit", "pause", "resume", "retire")}


class OfferingOut(Out):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)
    allowed = serializers.ListField(child=serializers.CharField(), help_text="The steps that are possible now: POST …/{step}.")
    title = serializers.CharField()
    area = serializers.CharField(help_text="The code of one of the park's areas of expertise.")
    kind = serializers.ChoiceField(Offering.Kind.values, help_text="`credits` and `sandbox_access` are given as a code, everything else in sessions.")
    serves = serializers.ChoiceField(Offering.Serves.values)
    capacity = serializers.IntegerField(help_text="Hours a month over all startups; codes a month for what is given as a code.")
    lead_days = serializers.IntegerField()
    focus_areas = serializers.ListField(child=serializers.CharField(), help_text="Empty: for startups of every focus.")
    stages = serializers.ListField(child=serializers.ChoiceField(Startup.Stage.values), help_text="Empty: at every stage.")
    description = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class OfferingChangeIn(In):
    title = Line(max_length=120, required=False)
    area = Line(max_length=40, required=False, help_text="The code of one of the park's areas of expertise, such as `cloud`.")
    kind = serializers.ChoiceField(Offering.Kind.values, required=False)
    serves = serializers.ChoiceField(Offering.Serves.values, required=False)
    capacity = Whole(min_value=1, max_value=1000, required=False)
    lead_days = Whole(min_value=0, max_value=180, required=False)
    focus_areas = serializers.ListField(child=Line(max_length=40), max_length=20, required=False, help_text="Empty: for startups of every focus.")
    stages = serializers.ListField(child=serializers.ChoiceField(Startup.Stage.values), max_length=5, required=False, help_text="Empty: at every stage.")
    description = Line(max_length=4000, required=False)


class OfferingIn(OfferingChangeIn):
    title = Line(max_length=120)
    area = Line(max_length=40, help_text="The code of one of the park's areas of expertise, such as `cloud`.")
    kind = serializers.ChoiceField(Offering.Kind.values)
    capacity = Whole(min_value=1, max_value=1000)
    description = Line(max_length=4000)


class Offerings(Rows):
    tag = "expertise"
    out = OfferingOut
    version_column = "version"
    example = {
        "id": "0197e0c2-f555-7c66-8b11-6e7f8a9b0c01",
        "state": "published",
        "allowed": ["pause", "retire"],
        "title": "Threat modelling, half a day",
        "area": "data-security",
        "kind": "security_review",
        "serves": "both",
        "capacity": 20,
        "lead_days": 10,
        "focus_areas": ["fintech"],
        "stages": [],
        "description": "We draw your data flows, name what can go wrong, and leave a list in order of risk.",
        "published_at": "2026-03-04T08:15:30.123456+00:00",
        "created_at": "2026-03-01T08:15:30.123456+00:00",
        "updated_at": "2026-03-04T08:15:30.123456+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Offering.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                state=F("status"),
                allowed=possible_in_sql(Offering.machine, ROLES, STEPS),
                title=F("title"),
                area=F("area"),
                kind=F("kind"),
                serves=F("serves"),
                capacity=F("capacity"),
                lead_days=F("lead_days"),
                focus_areas=F("focus_areas"),
                stages=F("stages"),
                description=F("description"),
                published_at=F("published_at"),
                created_at=F("created_at"),
                updated_at=F("updated_at"),
            )
        )

    def location(self, pk: UUID) -> str:
        return f"/api/v1/offerings/{pk}"


class OfferingStep(Offerings, Step):
    def locked(self, request: ApiRequest, pk: UUID) -> Offering:
        return Offering.objects.locked(pk)

    def allowed(self, row: Offering) -> list[str]:
        return possible(Offering.machine, row.status, ROLES, STEPS)


class OfferingList(Offerings, Collection, Writes):
    """List offerings

    What your organisation offers to startups, newest first.
    """

    filters = (
        Codes("state", "States, any of them.", lambda rows, slot: rows.filter(status=slot), choices=STATES),
        Codes("area", "Codes of areas of expertise, any of them.", lambda rows, slot: rows.filter(area=slot)),
        Codes("kind", "Kinds, any of them.", lambda rows, slot: rows.filter(kind=slot), choices=tuple(Offering.Kind.values)),
    )
    sorts = {"-created_at": Sort((("created_at", True), ("id", True)), {"created_at": models.DateTimeField(), "id": models.UUIDField()})}
    body = OfferingIn
    body_example = {
        "title": "Threat modelling, half a day",
        "area": "data-security",
        "kind": "security_review",
        "capacity": 20,
        "lead_days": 10,
        "description": "We draw your data flows, name what can go wrong, and leave a list in order of risk.",
    }
    success = 201

    def post(self, request: ApiRequest) -> HttpResponse:
        """Draft an offering

        A draft that only your organisation sees. `submit` sends it to the park, which publishes it or gives it back.
        """

        def draft(data: dict[str, Any]) -> UUID:
            given = self.input(data)
            organisation = Organisation.objects.with_access().get(pk=request.credential.organisation_id)
            return expertise.draft_offering(organisation, **given, by=request.actor, at=now()).pk

        return self.once(request, draft)


class OfferingItem(OfferingStep, Item):
    """Show an offering"""

    body = OfferingChangeIn
    body_example = {"capacity": 24}

    def patch(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Change an offering

        What is not sent stays as it is. Once the park has approved the text, capacity and lead time only.
        """
        return self.step(request, pk, lambda row, given: expertise.edit_offering(row, **given, by=request.actor, at=now()))


class OfferingSubmit(OfferingStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Send an offering for approval

        The park reads it, and publishes it or gives it back with a reason.
        """
        return self.step(request, pk, lambda row, given: expertise.submit(row, by=request.actor, at=now()))


class OfferingPause(OfferingStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Pause an offering

        Startups cannot ask for it for now. Requests under way go on.
        """
        return self.step(request, pk, lambda row, given: expertise.pause(row, by=request.actor, at=now()))


class OfferingResume(OfferingStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Put an offering up again

        After a pause.
        """
        return self.step(request, pk, lambda row, given: expertise.resume(row, by=request.actor, at=now()))


class OfferingRetire(OfferingStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Retire an offering

        For good. Requests under way go on.
        """
        return self.step(request, pk, lambda row, given: expertise.retire(row, by=request.actor, at=now()))
