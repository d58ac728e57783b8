"""What the organisation and the park promised each other, and the steps of the organisation's side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Expression, F, Q, Value, When
from django.db.models.functions import Cast
from django.http import HttpResponse
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection, Item, Rows
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.serializers import In, Line, Nothing, Out
from incubator.api.steps import Step, possible, possible_in_sql
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Text
from incubator.partners import operations as partners
from incubator.partners.models import Commitment, Side
from incubator.partners.states import AgreementState, CommitmentState

STATES = tuple(CommitmentState.values)
# The verbs that are steps here, under their own names, and the parts that a partner plays, by who owes it.
STEPS = {verb: verb for verb in ("start", "deliver", "resume", "accept", "dispute")}
PARTS = {Side.PARTNER: ("party", "owner"), Side.PARK: ("party", "other")}


class AgreementReferenceOut(Out):
    id = serializers.UUIDField()
    reference = serializers.CharField()


class CommitmentOut(Out):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)
    allowed = serializers.ListField(child=serializers.CharField(), help_text="The steps that are possible now: POST …/{step}.")
    agreement = AgreementReferenceOut()
    workstream = serializers.CharField()
    owed_by = serializers.ChoiceField(Side.values)
    kind = serializers.ChoiceField(Commitment.Kind.values)
    title = serializers.CharField()
    target = serializers.DecimalField(max_digits=9, decimal_places=2)
    actual = serializers.DecimalField(max_digits=11, decimal_places=2, help_text="The sum of what was entered as done; never set.")
    unit = serializers.ChoiceField(Commitment.Unit.values)
    starts_on = serializers.DateField()
    due_on = serializers.DateField()
    evidence = serializers.CharField(help_text="Of the delivery; empty before.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DeliverIn(In):
    evidence = Line(max_length=2000, help_text="A sentence, ten characters at least: what shows that it is done, and where the park finds it.")


class DisputeIn(In):
    reason = Line(max_length=1000, help_text="For the park: what is missing.")


class Commitments(Rows):
    tag = "partnership"
    out = CommitmentOut
    version_column = "versions"
    expands = {"agreement": "agreements"}
    example = {
        "id": "0197e0c2-e444-7b55-9082-5d6e7f8a9b01",
        "state": "in_progress",
        "allowed": ["deliver"],
        "agreement": {"id": "0197e0c2-d333-7a44-8f71-4c5d6e7f8a02", "reference": "MOU-2026-0003"},
        "workstream": "Expertise",
        "owed_by": "partner",
        "kind": "expertise",
        "title": "Advisory hours over seven areas",
        "target": "400.00",
        "actual": "288.00",
        "unit": "hours",
        "starts_on": "2026-03-01",
        "due_on": "2026-12-31",
        "evidence": "",
        "created_at": "2026-02-20T08:15:30.123456+00:00",
        "updated_at": "2026-11-20T08:15:30.123456+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        """The steps that are allowed depend on the agreement too, so the tag is made of both versions: neither falls."""
        rows = Commitment.objects.visible_to(actor).with_actual()
        return rows.annotate(versions=F("version") + F("workstream__agreement__version"))

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                state=F("status"),
                allowed=allowed_in_sql(),
                agreement=JsonObject(id=F("workstream__agreement_id"), reference=F("workstream__agreement__reference")),
                workstream=F("workstream__name"),
                owed_by=F("side"),
                kind=F("kind"),
                title=F("title"),
                target=Text(F("target")),
                actual=Text(Cast(F("actual"), models.DecimalField(max_digits=11, decimal_places=2))),
                unit=F("unit"),
                starts_on=F("starts_on"),
                due_on=F("due_on"),
                evidence=F("evidence"),
                created_at=F("created_at"),
                updated_at=F("updated_at"),
            )
        )


def allowed_in_sql() -> Case:
    """The steps that are possible from each row's state for the partner's part in it; none once the agreement is over."""
    running = Q(workstream__agreement__status=AgreementState.ACTIVE)
    branches = [When(running & Q(side=side), then=possible_in_sql(Commitment.machine, parts, STEPS)) for side, parts in PARTS.items()]
    nothing = Cast(Value("[]", output_field=models.TextField()), models.JSONField())
    return Case(*branches, default=nothing, output_field=models.JSONField())


class CommitmentList(Commitments, Collection):
    """List commitments

    What your organisation and the park promised each other, newest first.
    """

    filters = (
        Codes("state", "States, any of them.", lambda rows, slot: rows.filter(status=slot), choices=STATES),
        Codes("owed_by", "The side that owes it.", lambda rows, slot: rows.filter(side=slot), choices=tuple(Side.values)),
        Codes("agreement", "Ids of agreements, any of them.", lambda rows, slot: rows.filter(workstream__agreement_id=slot), is_id=True),
    )
    sorts = {"-created_at": Sort((("created_at", True), ("id", True)), {"created_at": models.DateTimeField(), "id": models.UUIDField()})}


class CommitmentItem(Commitments, Item):
    """Show a commitment"""


class CommitmentStep(Commitments, Step):
    def locked(self, request: ApiRequest, pk: UUID) -> Commitment:
        return Commitment.objects.locked(pk)

    def version(self, row: Commitment) -> int:
        return row.version + row.agreement.version

    def allowed(self, row: Commitment) -> list[str]:
        return possible(Commitment.machine, row.status, PARTS[Side(row.side)], STEPS)


class CommitmentStart(CommitmentStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Start the work on a commitment

        What your organisation owes and both sides agreed to.
        """
        return self.step(request, pk, lambda row, given: partners.start(row, by=request.actor, at=now()))


class CommitmentDeliver(CommitmentStep):
    body = DeliverIn
    body_example = {"evidence": "All sessions of the year stand in the list at https://meridian.example/reports/2026."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Deliver a commitment

        What your organisation owes, with evidence in words. The park is told; it accepts or disputes.
        """
        return self.step(request, pk, lambda row, given: partners.deliver(row, **given, by=request.actor, at=now()))


class CommitmentResume(CommitmentStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Resume the work on a commitment

        After the park has disputed what your organisation delivered.
        """
        return self.step(request, pk, lambda row, given: partners.resume(row, by=request.actor, at=now()))


class CommitmentAccept(CommitmentStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Accept a commitment

        What the park has delivered. Final. The park is told.
        """
        return self.step(request, pk, lambda row, given: partners.accept(row, by=request.actor, at=now()))


class CommitmentDispute(CommitmentStep):
    body = DisputeIn
    body_example = {"reason": "Two of the four days have not been held."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Dispute a commitment

        What the park has delivered, with the reason. The park is told, and takes the work up again.
        """
        return self.step(request, pk, lambda row, given: partners.dispute(row, **given, by=request.actor, at=now()))
