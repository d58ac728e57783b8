"""State machines as data: which states exist, which leads where, by whom, and what outsiders call them.

One table per aggregate feeds everything: the transition function, the database trigger, the buttons on pages,
`allowed_actions` in the API, and the tests that walk it.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise

from incubator.lib.refusals import IllegalTransition

Words = str | Promise


class Family(StrEnum):
    """What a state means to the reader; one colour and one icon each."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    GOOD = "good"
    BAD = "bad"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Edge:
    """One permitted step. `verb` is the name of the operation that takes it; `roles` who may."""

    source: str
    target: str
    verb: str
    roles: frozenset[str]
    needs_reason: bool = False


def edges(sources: str | Iterable[str], target: str, verb: str, *roles: str, needs_reason: bool = False) -> tuple[Edge, ...]:
    """One edge from each of `sources` (a state or several) to `target`."""
    names = (sources,) if isinstance(sources, str) else tuple(sources)
    return tuple(Edge(str(source), str(target), verb, frozenset(roles), needs_reason) for source in names)


class Machine:
    """The table of one aggregate's states.

    `families` gives each state its meaning; `outside` what an audience («founder», «partner», «public») calls a
    state where that differs from the staff label.
    """

    def __init__(
        self,
        states: type[TextChoices],
        *tables: Iterable[Edge],
        families: Mapping[str, Family],
        outside: Mapping[str, Mapping[str, Words]] | None = None,
        field: str = "status",
    ) -> None:
        self.states = states
        self.field = field
        self.edges: tuple[Edge, ...] = tuple(edge for table in tables for edge in table)
        self.families = {str(state): family for state, family in families.items()}
        self.outside = {audience: {str(state): label for state, label in labels.items()} for audience, labels in (outside or {}).items()}
        self._by_pair = {(edge.source, edge.target): edge for edge in self.edges}
        missing = set(states.values) - set(self.families)
        if missing:
            raise ValueError(f"{states.__qualname__}: no family for {sorted(missing)}")
        if len(self._by_pair) != len(self.edges):
            raise ValueError(f"{states.__qualname__}: the same step stands twice in the table")

    def edge(self, source: str, target: str) -> Edge:
        """The step from `source` to `target`. Raises IllegalTransition with the targets there are."""
        try:
            return self._by_pair[(str(source), str(target))]
        except KeyError:
            raise IllegalTransition(allowed=[edge.target for edge in self.leaving(source)]) from None

    def step(self, source: str, verb: str) -> Edge:
        """The step that `verb` takes from `source`: for verbs that share their target with others. Raises IllegalTransition."""
        for edge in self.leaving(source):
            if edge.verb == verb:
                return edge
        raise IllegalTransition(allowed=[edge.target for edge in self.leaving(source)])

    def leaving(self, source: str) -> tuple[Edge, ...]:
        """The steps that leave a state, in the order of the table."""
        return tuple(edge for edge in self.edges if edge.source == str(source))

    def verbs(self, source: str, roles: AbstractSet[str]) -> tuple[str, ...]:
        """The verbs somebody with these roles may use in this state: buttons and `allowed_actions`."""
        return tuple(dict.fromkeys(edge.verb for edge in self.leaving(source) if edge.roles & roles))

    def roles_for(self, verb: str) -> frozenset[str]:
        """Who may use a verb at all, in whichever state."""
        return frozenset(role for edge in self.edges if edge.verb == verb for role in edge.roles)

    def pairs(self) -> list[tuple[str, str]]:
        """All permitted steps as (from, to), for the database trigger."""
        return sorted(self._by_pair)

    def terminal(self) -> frozenset[str]:
        """The states that nothing leaves."""
        return frozenset(str(state) for state in self.states.values) - {edge.source for edge in self.edges}

    def label(self, state: str, audience: str = "staff") -> Words:
        """What this audience calls the state."""
        outside = self.outside.get(audience, {}).get(str(state))
        return outside if outside is not None else self.states(state).label

    def family(self, state: str) -> Family:
        return self.families[str(state)]
