"""Partners and investors on their way in and on their way out: made by the real operations, in the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from incubator.accounts.models import Membership, Organisation
from incubator.home.demo.partnership import House, agree, person, register
from incubator.home.demo.people import Cast
from incubator.partners import operations as partners
from incubator.partners.models import Agreement, Partner
from investments.investors import operations as investors

MEMORANDUM = "Memorandum of understanding with {name}"


def make_pipeline(cast: Cast, castellan: House, *, at: datetime) -> None:
    """One partner in each state that the three do not show, and an agreement in each."""
    _leads(cast, at=at)
    _former(cast, at=at)
    _successor(cast, castellan, at=at)


def _leads(cast: Cast, *, at: datetime) -> None:
    """A prospect, one being explored with a first draft, one in negotiation."""
    partnership = cast.staff["partnership"]
    partners.add(name="Kestrel Logistics", summary="Warehouses and last-mile delivery in four cities.", by=partnership, at=at - timedelta(days=6))
    aurora = partners.add(
        name="Aurora Mobility", by=partnership, at=at - timedelta(days=25), summary="Fleet operator; wants to test delivery robots in the park."
    )
    partners.explore(aurora, by=partnership, at=at - timedelta(days=9))
    _draft(cast, aurora, at=at - timedelta(days=4))
    lotus = partners.add(
        name="Lotus Mutual", by=partnership, at=at - timedelta(days=70), expertise_areas=("data-security", "ai-expertise"),
        summary="Insurer of small firms; wants to price cyber risk with the park's companies.",
    )  # fmt: skip
    partners.explore(lotus, by=partnership, at=at - timedelta(days=60))
    partners.negotiate(Partner.objects.get(pk=lotus.pk), by=partnership, at=at - timedelta(days=30))
    partners.open_negotiation(_draft(cast, lotus, at=at - timedelta(days=21)), by=partnership, at=at - timedelta(days=14))


def _draft(cast: Cast, partner: Partner, *, at: datetime) -> Agreement:
    return partners.draft_agreement(
        Partner.objects.get(pk=partner.pk), title=MEMORANDUM.format(name=partner.organisation.name), starts_on=(at + timedelta(days=60)).date(),
        ends_on=(at + timedelta(days=790)).date(), summary="Test sites, data for research, and a joint call each year.",
        by=cast.staff["partnership"], at=at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Former:
    """A partner whose agreement is over: how long ago it was signed, for how many days, and when it was broken off."""

    name: str
    summary: str
    person: str
    key: str
    since: int
    days: int
    broken_off: int | None = None


FORMER = (
    Former("Harbour Rail Labs", "Predictive maintenance for trains and lifts.", "Rosa Lindqvist", "partner4", 620, 365),
    Former("Velora Bank", "A bank for small firms; opened its test systems for one year.", "Victor Moreau", "partner5", 320, 730, 80),
)


def _former(cast: Cast, *, at: datetime) -> None:
    """One agreement ran out and the partner rests; one was broken off, and the partnership with it."""
    partnership = cast.staff["partnership"]
    for one in FORMER:
        began = at - timedelta(days=one.since + 90)
        partner = partners.add(name=one.name, summary=one.summary, by=partnership, at=began)
        user = person(one.person, one.key, cast, at=began)
        Membership.objects.create(user=user, organisation=partner.organisation, role="partner", created_at=began)
        signed, house = at - timedelta(days=one.since), House(partner.organisation, user, "partner")
        agreement = agree(cast, partner, house, signed=signed, ends=signed + timedelta(days=one.days))
        if one.broken_off is None:
            partners.expire_due(signed + timedelta(days=one.days + 1))
            continue
        ended = at - timedelta(days=one.broken_off)
        reason = "The bank has sold its business with small firms."
        partners.terminate(agreement, on=(ended + timedelta(days=30)).date(), reason=reason, by=cast.staff["manager"], at=ended)
        partners.end(Partner.objects.get(pk=partner.pk), reason=reason, by=partnership, at=ended + timedelta(days=31))


def _successor(cast: Cast, house: House, *, at: datetime) -> None:
    """The third partner's agreement ends in two weeks; its successor waits for the partner's signature."""
    partnership, partner = cast.staff["partnership"], Partner.objects.get(organisation=house.organisation)
    starts = at + timedelta(days=16)
    agreement = partners.draft_agreement(
        partner, title=f"Second memorandum of understanding with {house.organisation.name}", starts_on=starts.date(),
        ends_on=(starts + timedelta(days=730)).date(), summary="As before, with security reviews for every company that goes to a pilot.",
        by=partnership, at=at - timedelta(days=30),
    )  # fmt: skip
    agreement = partners.open_negotiation(agreement, by=partnership, at=at - timedelta(days=24))
    agreement = partners.send_for_signature(agreement, by=partnership, at=at - timedelta(days=5))
    partners.sign(agreement, name="Patrick Yu", by=partnership, at=at - timedelta(days=4))


def make_former_investors(cast: Cast, *, at: datetime) -> None:
    """One whose verification ran out, one who was suspended."""
    staff = cast.staff["invest"]
    for key, name, who in (("investor4", "Quayside Capital", "Quentin Ash"), ("investor5", "Lantern Syndicate", "Lena Fong")):
        founded = at - timedelta(days=400)
        organisation = Organisation.objects.create(kind="investor", name=name, created_at=founded, updated_at=founded)
        user = person(who, key, cast, at=founded)
        Membership.objects.create(user=user, organisation=organisation, role="investor", created_at=founded)
        profile = register(House(organisation, user, "investor"), "fund", staff, at=founded)
        if key == "investor5":
            investors.suspend(profile, reason="The evidence was of another company of the same name.", by=staff, at=at - timedelta(days=90))
    investors.expire_due(at - timedelta(days=20))
