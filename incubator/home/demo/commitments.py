"""What the park and its partners promised each other, and how far each is: made by the real operations, in the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from incubator.home.demo.partnership import House
from incubator.home.demo.people import Cast
from incubator.lib.actor import ActingAs
from incubator.partners import operations as partners
from incubator.partners.models import Agreement, Commitment, Workstream

# Workstream, who owes it, kind, what, number, unit, begun how many days ago, due in how many, entries of work done, and how it
# ended.
Terms = tuple[str, str, str, str, int, str, int, int, Sequence[tuple[int, int, str]], str]
MERIDIAN: tuple[Terms, ...] = (
    ("Expertise", "partner", "expertise", "Advisory hours over seven areas, second year", 400, "hours", 335, 30, (
        (300, 44, "Payment systems: settlement clinics for six companies"), (240, 58, "Data security: threat modelling, nine half days"),
        (170, 71, "Cloud: architecture reviews for the autumn cohort"), (95, 63, "Electronic wallets: certification office hours"),
        (40, 52, "Artificial intelligence: model review days"),
    ), ""),
    ("Expertise", "partner", "expertise", "Advisory hours over seven areas, first year", 400, "hours", 700, -336, (
        (640, 160, "First half: 41 sessions with fourteen companies"), (420, 248, "Second half: 66 sessions with nineteen companies"),
    ), "accepted"),
    ("Proving ground", "park", "platform", "Proofs of concept hosted on campus in two years", 24, "proofs_of_concept", 700, 30, (
        (560, 6, "Canteen, gates and car park: first six"), (330, 8, "Wallet top-up kiosks and eight merchants"), (80, 5, "Robot delivery, air quality, fall detection"),
    ), ""),
    ("Case studies", "park", "case_study", "Case studies, second year", 8, "case_studies", 335, 30, (
        (210, 2, "Cashless canteen; fraud scoring for QR payments"), (90, 1, "Wallet top-up for visitors"),
    ), ""),
    ("Investment", "park", "event", "Joint investor days", 4, "events", 335, 30, (
        (280, 1, "Spring day: eleven companies, forty investors"), (180, 1, "Summer day with Tidewater Ventures"), (70, 1, "Autumn day: nine companies"),
    ), "asked"),
    ("Investment", "park", "investment", "Introductions, this quarter", 12, "introductions", 60, 31, (), ""),
    ("Programmes", "park", "programme", "Fintech programmes launched together", 3, "programmes", 700, 395, (
        (520, 1, "Fintech Incubation, first batch"), (250, 1, "Payments & Wallet Lab"),
    ), ""),
    ("Programmes", "park", "platform", "Challenges of the open innovation platform, this year", 6, "challenges", 250, 115, (
        (190, 2, "Cross-border top-up; cashless canteen"), (60, 1, "Fraud scoring for QR payments"),
    ), ""),
    ("Proving ground", "park", "facility", "Hours in the park's laboratories", 1000, "hours", 335, -4, (
        (260, 310, "Payment test bench: wallets of two generations"), (150, 345, "Data-security range: six exercises"), (45, 235, "AI workstation"),
    ), ""),
)  # fmt: skip
NORTHLIGHT: tuple[Terms, ...] = (
    ("Expertise", "partner", "expertise", "Advisory hours on sensors and networks", 160, "hours", 300, 60, ((200, 54, "Radio planning for five companies"), (90, 38, "Field trials")), ""),
    ("Proving ground", "park", "platform", "Air-quality sensors tried on campus", 4, "proofs_of_concept", 300, 90, ((120, 3, "Two roofs and the metro entrance"),), "delivered"),
    ("Proving ground", "park", "facility", "Hours in the radio chamber", 120, "hours", 150, 120, (), "agreed"),
    ("Expertise", "partner", "event", "Training days for founders", 4, "events", 280, 25, ((60, 2, "Networks; machine learning at the edge"),), "disputed"),
    ("Expertise", "partner", "case_study", "Case study of the metro entrance", 1, "case_studies", 200, 40, (), "deferred"),
    ("Proving ground", "park", "programme", "Accelerator for smart lamp posts", 1, "programmes", 260, 60, (), "cancelled"),
)  # fmt: skip


def make_commitments(cast: Cast, houses: list[House], *, at: datetime) -> None:
    """Workstreams and commitments of the first two partners, in every state."""
    for house, table in ((houses[0], MERIDIAN), (houses[1], NORTHLIGHT)):
        agreement = Agreement.objects.get(partner__organisation=house.organisation, status="active")
        strands: dict[str, Workstream] = {}
        for terms in table:
            if terms[0] not in strands:
                begun = at - timedelta(days=terms[6] + 20)
                strands[terms[0]] = partners.add_workstream(agreement, name=terms[0], by=cast.staff["partnership"], at=begun)
            _commitment(strands[terms[0]], terms, cast.staff["partnership"], house.actor, at=at)
    _proposal(houses[0], at=at)


def _commitment(strand: Workstream, terms: Terms, park: ActingAs, partner: ActingAs, *, at: datetime) -> None:
    _strand, side, kind, title, target, unit, begun, due, work, end = terms
    owner, other = (park, partner) if side == "park" else (partner, park)
    agreed = at - timedelta(days=begun)
    row = partners.propose(
        strand, side=side, kind=kind, title=title, target=Decimal(target), unit=unit, starts_on=_day(at, -begun), due_on=_day(at, due), by=other,
        at=agreed - timedelta(days=9),
    )  # fmt: skip
    row = partners.agree(row, by=owner, at=agreed - timedelta(days=2))
    if end == "agreed":
        return
    row = partners.start(row, by=owner, at=agreed + timedelta(days=1))
    for days, amount, words in work:
        partners.contribute(row, amount=Decimal(amount), happened_on=_day(at, -days), words=words, by=owner, at=at - timedelta(days=days - 1))
    _end(row, end, owner, other, at=at - timedelta(days=330 if due < 0 and end else 6))


def _end(row: Commitment, end: str, owner: ActingAs, other: ActingAs, *, at: datetime) -> None:
    """The last steps; nothing for what is still under way."""
    later = at + timedelta(days=2)
    if end in ("accepted", "delivered", "disputed"):
        row = partners.deliver(row, evidence="Every session and every site is in the list that went to both sides with the report.", by=owner, at=at)
    if end == "accepted":
        partners.accept(row, by=other, at=later)
    elif end == "disputed":
        partners.dispute(row, reason="Two of the four days have not been held; the list names only the first two.", by=other, at=later)
    elif end in ("asked", "deferred"):
        partners.ask(row, "defer", reason="It would fall into the holidays of the new year; we would rather hold it in spring.", by=owner, at=at)
    elif end == "cancelled":
        partners.ask(row, "cancel", reason="The city has put the lamp posts off by two years.", by=owner, at=at)
    if end in ("deferred", "cancelled"):
        partners.consent(row, by=other, at=later)


def _proposal(house: House, *, at: datetime) -> None:
    """Something that waits for the park to agree."""
    strand = Workstream.objects.get(agreement__partner__organisation=house.organisation, name="Case studies")
    terms: dict[str, Any] = {"kind": "case_study", "title": "Case studies, third year", "target": Decimal(10), "unit": "case_studies", "side": "park"}
    partners.propose(strand, **terms, starts_on=_day(at, 31), due_on=_day(at, 390), by=house.actor, at=at - timedelta(days=2))


def _day(at: datetime, days: int) -> date:
    return (at + timedelta(days=days)).date()
