"""Audiences that staff may write to. Each app's `audiences.py` registers its own; announcements only know their names.

An audience is a queryset of memberships; a choice says which of several is meant: which cohort, which call and state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from incubator.lib.actor import Actor

Words = str | Promise
CHOICES_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom staff may write to. `choices(actor)` are (value, words) pairs, and none where there is nothing to choose.

    `members(choice)` are memberships; a choice that is none, any more or at all, gives nobody. `named(choice, actor)`
    are those of them whose names this actor may see before sending; all, where it is left out.
    """

    name: str
    title: Words
    members: Callable[[str], QuerySet[Any]]
    choices: Callable[[Actor], Sequence[tuple[str, Words]]] | None = None
    named: Callable[[str, Actor], QuerySet[Any]] | None = None


_audiences: dict[str, Audience] = {}


def register(*audiences: Audience) -> None:
    """Add audiences. Raises ValueError for a name that is taken."""
    for one in audiences:
        if one.name in _audiences:
            raise ValueError(f"the audience {one.name} is registered twice")
        _audiences[one.name] = one


def all_audiences() -> tuple[Audience, ...]:
    """In the order in which they were registered."""
    return tuple(_audiences.values())


def get(name: str) -> Audience | None:
    return _audiences.get(name)


def options(actor: Actor) -> list[tuple[Words, list[tuple[str, Words]]]]:
    """What staff may choose from, by audience: (`name:choice`, words). One query for each audience with choices."""
    found = []
    for one in _audiences.values():
        if one.choices is None:
            found.append((one.title, [(f"{one.name}:", one.title)]))
        elif pairs := list(one.choices(actor)[:CHOICES_AT_MOST]):
            found.append((one.title, [(f"{one.name}:{value}", words) for value, words in pairs]))
    return found


def named(chosen: str, actor: Actor) -> QuerySet[Any] | None:
    """The memberships of `name:choice` whose names the actor may see; None for an audience that there is not."""
    name, _colon, choice = chosen.partition(":")
    one = _audiences.get(name)
    if one is None:
        return None
    return one.named(choice, actor) if one.named else one.members(choice)


def members(chosen: str) -> QuerySet[Any] | None:
    """The memberships that `name:choice` means; None for an audience that there is not."""
    name, _colon, choice = chosen.partition(":")
    one = _audiences.get(name)
    return one.members(choice) if one else None
