"""The small values that page parts are drawn from. Views make them, template tags render them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from django.utils.functional import Promise

Words = str | Promise
Tone = Literal["mine", "others", "done", "rest"]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to this page. The last has no address."""

    label: Words
    url: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A link, or with `post` a form with one button. Whatever changes something is a post."""

    label: Words
    url: str
    icon: str = ""
    post: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next: the step, who is waiting for whom, and when it is expected.

    `tone` is `mine` when the reader has to act, `others` when somebody else has, `done` and `rest` at the end.
    """

    step: Words
    who: Words = ""
    expected: datetime | date | None = None
    tone: Tone = "others"
    note: Words = ""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a definition list."""

    label: Words
    value: object
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure, its change, and the rows behind it. `family` colours the change."""

    label: Words
    value: object
    url: str = ""
    change: Words = ""
    family: str = "rest"
    trend: Literal["", "up", "down"] = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of a filter."""

    label: Words
    url: str
    active: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Chips:
    """A filter of a list: its choices as links, the active one marked."""

    label: Words
    chips: Sequence[Chip] = field(default_factory=tuple)


def chips(
    request: HttpRequest,
    name: str,
    choices: Iterable[tuple[str, Words]],
    *,
    label: Words,
    everything: Words,
    counts: Mapping[str, int] | None = None,
) -> Chips:
    """The filter `?name=` as chips: `everything` first, then each choice. Keeps the other parameters, drops paging."""
    current = request.GET.get(name, "")
    pairs = [("", everything), *((str(value), words) for value, words in choices)]
    return Chips(
        label,
        [Chip(words, address(request, **{name: value}), current == value, (counts or {}).get(value)) for value, words in pairs],
    )


def address(request: HttpRequest, **changes: str) -> str:
    """This page with some parameters changed; an empty value drops one. Paging starts anew."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
