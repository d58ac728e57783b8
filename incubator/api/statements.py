"""Querysets compiled once. Compiling costs more than running on a page of fifty rows, so the SQL is kept per shape.

A shape is built from querysets as usual, with a `Slot` wherever a value comes from the request. The policies stay
where they are: `visible_to` is called with an actor whose organisation is a slot.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.expressions import Func, Value

from incubator.lib.actor import ActingAs, Actor
from incubator.lib.clock import now, today

KEPT = 512


@dataclass(frozen=True, slots=True)
class Marker:
    """Stands in the parameters where a slot's value goes."""

    name: str


class Slot(Value):
    """A value of the request, filled in when the statement runs."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(name, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [Marker(self.value)]


class AnyOf(Slot):
    """A list of values of the request, of which one must be equal: `Q(stage=AnyOf("stage", texts()))`."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "ANY(%s)", [Marker(self.value)]


class JsonObject(Func):
    """One JSON object as text, its members in the order given."""

    function = "json_build_object"
    output_field = models.TextField()  # passed on as it is, never parsed

    def __init__(self, **members: Any) -> None:
        expressions: list[Any] = []
        for name, value in members.items():
            expressions += [Value(name), value]
        super().__init__(*expressions)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        """Names are constants of ours and stand in the SQL itself: untyped parameters would need a cast each."""
        parts, params = [], []
        for position, expression in enumerate(self.get_source_expressions()):
            if position % 2 == 0:
                parts.append(f"'{expression.value}'")
            else:
                sql, inner = compiler.compile(expression)
                parts.append(sql)
                params += inner
        return f"json_build_object({', '.join(parts)})", params


class Text(Func):
    """The expression as text: numbers that must not lose digits, and JSON that is passed on as it is."""

    template = "(%(expressions)s)::text"
    output_field = models.TextField()


class Switch(Func):
    """`CASE key WHEN 1 THEN … END` by whole numbers; the key is computed once, not once a branch."""

    output_field = models.TextField()

    def __init__(self, key: Any, branches: Mapping[int, Any]) -> None:
        self.values = tuple(branches)
        super().__init__(key, *branches.values())

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        (key, params), *compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        whens = []
        for value, (sql, inner) in zip(self.values, compiled, strict=True):
            whens.append(f"WHEN {value:d} THEN {sql}")
            params = [*params, *inner]
        return f"CASE {key} {' '.join(whens)} END", params


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters, with markers for what the request gives."""

    sql: str
    params: tuple[Any, ...]

    def run(self, values: Mapping[str, Any], limit: int) -> list[tuple[Any, ...]]:
        """The rows. A moment left in the parameters by a queryset is the present one, a day is today."""
        params = [_fill(value, values) for value in self.params]
        with connection.cursor() as cursor:
            cursor.execute(f"{self.sql} LIMIT {limit:d}", params)
            return cast(list[tuple[Any, ...]], cursor.fetchall())


def _fill(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, Marker):
        return values[value.name]
    if isinstance(value, datetime):
        return now()
    if isinstance(value, date):
        return today()
    return value


_kept: OrderedDict[Hashable, Statement] = OrderedDict()
_lock = Lock()


def statement(shape: Hashable, build: Callable[[], models.QuerySet[Any, Any]]) -> Statement:
    """The statement of this shape, compiled at its first use. The least recently used go at 512."""
    with _lock:
        found = _kept.get(shape)
        if found is not None:
            _kept.move_to_end(shape)
            return found
    sql, params = build().query.sql_with_params()
    made = Statement(sql, tuple(params))
    with _lock:
        _kept[shape] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def any_credential(actor: Actor) -> ActingAs:
    """An actor of this kind of organisation, whichever it is: the organisation is a slot."""
    return ActingAs(
        kind="credential",
        organisation_id=cast(UUID, Slot("organisation", models.UUIDField())),
        organisation_kind=actor.organisation_kind,
        roles=actor.roles,
    )


def texts(size: int = 40) -> ArrayField[Any, Any]:
    """The type of a slot that takes a list of short codes."""
    return ArrayField(models.CharField(max_length=size))
