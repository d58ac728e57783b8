"""Every route and method of the API, asked by every kind of caller, against one reviewed table.

A pair that is not in the table fails. Beside the status, every answer is searched for words that its reader may not
know, what does not exist for the reader must look like what exists for nobody, and a refusal must leave no trace.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import models, transaction

from incubator.api import endpoints, scopes, statements
from incubator.api.models import IdempotencyKey
from incubator.api.urls_api import urlpatterns
from incubator.lib.clock import now
from incubator.outbox.models import Event
from incubator.startups.models import DisclosureRead, Startup
from incubator.startups.querysets import DisclosureQuerySet, StartupQuerySet
from investments.interests.models import Interest, Introduction
from investments.interests.querysets import InterestQuerySet
from investments.rounds.querysets import RoundQuerySet
from tests.cast import join
from tests.factories.accounts import OrganisationFactory
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.interests import InterestFactory
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import DisclosureFactory, DocumentFactory, PersonFactory, StartupFactory

LINES = (Path(__file__).parent / "authorisation_api.csv").read_text().splitlines()
TABLE = {(row["route"], row["method"], row["actor"]): int(row["status"]) for row in csv.DictReader(LINES)}
ACTORS = sorted({actor for _, _, actor in TABLE})
OPERATIONS = sorted(scopes.TABLE)
PATHS = {str(one.name): "/api/v1/" + str(one.pattern).replace("<uuid:pk>", "{pk}") for one in urlpatterns}
WATCHED: tuple[type[models.Model], ...] = (Interest, Introduction, Event, IdempotencyKey, DisclosureRead)


class World:
    """One startup shared with one partner, others shared with others or nobody; every word of theirs is a canary."""

    def __init__(self) -> None:
        self.partner = self.house("partner", "Meridian")
        self.without = self.house("partner", "Without")
        self.revoked = self.house("partner", "Revoked")
        self.ended = self.house("partner", "Ended", access_until=now() - timedelta(days=1))
        self.investor = self.house("investor", "Tidewater")
        other = self.house("partner", "Other")
        self.shared = self.startup("SHARED")
        DisclosureFactory(startup=self.shared, audience="organisation", organisation=self.partner, level=3)
        DisclosureFactory(startup=self.shared, audience="organisation", organisation=self.revoked, level=3, status="revoked")
        DisclosureFactory(startup=self.shared, audience="organisation", organisation=self.ended, level=3)
        self.foreign = self.startup("FOREIGN")
        DisclosureFactory(startup=self.foreign, audience="organisation", organisation=other, level=3)
        private = self.startup("PRIVATE")
        self.round = self.list_round(self.shared, "SHARED")
        for startup, mark in ((self.foreign, "FOREIGN"), (private, "PRIVATE")):
            round_ = self.list_round(startup, mark)
            interest = InterestFactory(round=round_, organisation=other, asked=True, note=f"CANARY-{mark}-NOTE", membership=None)
            self.introduce(interest, mark)
        self.watching = InterestFactory(round=self.round, organisation=self.partner)
        met = self.startup("MET")
        self.introduction = self.introduce(InterestFactory(round=self.list_round(met, "MET"), organisation=self.partner, asked=True, membership=None), "MET")
        self.fresh = self.startup("SHARED")
        DisclosureFactory(startup=self.fresh, audience="organisation", organisation=self.partner, level=3)
        self.fresh_round = self.list_round(self.fresh, "SHARED")
        self.intake = IntakeFactory()

    def house(self, kind: str, name: str, **fields: Any) -> Any:
        found = OrganisationFactory(kind=kind, name=name, **fields)
        InvestorProfileFactory(organisation=found, verified=True)
        return found

    def startup(self, mark: str) -> Startup:
        words = {
            field.name: f"CANARY-{mark}"
            for field in Startup._meta.fields
            if isinstance(field, (models.CharField, models.TextField)) and not field.choices and field.name not in ("currency", "jurisdiction")
        }
        startup: Startup = StartupFactory(**words, profile="verified")
        PersonFactory(startup=startup, name=f"CANARY-{mark}", title=f"CANARY-{mark}")
        DocumentFactory(startup=startup, title=f"CANARY-{mark}")
        join(startup.organisation, "founder", name=f"CANARY-CONTACT-{mark}-{uuid4().hex[:6]}")
        return startup

    def list_round(self, startup: Startup, mark: str) -> Any:
        return RoundFactory(startup=startup, listed=True, disclosure=False, title=f"CANARY-{mark}", use_of_funds=f"CANARY-{mark}")

    def introduce(self, interest: Interest, mark: str) -> Introduction:
        Interest.objects.filter(pk=interest.pk).update(status="introduced")
        contact = {"founder_name": f"CANARY-{mark}-CONTACT", "founder_email": f"CANARY-{mark}@x.example"}
        return Introduction.objects.create(interest=interest, **contact, investor_name="I", investor_email="i@x.example", introduced_at=now())

    def may_read(self, actor: str, mark: str) -> bool:
        return actor in ("partner", "key_without_scope") and mark in ("SHARED", "MET")

    def client(self, actor: str, operation: tuple[str, str]) -> ApiClient:
        if actor == "anonymous":
            return ApiClient(None)
        if actor == "signed_in_partner":
            client = ApiClient(None)
            client.client = join(self.partner, "partner", name="Pia Partner").client
            client.client.raise_request_exception = False
            return client
        houses = {"partner_without_disclosure": self.without, "partner_revoked": self.revoked, "partner_ended": self.ended, "investor": self.investor}
        fields: dict[str, Any] = {
            "key_without_scope": {"scopes": [one for one in scopes.all_scopes() if one != scopes.TABLE[operation]]},
            "key_revoked": {"revoked_at": now()},
            "key_expired": {"expires_at": now()},
        }.get(actor, {})
        return ApiClient(ApiKeyFactory(organisation=houses.get(actor, self.partner), **fields))

    def subject(self, route: str) -> Any:
        return {
            "programme": self.intake.programme_id,
            "intake": self.intake.pk,
            "startup": self.shared.pk,
            "round": self.round.pk,
            "round-watch": self.fresh_round.pk,
            "introduction": self.introduction.pk,
        }.get(route, self.watching.pk)

    def body(self, route: str) -> Any:
        amounts = {"amount_min": "1000000", "amount_max": "2000000"}
        return {"interests": {"round": str(self.fresh_round.pk), **amounts}, "interest-indicate": amounts, "interest-pass": {"reason": "stage"}}.get(route)

    def ask(self, route: str, method: str, client: ApiClient, pk: Any) -> Answer:
        headers = {"X-Request-ID": "the-same-request"}
        if method == "POST":
            headers["Idempotency-Key"] = f"key-{uuid4()}"
        if route.startswith("interest-"):
            tag = client.get(f"interests/{pk}").headers.get("ETag")
            headers |= {"If-Match": tag} if tag else {}
        return client.call(method, PATHS[route].format(pk=pk), self.body(route) if method == "POST" else None, headers=headers)


def counts() -> list[int]:
    return [model._default_manager.count() for model in WATCHED]


def check(world: World, route: str, method: str, actor: str) -> None:
    """Raises AssertionError if the answer is not what the table and the rules say."""
    client = world.client(actor, (route, method))
    before = counts()
    answer = world.ask(route, method, client, world.subject(route))
    expected = TABLE[(route, method, actor)]
    assert answer.status == expected, (route, method, actor, answer.raw)
    text = answer.raw.decode() + str(dict(answer.headers))
    for mark in ("SHARED", "MET", "FOREIGN", "PRIVATE"):
        assert world.may_read(actor, mark) or f"CANARY-{mark}" not in text, (route, method, actor, mark)
    assert "canary-contact" not in text.lower(), (route, method, actor)
    if expected >= 400:
        assert counts() == before, (route, method, actor)
    if expected == 404:
        nothing = world.ask(route, method, client, uuid4())
        assert nothing.raw == answer.raw, (route, method, actor)


@pytest.fixture(autouse=True)
def forget_statements() -> Iterator[None]:
    """Statements are compiled once; a test that changes a policy needs its own."""
    statements._kept.clear()
    yield
    statements._kept.clear()


def test_the_table_lists_every_operation_for_every_caller() -> None:
    assert set(TABLE) == {(route, method, actor) for (route, method), actor in product(OPERATIONS, ACTORS)}


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "method"), OPERATIONS)
def test_every_caller_gets_the_declared_answer_and_learns_nothing_else(route: str, method: str) -> None:
    world = World()
    for actor in ACTORS:
        with transaction.atomic():
            check(world, route, method, actor)
            transaction.set_rollback(True)


def everything(self: Any, actor: Any) -> Any:
    return self.all()


HOLES: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], tuple[str, str], str]] = {
    "startups of all": (lambda patch: patch.setattr(StartupQuerySet, "visible_to", everything), ("startup", "GET"), "partner_without_disclosure"),
    "rounds of all": (lambda patch: patch.setattr(RoundQuerySet, "visible_to", everything), ("rounds", "GET"), "partner"),
    "interests of all": (lambda patch: patch.setattr(InterestQuerySet, "visible_to", everything), ("interests", "GET"), "partner"),
    "introductions of all": (lambda patch: patch.setattr(InterestQuerySet, "visible_to", everything), ("introductions", "GET"), "partner"),
    "steps of all": (lambda patch: patch.setattr(InterestQuerySet, "visible_to", everything), ("interest-withdraw", "POST"), "partner_without_disclosure"),
    "revoked is live": (lambda patch: patch.setattr(DisclosureQuerySet, "live", lambda self: self.all()), ("startups", "GET"), "partner_revoked"),
    "no scope needed": (lambda patch: patch.setattr(endpoints, "TABLE", dict.fromkeys(scopes.TABLE)), ("startups", "GET"), "key_without_scope"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_noticed(hole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, (route, method), actor = HOLES[hole]
    world = World()
    make(monkeypatch)
    with pytest.raises(AssertionError):
        check(world, route, method, actor)


@pytest.mark.django_db
def test_a_route_without_a_scope_keeps_the_park_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.handlers.wsgi import WSGIHandler

    monkeypatch.delitem(scopes.TABLE, ("startups", "GET"))
    with pytest.raises(ImproperlyConfigured, match="startups"):
        WSGIHandler()
