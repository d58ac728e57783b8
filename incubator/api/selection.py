"""`fields=` leaves out, `expand=` shows what is named inside: `expand=startup,round.startup`.

What may be expanded stands in `Rows.expands`: member -> the route of the list it comes from. Each step is asked of that
resource as if the caller had asked there: its scope, its `visible_to`, its representation in lists, its record of
reads. What the caller may not see stays the short form that it was. One statement for each resource of a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import models

from incubator.api.problems import Problem, error
from incubator.api.scopes import TABLE
from incubator.lib.statements import AnyOf, any_credential, statement

if TYPE_CHECKING:
    from incubator.api.endpoints import ApiRequest, Rows

NAMES = ("fields", "expand")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a request wants to see: members (empty: all), and what to expand, each with what to expand inside it."""

    fields: frozenset[str]
    expand: Mapping[str, frozenset[str]]


def resource(route: str) -> type[Rows]:
    """The endpoint that lists what stands behind a route."""
    from incubator.api.urls_api import urlpatterns

    return next(one.callback.cls for one in urlpatterns if one.name == route)  # type: ignore[attr-defined, no-any-return]


def steps(rows: type[Rows]) -> list[str]:
    """What may be expanded: members, and members of these that do not lead back."""
    found = []
    for name, route in rows.expands.items():
        inner = resource(route)
        found += [name, *(f"{name}.{deeper}" for deeper, back in inner.expands.items() if resource(back).out is not rows.out)]
    return found


def members(rows: type[Rows]) -> list[str]:
    return list(rows.out().fields)


def selected(request: ApiRequest, rows: type[Rows]) -> Selection | None:
    """What the request selects; None if it wants everything as it is. Raises Problem: 400 for a name, 403 for a scope."""
    if not any(name in request.given for name in NAMES):
        return None
    fields, expand = (listed(request.given, name, allowed(rows)) for name, allowed in (("fields", members), ("expand", steps)))
    wanted: dict[str, set[str]] = {}
    for step in expand:
        name, _dot, deeper = step.partition(".")
        wanted.setdefault(name, set()).update({deeper} if deeper else ())
    if fields:
        fields = [*fields, *wanted]  # what is shown whole is shown
    for name, inner in wanted.items():
        routes = [rows.expands[name], *(resource(rows.expands[name]).expands[one] for one in inner)]
        for scope in (TABLE[(route, "GET")] for route in routes):
            if scope is not None and scope not in request.credential.scopes:
                raise Problem("scope_missing", f"To expand {name} needs the scope {scope}.", required_scope=scope)
    return Selection(frozenset(fields), {name: frozenset(inner) for name, inner in wanted.items()})


def listed(given: Mapping[str, list[str]], name: str, known: list[str]) -> list[str]:
    """The names of a parameter. Raises Problem for one that is not known, and for the parameter given twice."""
    if name not in given:
        return []
    if len(given[name]) > 1:
        raise Problem("invalid_parameter", errors=[error(name, "invalid", "Give this parameter once, its names separated by commas.")])
    names = given[name][0].split(",")
    if unknown := [one for one in names if one not in known]:
        raise Problem("invalid_parameter", errors=[error(name, "invalid", f"Not known here: {unknown[0][:60]}. Choose from {', '.join(known)}.")])
    return names


def applied(request: ApiRequest, rows: type[Rows], selection: Selection, texts: bytes) -> list[bytes]:
    """The representations, joined by commas, each as selected. The deepest steps come last, so that each resource is asked once for all of them."""
    found: list[Json] = orjson.loads(b"[%b]" % texts)
    later: list[tuple[str, Json, str]] = []
    now: list[tuple[str, Json, str]] = []
    for name, inner in selection.expand.items():
        (now if inner else later).extend((rows.expands[name], row, name) for row in found)
    fill(request, now)
    for name, inner in selection.expand.items():
        expands = resource(rows.expands[name]).expands
        later += [(expands[deeper], row[name], deeper) for deeper in inner for row in found if row.get(name)]
    fill(request, later)
    if selection.fields:
        found = [{name: value for name, value in row.items() if name in selection.fields} for row in found]
    return [orjson.dumps(row) for row in found]


def fill(request: ApiRequest, places: list[tuple[str, Json, str]]) -> None:
    """Put the representation of each route into its places: (route, row, member). What the short form says stays."""
    for route in dict.fromkeys(route for route, _row, _name in places):
        here = [(row, name) for one, row, name in places if one == route and row.get(name)]
        shown = fetched(request, route, {UUID(row[name]["id"]) for row, name in here})
        for row, name in here:
            row[name] = {**shown.get(row[name]["id"], {}), **row[name]}


def fetched(request: ApiRequest, route: str, ids: set[UUID]) -> dict[str, Json]:
    """Those of these rows that the caller may see, as its list shows them. One statement, and the record of the read."""
    if not ids:
        return {}
    rows = resource(route)()
    wanted = AnyOf("ids", ArrayField(models.UUIDField()))

    def build() -> models.QuerySet[Any, Any]:
        actor = any_credential(request.actor)
        return rows.rows(actor).filter(pk=wanted).values_list("pk", rows.shape(actor))

    values = {**rows.values(request), "ids": list(ids)}
    found = statement((type(rows), "expanded", request.actor.organisation_kind, request.actor.is_sandbox), build).run(values, limit=len(ids))
    rows.shown(request, [pk for pk, _text in found])
    return {str(pk): orjson.loads(text) for pk, text in found}
