"""What partners offer and what startups asked of them in two years: made by the real operations, in the past."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from incubator.accounts.models import Organisation
from incubator.home.demo.companies import Company
from incubator.home.demo.expertise_texts import NEEDS, OFFERINGS, RATINGS, RESULTS, Offered
from incubator.home.demo.partnership import House
from incubator.home.demo.people import Cast
from incubator.lib.actor import ActingAs
from incubator.startups.models import Startup
from programmes.expertise import operations as expertise
from programmes.expertise.models import Offering, Session, SupportRequest

ENGINEERS = ("Mira Okafor", "Jonas Weber", "Priya Nair", "Tomás Silva", "Grace Wong")
PLACES = ("Meeting room 4, Tower B", "https://meet.example/park-clinic", "Data-security range", "Demo theatre")
# How many of the requests that are over ended how; the others were closed with a rating.
CLOSED = 42


def make_expertise(cast: Cast, companies: Sequence[Company], houses: Sequence[House], rng: random.Random, *, at: datetime) -> None:
    """Fourteen offerings of three partners in every state, and sixty requests from two years ago until yesterday."""
    offerings = [_offering(houses[one.house], one, cast.staff["partnership"], at=at) for one in OFFERINGS]
    up = [(row, one) for row, one in zip(offerings, OFFERINGS, strict=True) if one.state == "published"]
    admitted = set(Startup.objects.filter(park_stage="incubatee").values_list("pk", flat=True))
    told = Told(cast.staff["officer"], [one for one in companies if one.startup.pk in admitted], houses, up, rng, at)
    for number in range(CLOSED):
        told.closed(number)
    told.ends()
    told.open_ones()
    expertise.follow_up_due(at - timedelta(hours=12))


def _offering(house: House, one: Offered, partnership: ActingAs, *, at: datetime) -> Offering:
    begun = at - timedelta(days=one.since)
    row = expertise.draft_offering(
        Organisation.objects.get(pk=house.organisation.pk), title=one.title, area=one.area, kind=one.kind, serves=one.serves, capacity=one.capacity,
        lead_days=one.lead_days, focus_areas=list(one.focus), description=one.description, by=house.actor, at=begun,
    )  # fmt: skip
    if one.state == "draft":
        return row
    row = expertise.submit(row, by=house.actor, at=begun + timedelta(days=1))
    if one.state == "pending_approval":
        return row
    row = expertise.publish(row, by=partnership, at=begun + timedelta(days=3))
    if one.state == "paused":
        return expertise.pause(row, by=house.actor, at=at - timedelta(days=20))
    if one.state == "retired":
        return expertise.retire(row, by=house.actor, at=at - timedelta(days=60))
    return row


class Told:
    """The story of the requests, told in order of time: whatever is due at some hour is done at that hour."""

    def __init__(
        self, officer: ActingAs, companies: list[Company], houses: Sequence[House], up: list[tuple[Offering, Offered]], rng: random.Random, at: datetime
    ) -> None:
        self.officer, self.houses, self.up, self.rng, self.at = officer, houses, up, rng, at
        self.companies = companies
        self.busy: set[UUID] = set()
        self.in_sessions = [(row, one) for row, one in up if not row.is_coded]
        self.coded = next((row, one) for row, one in up if row.is_coded)

    def fitting(self, row: Offering) -> list[Company]:
        """Companies that may ask for it, without the demo founder's."""
        focus = set(row.focus_areas)
        return [one for one in self.companies[1:] if not focus or focus & set(one.startup.focus_areas)]

    def another(self, row: Offering) -> Company:
        """One that has asked for nothing that is still open."""
        found = next(one for one in self.fitting(row) if one.startup.pk not in self.busy)
        self.busy.add(found.startup.pk)
        return found

    def asked(self, company: Company, row: Offering, *, days: float, amount: int = 3) -> SupportRequest:
        """Drafted so many days ago."""
        need, outcome, _brief = NEEDS[row.area]
        startup = Startup.objects.select_related("organisation").get(pk=company.startup.pk)
        return expertise.draft_request(
            Offering.objects.select_related("organisation").get(pk=row.pk), startup, need=need, outcome=outcome, amount=amount,
            level=2, by=company.actor, at=self.at - timedelta(days=days),
        )  # fmt: skip

    def sent(self, company: Company, row: Offering, *, days: float, amount: int = 3) -> SupportRequest:
        asked = self.asked(company, row, days=days + 0.2, amount=amount)
        return expertise.send(asked, consent=True, by=company.actor, at=self.at - timedelta(days=days))

    def triaged(self, company: Company, row: Offering, *, days: float, amount: int = 3) -> SupportRequest:
        asked = self.sent(company, row, days=days + 1, amount=amount)
        brief, when = NEEDS[row.area][2], self.at - timedelta(days=days)
        return expertise.triage(asked, brief=brief, confidentiality="confidential" if amount % 2 else "open", by=self.officer, at=when)

    def offered(self, company: Company, row: Offering, *, days: float, amount: int = 3) -> SupportRequest:
        asked = self.triaged(company, row, days=days + 0.1, amount=amount)
        return expertise.offer(asked, by=self.officer, at=self.at - timedelta(days=days))

    def accepted(self, company: Company, row: Offering, house: House, *, days: float, amount: int = 3) -> SupportRequest:
        asked = self.offered(company, row, days=days + 2, amount=amount)
        return expertise.accept(asked, by=house.actor, at=self.at - timedelta(days=days))

    def session(self, asked: SupportRequest, house: House, *, days: float, ahead: float = 3) -> Session:
        """Planned `ahead` days before it took place, `days` days ago (negative: it is yet to come)."""
        starts = (self.at - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        return expertise.schedule(
            SupportRequest.objects.get(pk=asked.pk), starts_at=starts, minutes=self.rng.choice((60, 90, 120)), place=self.rng.choice(PLACES),
            people=self.rng.choice(ENGINEERS), by=house.actor, at=starts - timedelta(days=ahead),
        )  # fmt: skip

    def held(self, asked: SupportRequest, house: House, *, days: float) -> None:
        session = self.session(asked, house, days=days)
        hours = Decimal(session.minutes) / 60
        expertise.log(session, hours=round(hours, 2), note="", by=house.actor, at=session.starts_at + timedelta(hours=3))

    def delivered(self, company: Company, row: Offering, house: House, number: int, *, days: float) -> SupportRequest:
        asked = self.accepted(company, row, house, days=days + 12, amount=2 + number % 3)
        if number % 9 == 4:
            missed = self.session(asked, house, days=days + 8)
            expertise.no_show(missed, note="", by=house.actor, at=missed.starts_at + timedelta(hours=1))
        if number % 9 == 7:
            off = self.session(asked, house, days=days + 7)
            expertise.cancel_session(off, note="Our engineer is ill; we propose next week.", by=house.actor, at=off.starts_at - timedelta(hours=20))
        for place in range(1 + number % 2):
            self.held(asked, house, days=days + 5 - 3 * place)
        result = RESULTS[number % len(RESULTS)]
        return expertise.deliver(SupportRequest.objects.get(pk=asked.pk), result=result, by=house.actor, at=self.at - timedelta(days=days))

    def closed(self, number: int) -> None:
        """One of those that went well, the oldest first; every eighth was closed by the clock."""
        row, one = self.in_sessions[number % len(self.in_sessions)]
        days = 30 + (min(one.since, 640) - 60) * (CLOSED - number) / CLOSED
        fitting = self.fitting(row)
        company = fitting[(number * 5) % len(fitting)] if number % 14 else self.companies[0]
        asked = self.delivered(company, row, self.houses[one.house], number, days=days)
        if number % 8 == 3:
            expertise.follow_up_due(self.at - timedelta(days=days - 15))
            return
        rating, words = RATINGS[number % len(RATINGS)]
        expertise.close(asked, rating=rating, words=words, by=company.actor, at=self.at - timedelta(days=days - 2))

    def ends(self) -> None:
        """Those that ended otherwise."""
        (row, _one), (second, other) = self.in_sessions[0], self.in_sessions[1]
        expired = self.offered(self.another(row), row, days=70)
        for days in (60, 50):
            expertise.follow_up_due(self.at - timedelta(days=days))
        assert SupportRequest.objects.get(pk=expired.pk).status == "expired"
        for ago in (48, 33):
            asked = self.triaged(self.another(second), second, days=ago)
            expertise.decline(
                asked, reason="Nobody at the partner works on this.", alternative="The office hours of the data-security range, Wednesdays at ten.",
                by=self.officer, at=self.at - timedelta(days=ago - 1),
            )  # fmt: skip
        for ago in (44, 29):
            asked = self.offered(self.another(second), second, days=ago)
            when = self.at - timedelta(days=ago - 3)
            expertise.turn_down(asked, reason="Our two engineers are with another company until spring.", by=self.houses[other.house].actor, at=when)
        company = self.another(row)
        expertise.withdraw(self.offered(company, row, days=26), by=company.actor, at=self.at - timedelta(days=25))

    def open_ones(self) -> None:
        """What is under way today; some of it is the demo founder's."""
        mine = self.companies[0]
        (row, one), (second, other), (third, another) = self.in_sessions[:3]
        house = self.houses[one.house]
        self.delivered(mine, row, house, 1, days=3)
        scheduled = self.accepted(mine, second, self.houses[other.house], days=4, amount=2)
        self.session(scheduled, self.houses[other.house], days=-2, ahead=5)
        self.asked(mine, third, days=1)
        self.asked(self.another(row), row, days=2)
        self.sent(self.another(second), second, days=6)
        self.sent(self.another(row), row, days=0.5)
        self.triaged(self.another(third), third, days=1)
        self.offered(self.another(row), row, days=9)
        self.offered(self.another(row), row, days=1)
        self.accepted(self.another(third), third, self.houses[another.house], days=2)
        working = self.accepted(self.another(row), row, house, days=12, amount=3)
        self.held(working, house, days=3)
        self.session(working, house, days=-4, ahead=6)
        credits, given = self.coded
        for company in (mine, self.another(credits)):
            asked = self.accepted(company, credits, self.houses[given.house], days=5, amount=1)
            expertise.issue(
                asked, code=f"CLOUD-{self.rng.randrange(16**8):08X}", note="Enter it under Billing, Promotions, within ninety days.",
                by=self.houses[given.house].actor, at=self.at - timedelta(days=4),
            )  # fmt: skip
