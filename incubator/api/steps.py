"""Steps of a resource: for the version that was read, once per Idempotency-Key. And which steps its state allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.db import models
from django.db.models import Case, Value, When
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse

from incubator.api import conditional
from incubator.api.endpoints import ApiRequest, Writes
from incubator.lib.machine import Machine
from incubator.lib.refusals import IllegalTransition, NotAllowed


class Step(Writes):
    """A verb of one row, or a change of it by PATCH. A resource says how it locks a row and which steps a row allows."""

    needs_match: ClassVar[bool] = True

    def locked(self, request: ApiRequest, pk: UUID) -> Any:
        """The row, locked after everything that is locked before it. Called inside the transaction of the effect."""
        raise NotImplementedError

    def version(self, row: Any) -> int:
        """What the tag of the row is made of, as in its representation."""
        return int(row.version)

    def allowed(self, row: Any) -> list[str]:
        """The steps that are possible from the row's state, by their names in addresses."""
        raise NotImplementedError

    def step(self, request: ApiRequest, pk: UUID, take: Callable[[Any, dict[str, Any]], Any]) -> HttpResponse:
        """Lock the row, compare the tag, and take the step. Raises Http404 before anything else is looked at."""
        if not self.rows(request.actor).filter(pk=pk).exists():
            raise Http404

        def effect(data: dict[str, Any]) -> UUID:
            given = self.input(data)
            row = self.locked(request, pk)
            if self.needs_match:
                conditional.must_match(request, conditional.version_tag(self.version(row), request.credential))
            try:
                take(row, given)
            except (IllegalTransition, NotAllowed) as refusal:  # no way from here, or none for this side
                raise IllegalTransition(allowed=self.allowed(row)) from refusal
            return pk

        return self.once(request, effect)


def possible(machine: Machine, state: str, roles: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The steps that one of `roles` may take from `state`. `names` maps verbs of the machine to names in addresses."""
    return [names[verb] for verb in machine.verbs(state, frozenset(roles)) if verb in names]


def possible_in_sql(machine: Machine, roles: Iterable[str], names: Mapping[str, str]) -> Cast:
    """The same for each row of a list, as a JSON array, from the machine itself."""
    listed = {state: orjson.dumps(possible(machine, state, roles, names)).decode() for state in machine.states.values}
    branches = [When(**{machine.field: state}, then=Value(steps)) for state, steps in listed.items()]
    return Cast(Case(*branches, output_field=models.TextField()), models.JSONField())
