"""The catalogue of what people are told, made from the registry: who gets it, why, how, and whether it may be switched off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from incubator.outbox import registry
from incubator.outbox.registry import DEADLINE, DECISION, EMAIL, IN_APP, SECURITY, WEBHOOK, Kind, Notice
from incubator.web.parts import Words

WHO: dict[str, Words] = {
    "founder": _("The startup's people"),
    "partner": _("People of partners and investors"),
    "reviewer": _("Reviewers"),
    "staff": _("The park's staff"),
    "person": _("The person themselves"),
    "invitee": _("Whoever was invited"),
}
WHY: dict[str, Words] = {
    "founder": _("You belong to the startup that it is about."),
    "partner": _("It is about your organisation, or about something it may see."),
    "reviewer": _("It is about a review that you were asked for."),
    "staff": _("Your role at the park works on it."),
    "person": _("It is about your own account."),
    "invitee": _("Somebody invited this address."),
}
ALWAYS: dict[str, Words] = {
    DECISION: _("Always told: it is a decision."),
    DEADLINE: _("Always told: there is a deadline."),
    SECURITY: _("Always told: it keeps the account safe."),
}
SUBJECTS: dict[str, Words] = {
    "applications": _("Applications"),
    "reviews": _("Reviews"),
    "cohorts": _("Decisions, offers and cohorts"),
    "catalogue": _("Programmes and calls"),
    "startups": _("Startups"),
    "partners": _("Agreements and commitments"),
    "expertise": _("Expertise of partners"),
    "investors": _("Investors"),
    "rounds": _("Rounds"),
    "interests": _("Interests and introductions"),
    "notifications": _("Delivery"),
    "texts": _("Texts of messages"),
    "announcements": _("Announcements"),
    "accounts": _("Account"),
}
CHANNELS: dict[str, Words] = {IN_APP: _("Inbox"), EMAIL: _("E-mail"), WEBHOOK: _("Webhook")}
DIGEST = "notifications.digest_made"  # chosen by the kinds that are in it, not by itself
# Each portal's people are the audience of that name.
AUDIENCE_OF_PORTAL = {"my": "founder", "partner": "partner", "review": "reviewer", "staff": "staff"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind as one audience is told it."""

    kind: Kind
    audience: str
    notice: Notice

    @property
    def label(self) -> str:
        return capfirst(str(self.kind.sentence))

    @property
    def who(self) -> Words:
        return WHO[self.audience]

    @property
    def why(self) -> Words:
        return WHY[self.audience]

    @property
    def channels(self) -> tuple[str, ...]:
        """How it is told unless somebody chose otherwise; the webhook to the organisation's systems."""
        return (*(one for one in (IN_APP, EMAIL) if one in self.notice.channels), *((WEBHOOK,) if self.notice.resource else ()))

    @property
    def ways(self) -> list[Words]:
        return [CHANNELS[one] for one in self.channels]

    @property
    def always(self) -> Words:
        """Why it may not be switched off; empty if it may."""
        return ALWAYS[self.notice.always] if self.notice.always else ""


def entries() -> Iterator[Entry]:
    """All kinds that somebody is told, once for each audience, by subject."""
    told = (Entry(kind, audience, notice) for kind in registry.kinds() for audience, notice in kind.audiences.items())
    order = list(SUBJECTS)
    yield from sorted((one for one in told if one.channels and one.kind.app in SUBJECTS), key=lambda one: order.index(one.kind.app))


def reaching(portals: Iterable[str]) -> list[Entry]:
    """What may reach a person with these portals, each kind once; in the account whatever the portals."""
    audiences = {AUDIENCE_OF_PORTAL[portal] for portal in portals} | {"person"}
    found: dict[str, Entry] = {}
    for one in entries():
        if one.audience in audiences and {IN_APP, EMAIL} & set(one.channels) and one.kind.name != DIGEST:
            found.setdefault(one.kind.name, one)
    return list(found.values())


def by_subject(found: Iterable[Entry]) -> list[tuple[Words, Sequence[Entry]]]:
    return [(SUBJECTS[app], list(group)) for app, group in groupby(found, key=lambda one: one.kind.app)]
