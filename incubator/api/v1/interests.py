"""The organisation's own interests in rounds, from watching to the introduction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Expression, F, Q, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection, Item, Rows, Writes
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.problems import Problem, error
from incubator.api.serializers import Amount, In, Line, Nothing, Out
from incubator.api.steps import Step, possible, possible_in_sql
from incubator.api.v1.startups import listed_name
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.lib.statements import JsonObject, Text
from incubator.startups import access
from investments.interests import operations as interests
from investments.interests.models import Interest
from investments.interests.states import InterestState
from investments.rounds.models import Round

STATES = tuple(InterestState.values)
PARTS = tuple(Interest.Part.values)
REASONS = tuple(Interest.PassReason.values)
# The investor's verbs that are steps of an interest, and what they are called in addresses.
ROLES = ("investor",)
STEPS = {"indicate": "indicate", "withdraw": "withdraw", "pass_on": "pass"}


class StartupNameOut(Out):
    id = serializers.UUIDField()
    name = serializers.CharField()


class RoundTitleOut(Out):
    id = serializers.UUIDField()
    title = serializers.CharField()


class InterestOut(Out):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)
    allowed = serializers.ListField(child=serializers.CharField(), help_text="The steps that are possible now: POST …/{step}.")
    round = RoundTitleOut()
    startup = StartupNameOut(help_text="By the name that the round shows; after the introduction by its own.")
    amount_min = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    amount_max = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField(help_text="That of the round.")
    role = serializers.ChoiceField(["", *PARTS], help_text="Empty while only watching.")
    note = serializers.CharField()
    asked_at = serializers.DateTimeField(allow_null=True, help_text="When the founder was asked.")
    answer_due_on = serializers.DateField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answer_note = serializers.CharField()
    pass_reason = serializers.ChoiceField(["", *REASONS])
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class IndicateIn(In):
    amount_min = Amount(help_text="At least the smallest ticket of the round.")
    amount_max = Amount(help_text="At most the target of the round.")
    role = serializers.ChoiceField(PARTS, default=Interest.Part.FOLLOW)
    note = Line(max_length=2000, required=False, default="", allow_blank=True, help_text="For the founder.")


class InterestIn(IndicateIn):
    round = serializers.UUIDField()


class PassIn(In):
    reason = serializers.ChoiceField(REASONS)
    note = Line(max_length=500, required=False, default="", allow_blank=True)


class Interests(Rows):
    tag = "investing"
    out = InterestOut
    version_column = "version"
    expands = {"round": "rounds", "startup": "startups"}
    example = {
        "id": "0197e0c2-b111-7e22-8d5f-2a3b4c5d6e01",
        "state": "consent_pending",
        "allowed": ["pass", "withdraw"],
        "round": {"id": "0197e0c2-a000-7d11-9c4e-1f2a3b4c5d01", "title": "Seed round"},
        "startup": {"id": "0197e0c2-9b20-7a31-b6d4-0d3f5e6a7b10", "name": "Lumen Pay"},
        "amount_min": "1000000.00",
        "amount_max": "2000000.00",
        "currency": "HKD",
        "role": "follow",
        "note": "We run the terminals your merchants use.",
        "asked_at": "2026-11-20T08:15:30.123456+00:00",
        "answer_due_on": "2026-12-04",
        "answered_at": None,
        "answer_note": "",
        "pass_reason": "",
        "created_at": "2026-11-20T08:15:30.123456+00:00",
        "updated_at": "2026-11-20T08:15:30.123456+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Interest.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        named = Q(status=InterestState.INTRODUCED) | Q(round__level__gte=access.SUMMARY)
        name = Case(When(named, then=F("round__startup__name")), default=listed_name("round__startup__"), output_field=models.CharField())
        return Text(
            JsonObject(
                id=F("id"),
                state=F("status"),
                allowed=possible_in_sql(Interest.machine, ROLES, STEPS),
                round=JsonObject(id=F("round_id"), title=F("round__title")),
                startup=JsonObject(id=F("round__startup_id"), name=name),
                amount_min=Text(F("amount_min")),
                amount_max=Text(F("amount_max")),
                currency=F("currency"),
                role=F("part"),
                note=F("note"),
                asked_at=F("asked_at"),
                answer_due_on=F("answer_due_on"),
                answered_at=F("answered_at"),
                answer_note=F("answer_note"),
                pass_reason=F("pass_reason"),
                created_at=F("created_at"),
                updated_at=F("updated_at"),
            )
        )

    def location(self, pk: UUID) -> str:
        return f"/api/v1/interests/{pk}"


class InterestList(Interests, Collection, Writes):
    """List interests

    Your organisation's interests, newest first.
    """

    filters = (
        Codes("state", "States, any of them.", lambda rows, slot: rows.filter(status=slot), choices=STATES),
        Codes("round", "Ids of rounds, any of them.", lambda rows, slot: rows.filter(round_id=slot), is_id=True),
    )
    sorts = {"-created_at": Sort((("created_at", True), ("id", True)), {"created_at": models.DateTimeField(), "id": models.UUIDField()})}
    body = InterestIn
    body_example = {
        "round": "0197e0c2-a000-7d11-9c4e-1f2a3b4c5d01",
        "amount_min": "1000000.00",
        "amount_max": "2000000.00",
        "role": "follow",
        "note": "We run the terminals your merchants use.",
    }
    success = 201

    def post(self, request: ApiRequest) -> HttpResponse:
        """Declare an interest

        Non-binding. The founder is asked in the same moment, so the interest comes back as `consent_pending`. One
        interest for each round and organisation; if you watch the round already, use the step `indicate`.
        """

        def declare(data: dict[str, Any]) -> UUID:
            given = self.input(data)
            asked = given.pop("round")
            try:
                return indicate(Round(pk=asked), given, request)
            except Refusal:
                if Round.objects.visible_to(request.actor).filter(pk=asked).exists():
                    raise
                raise Problem("invalid", errors=[error("/round", "does_not_exist", "There is no such round that this credential may see.")]) from None

        return self.once(request, declare)


def indicate(found: Round, given: dict[str, Any], request: ApiRequest) -> UUID:
    part = given.pop("role")
    return interests.indicate(found, **given, part=part, by=request.actor, at=now()).pk


class InterestItem(Interests, Item):
    """Show an interest"""


class InterestStep(Interests, Step):
    def locked(self, request: ApiRequest, pk: UUID) -> Interest:
        """The round is locked before the interest."""
        Round.objects.locked(get_object_or_404(Interest.objects.visible_to(request.actor).filter(pk=pk)).round_id)
        return Interest.objects.locked(pk)

    def allowed(self, row: Interest) -> list[str]:
        return possible(Interest.machine, row.status, ROLES, STEPS)


class InterestIndicate(InterestStep):
    body = IndicateIn
    body_example = {"amount_min": "1000000.00", "amount_max": "2000000.00", "role": "lead", "note": ""}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Indicate an interest that watches

        Gives the amounts, and asks the founder.
        """
        return self.step(request, pk, lambda interest, given: indicate(interest.round, given, request))


class InterestWithdraw(InterestStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Withdraw an interest

        Before the introduction. A founder who was asked is told.
        """
        return self.step(request, pk, lambda interest, given: interests.withdraw(interest, by=request.actor, at=now()))


class InterestPass(InterestStep):
    body = PassIn
    body_example = {"reason": "stage", "note": "We come in from Series A."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Pass on an interest

        Says no with a reason. A founder who was asked is told; after an introduction what the founder showed to
        your organisation because of it ends.
        """
        return self.step(request, pk, lambda interest, given: interests.pass_on(interest, **given, by=request.actor, at=now()))
