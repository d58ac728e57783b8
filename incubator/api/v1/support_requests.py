"""Requests that the park has put to the organisation, and the steps of its side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, Expression, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast
from django.http import HttpResponse
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection, Item, Rows
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.serializers import In, Line, Nothing, Out, Whole
from incubator.api.steps import Step, possible, possible_in_sql
from incubator.api.v1.startups import listed_name
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Text
from incubator.startups.models import Startup
from programmes.expertise import operations as expertise
from programmes.expertise.models import Offering, SupportRequest
from programmes.expertise.states import RequestState

HIDDEN = (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.TRIAGED, RequestState.DECLINED)
STATES = tuple(state for state in RequestState.values if state not in HIDDEN)
ROLES = ("partner",)
# The partner's verbs and what they are called in addresses. What is given as a code has no sessions, and the reverse.
BOTH = {"accept": "accept", "turn_down": "decline", "deliver": "deliver"}
STEPS = {False: {**BOTH, "schedule": "schedule"}, True: {**BOTH, "issue": "issue"}}


class OfferingReferenceOut(Out):
    id = serializers.UUIDField()
    title = serializers.CharField()


class AskingStartupOut(Out):
    id = serializers.UUIDField()
    name = serializers.CharField()


class SupportRequestOut(Out):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)
    allowed = serializers.ListField(child=serializers.CharField(), help_text="The steps that are possible now: POST …/{step}.")
    offering = OfferingReferenceOut()
    startup = AskingStartupOut(allow_null=True, help_text="As far as it shows itself to your organisation: for this request, from your acceptance to its end.")
    need = serializers.CharField(help_text="In the park's words. Empty once the request was taken back or has run out.")
    outcome = serializers.CharField(help_text="What should come of it. Empty with the need.")
    amount = serializers.IntegerField(help_text="Hours; 1 for what is given as a code.")
    wished_from = serializers.DateField(allow_null=True)
    wished_until = serializers.DateField(allow_null=True)
    confidentiality = serializers.ChoiceField(SupportRequest.Confidentiality.values, help_text="`confidential`: for those who work on it only.")
    offered_at = serializers.DateTimeField()
    answer_due_on = serializers.DateField()
    result = serializers.CharField(help_text="What you said was delivered.")
    rating = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    rating_words = serializers.CharField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()


class DeclineIn(In):
    reason = Line(max_length=1000, help_text="For the founder and the park.")


class SessionIn(In):
    starts_at = serializers.DateTimeField(help_text="With its offset from UTC.")
    minutes = Whole(min_value=15, max_value=600, required=False, default=60)
    place = Line(max_length=300, help_text="A room, or a link to join.")
    people = Line(max_length=200, help_text="Who will be there for you.")


class IssueIn(In):
    code = Line(max_length=500, help_text="Kept encrypted; shown to founders only, and never by the API.")
    note = Line(max_length=500, required=False, default="", allow_blank=True, help_text="How to use it. No secrets here.")


class ResultIn(In):
    result = Line(max_length=2000, help_text="A sentence, ten characters at least.")


class SupportRequests(Rows):
    tag = "expertise"
    out = SupportRequestOut
    version_column = "versions"
    expands = {"offering": "offerings", "startup": "startups"}
    example = {
        "id": "0197e0c3-0666-7d77-8c22-7f8a9b0c1d01",
        "state": "offered_to_partner",
        "allowed": ["accept", "decline"],
        "offering": {"id": "0197e0c2-f555-7c66-8b11-6e7f8a9b0c01", "title": "Threat modelling, half a day"},
        "startup": None,
        "need": "A startup keeps tokens of cards itself and needs a threat model before its first bank customer signs.",
        "outcome": "A threat model that a bank accepts.",
        "amount": 4,
        "wished_from": None,
        "wished_until": "2026-12-18",
        "confidentiality": "confidential",
        "offered_at": "2026-11-20T08:15:30.123456+00:00",
        "answer_due_on": "2026-11-27",
        "result": "",
        "rating": None,
        "rating_words": "",
        "delivered_at": None,
        "closed_at": None,
        "updated_at": "2026-11-20T08:15:30.123456+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        """What a startup takes back shows here too, so the tag is made of both: no two states have the same."""
        is_shown = Case(When(shown(actor), then=Value(1)), default=Value(0), output_field=models.IntegerField())
        return SupportRequest.objects.visible_to(actor).annotate(versions=F("version") * 2 + is_shown)

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                state=F("status"),
                allowed=allowed_in_sql(),
                offering=JsonObject(id=F("offering_id"), title=F("offering__title")),
                startup=startup_in_sql(actor),
                need=while_readable("brief"),
                outcome=while_readable("outcome"),
                amount=F("amount"),
                wished_from=F("wished_from"),
                wished_until=F("wished_until"),
                confidentiality=F("confidentiality"),
                offered_at=F("offered_at"),
                answer_due_on=F("answer_due_on"),
                result=F("result"),
                rating=F("rating"),
                rating_words=F("rating_words"),
                delivered_at=F("delivered_at"),
                closed_at=F("closed_at"),
                updated_at=F("updated_at"),
            )
        )


def allowed_in_sql() -> Case:
    coded = Q(offering__kind__in=Offering.CODED)
    by_kind = {is_coded: possible_in_sql(SupportRequest.machine, ROLES, names) for is_coded, names in STEPS.items()}
    return Case(When(coded, then=by_kind[True]), default=by_kind[False], output_field=models.JSONField())


def while_readable(column: str) -> Case:
    gone = Q(status__in=(RequestState.WITHDRAWN, RequestState.EXPIRED))
    return Case(When(gone, then=Value("")), default=F(column), output_field=models.TextField())


def shown(actor: Actor) -> Q:
    """Accepted, so that the organisation may know who asks; and the startup still shows itself."""
    return Q(Exists(Startup.objects.disclosed_to(actor).filter(pk=OuterRef("startup_id"))), counts_in__isnull=False)


def startup_in_sql(actor: Actor) -> Case:
    """The startup by the name for lists, while it shows itself to the organisation; else null."""
    named = Cast(JsonObject(id=F("startup_id"), name=listed_name("startup__")), models.JSONField())
    return Case(When(shown(actor), then=named), default=Value(None, output_field=models.JSONField()), output_field=models.JSONField())


class SupportRequestList(SupportRequests, Collection):
    """List support requests

    What the park has put to your organisation, the latest first.
    """

    filters = (
        Codes("state", "States, any of them.", lambda rows, slot: rows.filter(status=slot), choices=STATES),
        Codes("offering", "Ids of offerings, any of them.", lambda rows, slot: rows.filter(offering_id=slot), is_id=True),
    )
    sorts = {"-offered_at": Sort((("offered_at", True), ("id", True)), {"offered_at": models.DateTimeField(), "id": models.UUIDField()})}


class SupportRequestItem(SupportRequests, Item):
    """Show a support request"""


class SupportRequestStep(SupportRequests, Step):
    def version(self, row: SupportRequest) -> int:
        seen = row.is_named and Startup.objects.disclosed_to(self.request.actor).filter(pk=row.startup_id).exists()  # type: ignore[attr-defined]
        return row.version * 2 + int(seen)

    def locked(self, request: ApiRequest, pk: UUID) -> SupportRequest:
        """The offering is locked before the request."""
        Offering.objects.locked(SupportRequest.objects.visible_to(request.actor).values_list("offering_id", flat=True).get(pk=pk))
        return SupportRequest.objects.locked(pk)

    def allowed(self, row: SupportRequest) -> list[str]:
        return possible(SupportRequest.machine, row.status, ROLES, STEPS[row.offering.is_coded])


class SupportRequestAccept(SupportRequestStep):
    body = Nothing

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Accept a support request

        Takes this month's capacity: 409 `no_capacity` when there is not enough left. From now until the end of the
        request the startup shows itself to your organisation as far as its founder has chosen.
        """
        return self.step(request, pk, lambda row, given: expertise.accept(row, by=request.actor, at=now()))


class SupportRequestDecline(SupportRequestStep):
    body = DeclineIn
    body_example = {"reason": "Our two engineers are with another company until spring."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Decline a support request

        With a reason, which the founder and the park read.
        """
        return self.step(request, pk, lambda row, given: expertise.turn_down(row, **given, by=request.actor, at=now()))


class SupportRequestSchedule(SupportRequestStep):
    body = SessionIn
    body_example = {"starts_at": "2030-12-03T10:00:00+08:00", "minutes": 90, "place": "Meeting room 4, Tower B", "people": "Mira Okafor"}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Plan a session

        The startup is told when, where and with whom. As often as you meet; the sessions stand under `/sessions`.
        """
        return self.step(request, pk, lambda row, given: expertise.schedule(row, **given, by=request.actor, at=now()))


class SupportRequestIssue(SupportRequestStep):
    body = IssueIn
    body_example = {"code": "CLOUD-7F3A-99B2", "note": "Enter it under Billing, Promotions."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Give the code

        For offerings that are given as a code, once. Founders have it shown on a page of their own.
        """
        return self.step(request, pk, lambda row, given: expertise.issue(row, **given, by=request.actor, at=now()))


class SupportRequestDeliver(SupportRequestStep):
    body = ResultIn
    body_example = {"result": "A list of nine findings, and a second look at the three worst."}

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Say that a support request is delivered

        The startup confirms and rates it, or the system closes it after 14 days. The hours of its sessions count then.
        """
        return self.step(request, pk, lambda row, given: expertise.deliver(row, **given, by=request.actor, at=now()))
