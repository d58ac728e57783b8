"""A hundred and twenty invented startups with their people, profiles and what they disclose."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from incubator.accounts.actors import acting_for
from incubator.accounts.models import Organisation, User
from incubator.home.demo import people
from incubator.home.demo.past import Past
from incubator.home.demo.people import Cast
from incubator.home.demo.texts import CONCEPTS, FAMILY_NAMES, GIVEN_NAMES, NAME_BEGINNINGS, NAME_ENDINGS, TITLES, Concept
from incubator.lib.actor import ActingAs
from incubator.startups.models import Disclosure, Person, Startup
from incubator.startups.states import PROFILE, VISIBILITY, Profile, Visibility

NUMBER = 120
Stage = Startup.Stage
STAGES = ((Stage.IDEA, 2), (Stage.PROTOTYPE, 4), (Stage.PILOT, 6), (Stage.REVENUE, 7), (Stage.SCALING, 9))


@dataclass
class Company:
    """A startup with its founder and what it does."""

    startup: Startup
    founder: User
    concept: Concept
    for_whom: str
    people: list[Person]
    joined_at: datetime

    @property
    def actor(self) -> ActingAs:
        return acting_for(self.founder, self.startup.organisation, frozenset({"founder"}))


def make_companies(past: Past, cast: Cast, rng: random.Random, *, at: datetime) -> list[Company]:
    """The companies, oldest first. The first one is the demo founder's."""
    names = iter(rng.sample([(begin, index) for begin in NAME_BEGINNINGS[1:] for index in range(4)], NUMBER - 4))
    companies: list[Company] = []
    for number in range(NUMBER):
        concept = CONCEPTS[number % len(CONCEPTS)]
        for_whom = concept.segments[(number // len(CONCEPTS)) % len(concept.segments)]
        begin, index = next(names, (f"{NAME_BEGINNINGS[number % 30]} {NAME_BEGINNINGS[(number * 7 + 3) % 30]}", number % 4))
        name = "Lumen Pay" if number == 0 else f"{begin} {NAME_ENDINGS[concept.focus][index]}"
        joined_at = at - timedelta(days=760 - number * 2.2, hours=rng.randint(0, 12))
        companies.append(_company(past, cast, rng, number, name, concept, for_whom, joined_at))
    return companies


def _company(past: Past, cast: Cast, rng: random.Random, number: int, name: str, concept: Concept, for_whom: str, at: datetime) -> Company:
    house = people.organisation(past, "startup", name, at)
    founder = _founder(past, cast, rng, number, house, name, at)
    stage, trl = STAGES[2 if number == 0 else rng.choices(range(5), (3, 6, 6, 4, 2))[0]]
    pitch = concept.pitch.format(for_whom=for_whom)
    startup = Startup(
        organisation=house, name=name, alias=f"Project {name.split()[0][:4]}{number}", is_stealth=number % 17 == 5, pitch=pitch[:140],
        abstract=f"{concept.problem}\n\n{concept.product}\n\nWe began with {for_whom} because they feel the problem every day.",
        website=f"https://{name.lower().replace(' ', '')}.example", address="Unit 3, Tower B, Harbour Science Park", jurisdiction="HK",
        registration_no=f"{70_000_000 + number * 7919}", incorporated_on=(at - timedelta(days=rng.randint(60, 640))).date(),
        focus_areas=[concept.focus], expertise_wanted=[people.EXPERTISE_CODES.get(one, one) for one in concept.areas], stage=stage, trl=trl,
        team_size=rng.randint(2, 5 + 3 * trl), traction=_traction(rng, stage, for_whom),
        funding_raised=Decimal(rng.choice((0, 200_000, 500_000, 1_500_000, 4_000_000)) if trl > 3 else 0),
        intellectual_property="One patent filed, two in preparation; software held by the company." if trl > 5 else "",
        created_at=at, updated_at=at,
    )  # fmt: skip
    past.add(startup)
    company = Company(startup, founder, concept, for_whom, _people(past, rng, startup, founder), at)
    _profile(past, cast, rng, company, number)
    return company


def _founder(past: Past, cast: Cast, rng: random.Random, number: int, house: Organisation, name: str, at: datetime) -> User:
    if number == 0:
        founder = people.user(past, "Fiona Lam", f"founder@{people.DOMAIN}", at, password=cast.password)
        teammate = people.user(past, "Theo Chan", f"teammate@{people.DOMAIN}", at, password=cast.password)
        people.join(past, teammate, house, "member", at=at)
        cast.users["founder"], cast.users["teammate"] = founder, teammate
    else:
        address = f"founder@{name.lower().replace(' ', '')}.example"
        founder = people.user(past, f"{rng.choice(GIVEN_NAMES)} {rng.choice(FAMILY_NAMES)}", address, at)
    people.join(past, founder, house, "founder", at=at)
    return founder


def _people(past: Past, rng: random.Random, startup: Startup, founder: User) -> list[Person]:
    shares = [Decimal(50), Decimal(25), Decimal(10), Decimal(5)]
    team = [
        Person(
            startup=startup, name=founder.name if index == 0 else f"{rng.choice(GIVEN_NAMES)} {rng.choice(FAMILY_NAMES)}", title=TITLES[index],
            is_founder=index < 2, is_full_time=index < 3, is_technical=index in (1, 2), equity_percent=shares[index],
        )
        for index in range(rng.randint(2, 4))
    ]  # fmt: skip
    past.add(*team)
    return team


def _traction(rng: random.Random, stage: str, for_whom: str) -> str:
    months, sites = rng.randint(3, 14), rng.randint(2, 40)
    words = {
        Stage.IDEA: f"Twenty interviews with {for_whom}; four would pay for a test.",
        Stage.PROTOTYPE: f"A prototype runs on two sites; three letters of intent from {for_whom}.",
        Stage.PILOT: f"{sites} pilot sites over {months} months; nine in ten {for_whom} stayed.",
        Stage.REVENUE: f"{sites} paying customers for {months} months, none lost since the spring.",
        Stage.SCALING: f"{sites * 9} customers in three cities, revenue doubled within the year.",
    }
    return words[Stage(stage)]


def _profile(past: Past, cast: Cast, rng: random.Random, company: Company, number: int) -> None:
    """Verified for most, sent or asked back for some; then shown to partners or the public, or to nobody."""
    startup, officer = company.startup, cast.staff["officer"]
    at = company.joined_at
    past.event(startup, "startups.created", by=company.actor, at=at, to_state=Profile.DRAFT)
    fate = "verified" if number == 0 else rng.choices(("verified", "sent", "asked", "draft"), (80, 8, 5, 7))[0]
    if fate == "draft":
        return
    past.step(startup, Profile.SUBMITTED, "startups.profile_sent", by=company.actor, at=at + timedelta(days=2), machine=PROFILE)
    if fate == "asked":
        past.step(
            startup, Profile.CHANGES_REQUESTED, "startups.changes_requested", by=officer, at=at + timedelta(days=4),
            reason="The registration number does not match the register. Please check it.", machine=PROFILE,
        )  # fmt: skip
    if fate != "verified":
        return
    past.step(startup, Profile.VERIFIED, "startups.profile_verified", by=officer, at=at + timedelta(days=5), machine=PROFILE)
    visibility = Visibility.PARTNERS if number == 0 else rng.choices(tuple(Visibility), (35, 40, 25))[0]
    if visibility != Visibility.PRIVATE:
        level = Disclosure.Level.FULL if number == 0 else rng.choice(Disclosure.Level.values)
        audience = Disclosure.Audience.PARTNERS if visibility == Visibility.PARTNERS else Disclosure.Audience.PUBLIC
        disclose(past, company, audience, level, at=at + timedelta(days=9))
        past.step(startup, visibility, "startups.visibility_changed", by=company.actor, at=at + timedelta(days=9), machine=VISIBILITY)


def disclose(
    past: Past, company: Company, audience: str, level: int, *, at: datetime, to: Organisation | None = None, source: str = Disclosure.Source.FOUNDER
) -> Disclosure:
    """A disclosure that stands."""
    row = Disclosure(startup=company.startup, audience=audience, organisation=to, level=level, source=source, created_at=at, updated_at=at)
    past.add(row)
    past.event(row, "startups.disclosed", by=company.actor, at=at, to_state=row.status)
    return row
