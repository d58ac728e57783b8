"""Startups that chose to be seen by the asking organisation, each at the level it disclosed."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import Case, Expression, F, OuterRef, Value, When
from rest_framework import serializers

from incubator.api.endpoints import ApiRequest, Collection, Item, Rows
from incubator.api.filters import Codes, Number, Words
from incubator.api.pagination import Sort
from incubator.api.serializers import Out
from incubator.api.v1.programmes import MoneyOut
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Slot, Switch, Text
from incubator.startups import access
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, DisclosureRead, Document, Person, Startup
from incubator.startups.querysets import EDITION, StartupQuerySet

TEASER, SUMMARY, FULL = 1, 2, 3
STAGES = tuple(Startup.Stage.values)


class TeamOut(Out):
    name = serializers.CharField()
    title = serializers.CharField()
    is_founder = serializers.BooleanField()


class DocumentOut(Out):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Document.Kind.values)
    title = serializers.CharField()


class StartupOut(Out):
    id = serializers.UUIDField()
    level = serializers.ChoiceField(["teaser", "summary", "full"], help_text="What the startup discloses to your organisation.")
    name = serializers.CharField(help_text="A startup in stealth shows its alias in lists, and everywhere at teaser level.")
    pitch = serializers.CharField()
    focus_areas = serializers.ListField(child=serializers.CharField())
    stage = serializers.ChoiceField(STAGES)
    updated_at = serializers.DateTimeField()
    name_local = serializers.CharField(required=False, help_text="The name in Chinese; from summary level.")
    website = serializers.CharField(required=False, help_text="From summary level.")
    abstract = serializers.CharField(required=False, help_text="From summary level.")
    trl = serializers.IntegerField(required=False, min_value=1, max_value=9, help_text="Technology readiness level; from summary level.")
    expertise_wanted = serializers.ListField(child=serializers.CharField(), required=False, help_text="From summary level.")
    team_size = serializers.IntegerField(required=False, help_text="At full level.")
    team = TeamOut(many=True, required=False, help_text="At full level.")
    traction = serializers.CharField(required=False, help_text="At full level.")
    funding = MoneyOut(required=False, help_text="Raised so far; at full level.")
    intellectual_property = serializers.CharField(required=False, help_text="At full level.")
    documents = DocumentOut(many=True, required=False, help_text="Those the startup chose for your organisation; at full level.")


def listed_name(path: str = "") -> Case:
    """The name for those who may not know it while the startup is in stealth. `path` leads to the startup."""
    hidden = Case(When(**{f"{path}alias": ""}, then=Value("A startup in stealth")), default=F(f"{path}alias"), output_field=models.CharField())
    return Case(When(**{f"{path}is_stealth": True}, then=hidden), default=F(f"{path}name"), output_field=models.CharField())


class Startups(Rows):
    tag = "startups"
    out = StartupOut
    edition = EDITION
    example = {
        "id": "0197e0c2-9b20-7a31-b6d4-0d3f5e6a7b10",
        "level": "summary",
        "name": "Lumen Pay",
        "pitch": "Fraud scoring for QR payments in under 40 milliseconds.",
        "focus_areas": ["fintech", "ai"],
        "stage": "pilot",
        "updated_at": "2026-11-20T08:15:30.123456+00:00",
        "website": "https://lumenpay.example",
        "abstract": "A model that scores a payment while the code is still on the screen.",
        "trl": 6,
        "expertise_wanted": ["payment-systems"],
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return Startup.objects.visible_to(actor).with_level(actor)

    def shape(self, actor: Actor) -> Expression:
        """One object per level, with the fields of `access.ADDED`; what a level does not disclose is absent."""
        team = Person.objects.filter(startup_id=OuterRef("pk")).order_by("id")
        documents = Document.objects.disclosed_to(actor).filter(startup_id=OuterRef("pk")).order_by("id")
        first = {"id": F("id")}
        teaser = {"pitch": F("pitch"), "focus_areas": F("focus_areas"), "stage": F("stage"), "updated_at": F("updated_at")}
        summary = {
            "name_local": self.local_name(),
            "website": F("website"),
            "abstract": F("abstract"),
            "trl": F("trl"),
            "expertise_wanted": F("expertise_wanted"),
        }
        full = {
            "team_size": F("team_size"),
            "team": ArraySubquery(team.values(json=JsonObject(name=F("name"), title=F("title"), is_founder=F("is_founder")))),
            "traction": F("traction"),
            "funding": JsonObject(amount=Text(F("funding_raised")), currency=F("currency")),
            "intellectual_property": F("intellectual_property"),
            "documents": ArraySubquery(documents.values(json=JsonObject(id=F("id"), kind=F("kind"), title=F("title")))),
        }
        return Text(
            Switch(
                F("level"),
                {
                    access.TEASER: JsonObject(**first, level=Value("teaser"), name=listed_name(), **teaser),
                    access.SUMMARY: JsonObject(**first, level=Value("summary"), name=self.name(), **teaser, **summary),
                    access.FULL: JsonObject(**first, level=Value("full"), name=self.name(), **teaser, **summary, **full),
                },
            )
        )

    def name(self) -> Any:
        """The name from summary level on."""
        return F("name")

    def local_name(self) -> Any:
        return F("name_local")

    def record(self, actor: Actor, *, ids: str, opened: bool) -> str:
        """The founder sees who looked. One row per answer."""
        kind = DisclosureRead.Kind.OPENED if opened else DisclosureRead.Kind.LISTED
        return startups.recording(kind, by=actor, ids=ids)

    def shown(self, request: ApiRequest, ids: Sequence[UUID]) -> None:
        startups.record_read(DisclosureRead.Kind.LISTED, ids, by=request.actor, at=now())


def updated(down: bool) -> Sort:
    return Sort((("updated_at", down), ("id", down)), {"updated_at": models.DateTimeField(), "id": models.UUIDField()})


def matching(rows: models.QuerySet[Any, Any], slot: Slot) -> models.QuerySet[Any, Any]:
    assert isinstance(rows, StartupQuerySet)
    return rows.matching(cast(str, slot))


# Of each organisation, until when it is known (monotonic) and whether it sees few startups of many. Only plans depend on it.
_few: dict[UUID, tuple[float, bool]] = {}
FEW_KEPT, FEW_MOST, MANY = 600.0, 1_000, 20_000
FEW = """
SELECT total > {many:d} AND (SELECT count(*) FROM ({reaching} LIMIT (SELECT greatest(total / 20, 1)::bigint)) seen) < total / 20
FROM (SELECT greatest(reltuples, 0) total FROM pg_class WHERE oid = 'startups_startup'::regclass) startups
"""


def few_of_many(actor: Actor) -> bool:
    """Whether less than a twentieth of many startups reach the organisation. Asked every ten minutes in each process."""
    assert actor.organisation_id is not None
    until, few = _few.get(actor.organisation_id, (0.0, False))
    if monotonic() >= until:
        reaching, params = Disclosure.objects.reaching(actor).order_by().values("pk").query.sql_with_params()
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            cursor.execute(FEW.format(reaching=reaching, many=MANY), params)
            (few,) = cursor.fetchone()
        if len(_few) >= FEW_MOST:
            _few.clear()
        _few[actor.organisation_id] = monotonic() + FEW_KEPT, few
    return few


class StartupList(Startups, Collection):
    """List startups

    The startups that your organisation may see, each at the level it disclosed. Filters and search look only at
    what that level shows. Every answer is recorded for the founders of the startups in it.
    """

    filters = (
        Words("q", "Words that all have to be there.", matching),
        Codes("focus", "Focus areas, any of them.", lambda rows, slot: rows.filter(focus_areas__overlap=slot), column_is_list=True),
        Codes(
            "expertise",
            "Areas of expertise wanted, any of them.",
            lambda rows, slot: rows.filter(level__gte=access.SUMMARY, expertise_wanted__overlap=slot),
            column_is_list=True,
        ),
        Codes("stage", "Stages, any of them.", lambda rows, slot: rows.filter(stage=slot), choices=STAGES),
        Number("trl_min", "Lowest technology readiness level.", lambda rows, slot: rows.filter(level__gte=access.SUMMARY, trl__gte=slot), low=1, high=9),
        Number("trl_max", "Highest technology readiness level.", lambda rows, slot: rows.filter(level__gte=access.SUMMARY, trl__lte=slot), low=1, high=9),
    )
    sorts = {"-updated_at": updated(True), "updated_at": updated(False)}

    def prepared(self, request: ApiRequest, filters: frozenset[str]) -> bool:
        """One plan walks the order's index; for who may see few of many, it would walk past all the others."""
        return not filters and not few_of_many(request.actor)

    def name(self) -> Any:
        return listed_name()

    def local_name(self) -> Any:
        return Case(When(is_stealth=True, then=Value("")), default=F("name_local"), output_field=models.CharField())


class StartupItem(Startups, Item):
    """Show a startup

    At the level it disclosed to your organisation. The read is recorded for its founders.
    """
