"""Loading the demo park: everything in one transaction, all or nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from incubator.accounts import operations as accounts
from incubator.home.demo import detours, lately, partnership, people, pipeline, writing
from incubator.home.demo.admissions import Admissions
from incubator.home.demo.calls import make_calls
from incubator.home.demo.commitments import make_commitments
from incubator.home.demo.companies import make_companies
from incubator.home.demo.expertise import make_expertise
from incubator.home.demo.past import Past
from incubator.lib.refusals import Refusal
from incubator.notifications import operations as notifications
from incubator.outbox.models import Event, Pending

SEED = 20_260_401
SCOPES = (
    "programmes:read",
    "intakes:read",
    "startups:read",
    "rounds:read",
    "rounds:write",
    "interests:read",
    "interests:write",
    "introductions:read",
    "agreements:read",
    "commitments:read",
    "commitments:write",
    "offerings:read",
    "offerings:write",
    "support-requests:read",
    "support-requests:write",
    "events:read",
)


def secrets_file() -> Path:
    """Where the demo keeps what the park shows only once: the partner's API key and webhook secret."""
    return Path(settings.DATA_DIR) / "demo.json"


def is_loaded() -> bool:
    return Event.objects.exists()


@transaction.atomic
def load(*, at: datetime, seed: int = SEED) -> None:
    """Make the demo park as of `at`. Raises Refusal if the database holds anything already."""
    if is_loaded():
        raise Refusal("The database is not empty; the demo park is loaded into a new one only.")
    rng = random.Random(seed)  # noqa: S311 - a story, not a secret
    past = Past()
    people.make_areas(past)
    cast = people.make_cast(past, at=at)
    meridian = people.organisation(past, "partner", partnership.PARTNERS[0]["name"], at - timedelta(days=800))
    companies = make_companies(past, cast, rng, at=at)
    calls = make_calls(past, cast, meridian, at=at)
    Admissions(past, cast, rng, at=at).write(calls, companies)
    past.write()
    with already_dispatched():
        houses = partnership.make_partners(cast, meridian, at=at)
        pipeline.make_pipeline(cast, houses[2], at=at)
        make_commitments(cast, houses, at=at)
        make_expertise(cast, companies, houses, random.Random(seed + 1), at=at)  # noqa: S311 - its own dice, so that the rest stays as it was
        funds = partnership.make_investors(cast, houses, at=at)
        pipeline.make_former_investors(cast, at=at)
        round = partnership.make_rounds(cast, companies, houses, funds, at=at)
        partnership.make_reads(companies, houses, at=at)
        _credentials(houses[0], at=at)
    writing.write(cast, at=at)
    detours.wander(cast, companies, at=at)
    lately.happen(cast, calls, companies, houses, round, rng, at=at)
    writing.announce(cast, at=at)


@contextmanager
def already_dispatched() -> Iterator[None]:
    """What is recorded inside counts as told long ago: it gets its place in the feed, and nobody is mailed about it."""
    yield
    last = Event.objects.aggregate(last=Max("position"))["last"] or 0
    for position, pk in enumerate(Event.objects.filter(position__isnull=True).order_by("at", "pk").values_list("pk", flat=True), start=last + 1):
        Event.objects.filter(pk=pk).update(position=position)
    Pending.objects.all().delete()


def _credentials(house: partnership.House, *, at: datetime) -> None:
    """The partner's API key, an OAuth application, and its endpoint, which is a page of this demo that checks signatures."""
    _key, text = accounts.issue_key(house.organisation, name="Demo integration", scopes=SCOPES, expires_at=at + timedelta(days=180), by=house.actor, at=at)
    until = at + timedelta(days=120)
    accounts.issue_application(house.organisation, name="Portfolio dashboard", scopes=SCOPES, expires_at=until, by=house.actor, at=at)
    _endpoint, secret = notifications.create_endpoint(
        house.organisation,
        name="Demo receiver",
        url=f"{settings.BASE_URL}/demo/webhooks/",
        event_types=[],
        approved_hosts=[urlsplit(settings.BASE_URL).hostname or ""],
        by=house.actor,
        at=at,
    )
    path = secrets_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"api_key": text, "webhook_secret": secret}))
