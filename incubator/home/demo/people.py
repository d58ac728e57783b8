"""The people who sign in to the demo, the park's staff and reviewers, and the two taxonomies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from incubator.accounts.actors import acting_for
from incubator.accounts.models import Membership, Organisation, User
from incubator.home.demo.past import Past
from incubator.lib.actor import ActingAs
from incubator.startups.models import Area

PASSWORD = "harbour light 2026"  # noqa: S105 - the demo's, printed on its own sign-in table
DOMAIN = "demo.example"
UNUSABLE = make_password(None)

FOCUS = (("fintech", "Fintech"), ("ai", "AI"), ("robotics", "Robotics"), ("healthtech", "Healthtech"), ("smart-city", "Smart city"))
EXPERTISE = (
    ("payment-systems", "Payment systems"),
    ("electronic-wallets", "Electronic wallets"),
    ("data-security", "Data security"),
    ("iot", "Internet of Things"),
    ("blockchain", "Blockchain"),
    ("ai-expertise", "Artificial intelligence"),
    ("cloud", "Cloud computing"),
)
EXPERTISE_CODES = {"ai": "ai-expertise"}

STAFF = (
    ("officer", "Olivia Tse", ("officer",)),
    ("officer2", "Gary Mok", ("officer",)),
    ("manager", "Marcus Lau", ("manager",)),
    ("chair", "Helena Kwan", ("chair",)),
    ("partnership", "Patrick Yu", ("partnership",)),
    ("invest", "Irene Hui", ("invest",)),
    ("finance", "Frances Chow", ("finance",)),
    ("readonly", "Raymond So", ("readonly",)),
    ("admin", "Adrian Szeto", ("admin",)),
)
REVIEWERS = (
    "Rebecca Tam", "Simon Au", "Dr Vivian Poon", "Nathan Brooks", "Dr Arjun Mehta", "Carmen Luk", "Peter Hansen", "Joyce Fung", "Dr Lucas Meier",
    "Stella Ip", "Victor Ramos", "Cynthia Yuen",
)  # fmt: skip


@dataclass
class Cast:
    """Who acts in the demo's history."""

    park: Organisation
    staff: dict[str, ActingAs]
    reviewers: list[User]
    users: dict[str, User]
    password: str

    def reviewer(self, index: int) -> ActingAs:
        return acting_for(self.reviewers[index], self.park, frozenset({"reviewer"}))


def organisation(past: Past, kind: str, name: str, at: datetime) -> Organisation:
    """A new organisation with the event of its founding."""
    row = Organisation(kind=kind, name=name, created_at=at, updated_at=at)
    past.add(row)
    return row


def user(past: Past, name: str, email: str, at: datetime, *, password: str = UNUSABLE) -> User:
    """A person with a verified address. Without `password` nobody can sign in as them."""
    row = User(email=email, name=name, password=password, created_at=at, updated_at=at)
    past.add(row)
    past.add(EmailAddress(user=row, email=email, verified=True, primary=True))
    return row


def join(past: Past, row: User, house: Organisation, *roles: str, at: datetime) -> None:
    past.add(*(Membership(user=row, organisation=house, role=role, created_at=at) for role in roles))


def make_cast(past: Past, *, at: datetime) -> Cast:
    """The park with its staff and twelve reviewers, three years ago."""
    founded = at - timedelta(days=1100)
    park = organisation(past, "park", "Harbour Science Park", founded)
    password = make_password(PASSWORD)
    staff: dict[str, ActingAs] = {}
    users: dict[str, User] = {}
    for key, name, roles in STAFF:
        users[key] = user(past, name, f"{key}@{DOMAIN}", founded, password=password)
        join(past, users[key], park, *roles, at=founded)
        staff[key] = acting_for(users[key], park, frozenset(roles))
    reviewers = []
    for number, name in enumerate(REVIEWERS):
        address = "reviewer" if number == 0 else f"reviewer{number + 1}"
        one = user(past, name, f"{address}@{DOMAIN}", founded, password=password if number < 2 else UNUSABLE)
        join(past, one, park, "reviewer", at=founded)
        reviewers.append(one)
    users["reviewer"] = reviewers[0]
    return Cast(park, staff, reviewers, users, password)


def make_areas(past: Past) -> None:
    for kind, areas in ((Area.Kind.FOCUS, FOCUS), (Area.Kind.EXPERTISE, EXPERTISE)):
        past.add(*(Area(kind=kind, slug=slug, name=name, position=position) for position, (slug, name) in enumerate(areas)))
