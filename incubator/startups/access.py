"""Who may do what with a startup, and what each level of disclosure shows of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from incubator.accounts.models import Organisation
from incubator.lib.actor import ActingAs, Actor
from incubator.startups.models import Disclosure, Document, Person, Startup

TEASER, SUMMARY, FULL = Disclosure.Level.TEASER, Disclosure.Level.SUMMARY, Disclosure.Level.FULL

# What each level adds to the one below it. Contact data is in none: only an introduction exchanges that.
ADDED: dict[int, tuple[str, ...]] = {
    TEASER: ("name", "focus_areas", "stage", "pitch"),
    SUMMARY: ("name_local", "website", "abstract", "trl", "expertise_wanted"),
    FULL: ("team_size", "people", "traction", "funding_raised", "currency", "intellectual_property", "documents"),
}


def fields_for(level: int) -> tuple[str, ...]:
    """The names of what somebody with this level may know."""
    return tuple(name for step, names in ADDED.items() if step <= level for name in names)


def shown_name(startup: Startup, level: int, *, in_list: bool = False) -> str:
    """The name this level may read: in stealth the alias, on lists always and at teaser everywhere."""
    return startup.listed_name if in_list or level < SUMMARY else startup.name


def profile(startup: Startup, level: int, *, people: Iterable[Person] = (), documents: Iterable[Document] = (), in_list: bool = False) -> dict[str, Any]:
    """The startup as this level shows it: plain values under the names of `fields_for(level)`, and `id` and `level`.

    `people` and `documents` are used at the full level only; give the documents from `Document.objects.disclosed_to`.
    Reads loaded rows; no query.
    """
    values: dict[str, Any] = {"id": startup.pk, "level": int(level)}
    for name in fields_for(level):
        if name == "name":
            values[name] = shown_name(startup, level, in_list=in_list)
        elif name == "people":
            values[name] = [{"name": one.name, "title": one.title, "is_founder": one.is_founder} for one in people]
        elif name == "documents":
            values[name] = [{"id": one.pk, "kind": one.kind, "title": one.title} for one in documents]
        else:
            values[name] = getattr(startup, name)
    return values


def may_edit(actor: Actor, startup: Startup) -> bool:
    """Everybody of the startup may work on its profile."""
    return bool(startup.roles_of(actor) & {"founder", "member"})


def may_decide_disclosure(actor: Actor, startup: Startup) -> bool:
    """Founders decide who sees what; team members may look."""
    return "founder" in startup.roles_of(actor)


def is_outsider(actor: Actor) -> bool:
    """Whether the actor sees startups only by disclosure, as a partner or investor; its reads are recorded."""
    return actor.organisation_kind in ("partner", "investor") and actor.organisation_id is not None


def outsider(organisation: Organisation) -> ActingAs:
    """Somebody of this organisation, to ask what it may see when nobody is acting, as before a mail is sent."""
    return ActingAs(kind="user", organisation_id=organisation.pk, organisation_kind=organisation.kind, is_sandbox=organisation.is_sandbox)  # type: ignore[arg-type]


def may_edit_areas(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and bool(actor.roles & {"officer", "manager", "admin"})
