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
from django.db import transaction

from incubator.api import authentication, endpoints, scopes
from incubator.api.problems import Problem
from incubator.api.querysets import OperationQuerySet
from incubator.lib import statements
from incubator.lib.clock import now
from incubator.notifications.querysets import DeliveryQuerySet, WebhookEndpointQuerySet
from incubator.partners import querysets
from incubator.partners.querysets import AgreementQuerySet, CommitmentQuerySet
from incubator.startups.querysets import DisclosureQuerySet, DocumentQuerySet, StartupQuerySet
from investments.interests.querysets import InterestQuerySet
from investments.rounds.querysets import RoundQuerySet
from programmes.expertise.querysets import OfferingQuerySet, SessionQuerySet, SupportRequestQuerySet
from tests.factories.accounts import OrganisationFactory
from tests.incubator.api.world import OPERATIONS, World
from tests.tables import counts

LINES = (Path(__file__).parent / "authorisation_api.csv").read_text().splitlines()
TABLE = {(row["route"], row["method"], row["actor"]): int(row["status"]) for row in csv.DictReader(LINES)}
ACTORS = sorted({actor for _, _, actor in TABLE})


def check(world: World, route: str, method: str, actor: str) -> None:
    """Raises AssertionError if the answer is not what the table and the rules say."""
    client = world.client(actor, (route, method))
    path = world.path(route, client)  # which may need rows of its own
    before = counts()
    answer = world.ask(route, method, client, path=path)
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


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path


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


def talkative(self: Any, request: Any, pk: Any) -> Any:
    """Tells those who may not see a thing from those for whom there is none."""
    if not self.rows(request.actor).model._default_manager.filter(pk=pk).exists():
        raise Problem("not_found", "This has never existed.")
    return ITEM_GET(self, request, pk)


def hasty(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
    """Leaves a trace before it asks who is there."""
    OrganisationFactory()
    return DISPATCH(self, request, *args, **kwargs)


ITEM_GET, DISPATCH = endpoints.Item.get, endpoints.Endpoint.dispatch
PAST = lambda: now() - timedelta(days=400)  # noqa: E731
Patch = Callable[[pytest.MonkeyPatch], None]
HOLES: dict[str, tuple[Patch, tuple[str, str], str]] = {
    "startups of all": (lambda patch: patch.setattr(StartupQuerySet, "visible_to", everything), ("startup", "GET"), "partner_without_disclosure"),
    "rounds of all": (lambda patch: patch.setattr(RoundQuerySet, "visible_to", everything), ("rounds", "GET"), "partner"),
    "interests of all": (lambda patch: patch.setattr(InterestQuerySet, "visible_to", everything), ("interests", "GET"), "partner"),
    "introductions of all": (lambda patch: patch.setattr(InterestQuerySet, "visible_to", everything), ("introductions", "GET"), "partner"),
    "steps of all": (lambda patch: patch.setattr(InterestQuerySet, "visible_to", everything), ("interest-withdraw", "POST"), "partner_without_disclosure"),
    "endpoints of all": (lambda patch: patch.setattr(WebhookEndpointQuerySet, "visible_to", everything), ("webhook-endpoints", "GET"), "partner"),
    "deliveries of all": (lambda patch: patch.setattr(DeliveryQuerySet, "visible_to", everything), ("deliveries", "GET"), "partner"),
    "a delivery of all": (lambda patch: patch.setattr(DeliveryQuerySet, "visible_to", everything), ("delivery", "GET"), "partner_without_disclosure"),
    "steps of all endpoints": (
        lambda patch: patch.setattr(WebhookEndpointQuerySet, "visible_to", everything),
        ("webhook-endpoint-pause", "POST"),
        "partner_without_disclosure",
    ),
    "agreements of all": (lambda patch: patch.setattr(AgreementQuerySet, "visible_to", everything), ("agreements", "GET"), "partner"),
    "commitments of all": (lambda patch: patch.setattr(CommitmentQuerySet, "visible_to", everything), ("commitments", "GET"), "partner"),
    "promises under drafts": (lambda patch: patch.setattr(querysets, "HIDDEN_AGREEMENTS", ()), ("commitments", "GET"), "partner"),
    "steps of all commitments": (lambda patch: patch.setattr(CommitmentQuerySet, "visible_to", everything), ("commitment-accept", "POST"), "investor"),
    "operations of all": (lambda patch: patch.setattr(OperationQuerySet, "visible_to", everything), ("operation", "GET"), "investor"),
    "exports of all": (lambda patch: patch.setattr(OperationQuerySet, "visible_to", everything), ("operation-download", "POST"), "partner_revoked"),
    "cancels of all": (lambda patch: patch.setattr(OperationQuerySet, "visible_to", everything), ("operation-cancel", "POST"), "partner_without_disclosure"),
    "offerings of all": (lambda patch: patch.setattr(OfferingQuerySet, "visible_to", everything), ("offerings", "GET"), "partner"),
    "requests of all": (lambda patch: patch.setattr(SupportRequestQuerySet, "visible_to", everything), ("support-requests", "GET"), "partner"),
    "sessions of all": (lambda patch: patch.setattr(SessionQuerySet, "visible_to", everything), ("sessions", "GET"), "partner"),
    "steps of all requests": (lambda patch: patch.setattr(SupportRequestQuerySet, "visible_to", everything), ("support-request-decline", "POST"), "investor"),
    "names of all who ask": (lambda patch: patch.setattr(StartupQuerySet, "disclosed_to", everything), ("support-requests", "GET"), "partner"),
    "revoked is live": (lambda patch: patch.setattr(DisclosureQuerySet, "live", lambda self: self.all()), ("startups", "GET"), "partner_revoked"),
    "documents of all": (lambda patch: patch.setattr(DocumentQuerySet, "disclosed_to", everything), ("download", "GET"), "partner_revoked"),
    "no scope needed": (lambda patch: patch.setattr(endpoints, "TABLE", dict.fromkeys(scopes.TABLE)), ("startups", "GET"), "key_without_scope"),
    "expired is live": (lambda patch: patch.setattr(authentication, "now", PAST), ("me", "GET"), "key_expired"),
    "ended is active": (lambda patch: patch.setattr(authentication, "now", PAST), ("me", "GET"), "partner_ended"),
    "404 that tells": (lambda patch: patch.setattr(endpoints.Item, "get", talkative), ("interest", "GET"), "partner_without_disclosure"),
    "refusal that writes": (lambda patch: patch.setattr(endpoints.Endpoint, "dispatch", hasty), ("rounds", "GET"), "anonymous"),
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
