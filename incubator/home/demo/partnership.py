"""Three partners with their agreements, investors, rounds and interests: made by the real operations, in the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress

from incubator.accounts.actors import acting_for
from incubator.accounts.models import Membership, Organisation, User
from incubator.home.demo.companies import Company
from incubator.home.demo.people import DOMAIN, UNUSABLE, Cast
from incubator.home.demo.texts import DECLINE_NOTES, INVESTOR_NOTES
from incubator.lib.actor import ActingAs
from incubator.partners import operations as partners
from incubator.partners.models import Agreement, Partner
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure
from incubator.startups.states import Profile
from investments.interests import operations as interests
from investments.interests.models import Interest
from investments.investors import operations as investors
from investments.investors.models import InvestorProfile
from investments.rounds import operations as rounds
from investments.rounds.models import Round

MILLION = Decimal(1_000_000)


@dataclass
class House:
    """A partner or investor with the person who acts for it."""

    organisation: Organisation
    person: User
    role: str

    @property
    def actor(self) -> ActingAs:
        return acting_for(self.person, self.organisation, frozenset({self.role}))


PARTNERS: tuple[dict[str, Any], ...] = (
    {
        "name": "Meridian Technologies", "key": "partner", "person": "Paula Meyer", "host": "meridian.example", "since": 700, "for": 1095,
        "summary": "Runs wallets, payment systems and a public cloud in eleven countries. Opens its sandboxes and two hundred engineers to the park.",
        "areas": ("payment-systems", "electronic-wallets", "data-security", "cloud"),
    },
    {
        "name": "Northlight Systems", "key": "partner2", "person": "Nils Andersen", "host": "northlight.example", "since": 420, "for": 730,
        "summary": "Sensors, networks and artificial intelligence for cities and hospitals.",
        "areas": ("iot", "ai-expertise", "cloud"),
    },
    {
        "name": "Castellan Security", "key": "partner3", "person": "Clara Rossi", "host": "castellan.example", "since": 380, "for": 395,
        "summary": "Security reviews, key management and distributed ledgers for banks.",
        "areas": ("data-security", "blockchain"),
    },
)  # fmt: skip


def person(name: str, key: str, cast: Cast, *, at: datetime, password: str = UNUSABLE) -> User:
    user = User.objects.create(email=f"{key}@{DOMAIN}", name=name, password=password, created_at=at, updated_at=at)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    cast.users[key] = user
    return user


def make_partners(cast: Cast, first: Organisation, *, at: datetime) -> list[House]:
    """Partners from prospect to active agreement. The first one's organisation exists already."""
    partnership, houses = cast.staff["partnership"], []
    for number, words in enumerate(PARTNERS):
        began = at - timedelta(days=words["since"] + (445 if number == 1 else 90))
        if number == 0:
            partner = Partner.objects.create(
                organisation=first, summary=words["summary"], expertise_areas=list(words["areas"]), created_at=began, updated_at=began
            )
        else:
            partner = partners.add(
                name=words["name"], summary=words["summary"], website=f"https://{words['host']}", expertise_areas=words["areas"], by=partnership, at=began
            )
        user = person(words["person"], words["key"], cast, at=began, password=cast.password)
        Membership.objects.create(user=user, organisation=partner.organisation, role="partner", created_at=began)
        house = House(partner.organisation, user, "partner")
        partners.explore(partner, by=partnership, at=began + timedelta(days=10))
        partners.negotiate(Partner.objects.get(pk=partner.pk), by=partnership, at=began + timedelta(days=40))
        signed = at - timedelta(days=words["since"])
        if number == 1:  # its first agreement, for a year, was renewed by the one that counts
            agree(cast, partner, house, signed=signed - timedelta(days=355), ends=signed + timedelta(days=10))
        agree(cast, partner, house, signed=signed, ends=signed + timedelta(days=words["for"]))
        houses.append(house)
    return houses


def agree(cast: Cast, partner: Partner, house: House, *, signed: datetime, ends: datetime) -> Agreement:
    """An agreement from its draft to both signatures."""
    partnership = cast.staff["partnership"]
    agreement = partners.draft_agreement(
        Partner.objects.get(pk=partner.pk), title=f"Memorandum of understanding with {house.organisation.name}", starts_on=signed.date(),
        ends_on=ends.date(), by=partnership, at=signed - timedelta(days=40),
        summary="Expertise for park companies and incubatees, a proving ground for pilots, joint programmes, and investment side by side.",
    )  # fmt: skip
    agreement = partners.open_negotiation(agreement, by=partnership, at=signed - timedelta(days=30))
    agreement = partners.send_for_signature(agreement, by=partnership, at=signed - timedelta(days=6))
    agreement = partners.sign(agreement, name="Patrick Yu", by=partnership, at=signed - timedelta(days=3))
    return partners.sign(agreement, name=house.person.name, by=house.actor, at=signed)


def make_investors(cast: Cast, houses: list[House], *, at: datetime) -> list[House]:
    """Meridian invests too; two funds and one investor who is not verified yet."""
    staff = cast.staff["invest"]
    funds = []
    for key, name, who, verified in (
        ("investor", "Tidewater Ventures", "Ian Costa", True),
        ("investor2", "Peak Family Office", "Ingrid Ho", True),
        ("investor3", "Granary Angels", "Gabriel Ng", False),
    ):
        founded = at - timedelta(days=300)
        house = Organisation.objects.create(kind="investor", name=name, created_at=founded, updated_at=founded)
        user = person(who, key, cast, at=founded, password=cast.password)
        Membership.objects.create(user=user, organisation=house, role="investor", created_at=founded)
        funds.append(House(house, user, "investor"))
        register(funds[-1], "fund", staff if verified else None, at=founded)
    register(houses[0], "corporate", staff, at=at - timedelta(days=280))
    register(houses[1], "corporate", None, at=at - timedelta(days=12))
    return funds


def register(house: House, kind: str, verifier: ActingAs | None, *, at: datetime) -> InvestorProfile:
    profile = investors.register(
        house.organisation, kind=kind, ground="assets", by=house.actor, at=at, statement="Audited accounts of the last year.",
        focus_areas=["fintech", "ai"], ticket_min=MILLION / 2, ticket_max=8 * MILLION,
    )  # fmt: skip
    if verifier is None:
        return profile
    return investors.verify(profile, evidence_note="Audited accounts seen; total assets above HK$40 million.", by=verifier, at=at + timedelta(days=3))


def make_rounds(cast: Cast, companies: list[Company], houses: list[House], funds: list[House], *, at: datetime) -> Round:
    """A dozen rounds, some listed with interests in every state. Gives the demo founder's round."""
    raising = [one for one in companies if one.startup.profile == Profile.VERIFIED and one.startup.visibility != "private"][:14]
    listed: list[tuple[Company, Round]] = []
    for number, company in enumerate(raising):
        began = at - timedelta(days=70 - number * 4)
        safe = number % 2 == 0
        target = Decimal(4 + number) * MILLION
        round = rounds.draft(
            company.startup, title="Pre-seed" if safe else "Seed", instrument="safe" if safe else "equity", target=target,
            minimum_ticket=MILLION / 2, valuation_cap=Decimal(30 + 2 * number) * MILLION, has_lead=number % 3 == 1,
            use_of_funds="Certification, two engineers, and the first ten sites. Eighteen months of runway at the planned pace.",
            closes_on=(at + timedelta(days=60 + number * 5)).date(), audience="investors" if number % 3 else "partners",
            level=Disclosure.Level.FULL if number == 0 else Disclosure.Level.SUMMARY, by=company.actor, at=began,
        )  # fmt: skip
        if number == 11:
            continue
        round = rounds.send_for_review(round, consent=True, by=company.actor, at=began + timedelta(days=2))
        if number in (9, 10):
            continue
        round = rounds.list_round(round, by=cast.staff["invest"], at=began + timedelta(days=6))
        if number < 9:
            listed.append((company, round))
        elif number == 12:
            _closed(company, round, houses[0], at=at)
        else:
            rounds.cancel(round, reason="A customer pays for the next year; no round is needed.", by=company.actor, at=at - timedelta(days=4))
    _interests(listed, houses, funds, at=at)
    paused_by, paused = listed[7]
    rounds.pause(paused, by=paused_by.actor, at=at - timedelta(days=3))
    return listed[0][1]


def _closed(company: Company, round: Round, watcher: House, *, at: datetime) -> None:
    """A round that is full; who only watched it is told that it is over."""
    interests.watch(round, by=watcher.actor, at=at - timedelta(days=7))
    rounds.close(round, by=company.actor, at=at - timedelta(days=6))
    interests.follow_up_due(at - timedelta(days=5))


def _interests(listed: list[tuple[Company, Round]], houses: list[House], funds: list[House], *, at: datetime) -> None:
    for number, (company, round) in enumerate(listed[1:], start=1):
        when = at - timedelta(days=18 - number)
        house = houses[0] if number % 2 else funds[number % 4 // 2]
        if round.audience == Round.Audience.PARTNERS:
            house = houses[0]
        if number == 8:
            interests.watch(round, by=house.actor, at=when)
            continue
        interest = _indicate(round, house, number, at=when)
        if number in (1, 4, 6):
            interests.consent(interest, by=company.actor, at=when + timedelta(days=2), note="Happy to talk. Tuesdays are best.")
        elif number == 3:
            interests.decline(interest, by=company.actor, at=when + timedelta(days=1), note=DECLINE_NOTES[1])
        elif number == 5:
            interests.withdraw(interest, by=house.actor, at=when + timedelta(days=1))
        elif number == 7:
            interests.pass_on(
                interest, reason=Interest.PassReason.STAGE, note="Please come back with the first sites.", by=house.actor, at=when + timedelta(days=2)
            )


def _indicate(round: Round, house: House, number: int, *, at: datetime) -> Interest:
    return interests.indicate(
        round, amount_min=MILLION, amount_max=(1 + number % 3) * MILLION, part="lead" if number % 4 == 0 else "follow",
        note=INVESTOR_NOTES[number % len(INVESTOR_NOTES)], by=house.actor, at=at,
    )  # fmt: skip


def make_reads(companies: list[Company], houses: list[House], *, at: datetime) -> None:
    """Partners have looked around; founders see who and when."""
    shown = [one.startup.pk for one in companies if one.startup.visibility != "private"]
    for number, house in enumerate(houses):
        for days in range(1, 15, 2 + number):
            startups.record_read("listed", shown[:25], by=house.actor, at=at - timedelta(days=days, hours=number))
            startups.record_read("opened", [shown[(days * 3) % len(shown)], shown[0]], by=house.actor, at=at - timedelta(days=days, hours=number, minutes=-7))
    startups.record_read("exported", shown[:25], by=houses[0].actor, at=at - timedelta(days=2))
