"""Querysets compiled once. Compiling costs more than running on a page of fifty rows, so the SQL is kept per shape.

A shape is built from querysets as usual, with a `Slot` wherever a value comes from the request. The policies stay
where they are: `visible_to` is called with an actor whose organisation is a slot. What Postgres may plan without
knowing the values is prepared once a connection (ADR 7).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import InterfaceError, OperationalError, connection, models
from django.db.models.expressions import Func, Value
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg2.extensions import AsIs

from incubator.lib import prepared
from incubator.lib.actor import ActingAs, Actor
from incubator.lib.clock import now, today

KEPT = 512


@dataclass(frozen=True, slots=True)
class Marker:
    """Stands in the parameters where a slot's value goes. `type` is what Postgres calls its type."""

    name: str
    type: str


class Slot(Value):
    """A value of the request, filled in when the statement runs."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(name, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self.marker(connection)]

    def marker(self, connection: Any) -> Marker:
        return Marker(self.value, str(self.output_field.db_type(connection)))


class AnyOf(Slot):
    """A list of values of the request, of which one must be equal: `Q(stage=AnyOf("stage", texts()))`."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "ANY(%s)", [self.marker(connection)]


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


class Verbatim(Func):
    """SQL of ours that the ORM has no words for."""

    output_field = models.TextField()

    def __init__(self, sql: str) -> None:
        super().__init__()
        self.sql = sql

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        return self.sql, []


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


NOW, TODAY = Marker("_now", "timestamptz"), Marker("_today", "date")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """SQL with `%(name)s` for what the request gives, and the same with numbers for Postgres to prepare."""

    sql: str
    numbered: str
    markers: tuple[Marker, ...]
    prepared: bool

    @classmethod
    def of(cls, sql: str, params: tuple[Any, ...], *, prepared: bool) -> Statement:
        """A moment left in the parameters by a queryset is the present one, a day is today; other values are constants."""
        stand_ins = [_stand_in(value) for value in params]
        markers = tuple(dict.fromkeys(one for one in stand_ins if isinstance(one, Marker)))
        with connection.cursor() as cursor:
            text = cursor.mogrify(sql, [AsIs(f"\x01{one.name}\x01") if isinstance(one, Marker) else one for one in stand_ins]).decode()
        named, numbered = text.replace("%", "%%"), text
        for number, marker in enumerate(markers, 1):
            named = named.replace(f"\x01{marker.name}\x01", f"%({marker.name})s")
            numbered = numbered.replace(f"\x01{marker.name}\x01", f"${number}")
        return cls(named, numbered, markers, prepared)

    def run(self, values: Mapping[str, Any], limit: int) -> list[tuple[Any, ...]]:
        """The rows. A connection that the server closed meanwhile is opened anew: what only reads may be asked twice."""
        return again_if_closed(lambda: self._run(values, limit))

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with the moment in which they are given."""
        return {"_now": now(), **({"_today": today()} if TODAY in self.markers else {}), **values}

    def _run(self, values: Mapping[str, Any], limit: int) -> list[tuple[Any, ...]]:
        given = self.given(values)
        with prepared.opened() as cursor:
            if self.prepared and settings.DATABASE_PREPARES:
                types = ", ".join(marker.type for marker in self.markers)
                prepared.execute(cursor, f"{self.numbered} LIMIT {limit:d}", types, [given[marker.name] for marker in self.markers])
            else:
                cursor.execute(f"{self.sql} LIMIT {limit:d}", given)
            return cast(list[tuple[Any, ...]], cursor.fetchall())


def again_if_closed(run: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """What `run` gives. Run once more on a new connection if the server has closed this one: for what may happen twice."""
    try:
        return run()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.connection is None or not connection.connection.closed:
            raise
        connection.close()
        return run()


class Instances:
    """A queryset of model instances, compiled once: for the rows that operations read, or lock if it says so."""

    def __init__(self, queryset: models.QuerySet[Any, Any]) -> None:
        self.compiler = queryset.query.get_compiler(connection=connection)
        sql, params = self.compiler.as_sql()
        self.statement = Statement.of(sql, tuple(params), prepared=True)
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        self.locks = queryset.query.select_for_update
        self.model, first, last = queryset.model, *_span(self.compiler.klass_info["select_fields"])
        self.columns = slice(first, last)
        self.names = [column[0].target.attname for column in self.compiler.select[self.columns]]
        self.related = get_related_populators(self.compiler.klass_info, self.compiler.select, connection.alias)  # type: ignore[call-arg] # the stubs are ahead

    def one(self, values: Mapping[str, Any]) -> Any:
        """The instance, with what is selected with it and its annotations. Raises the model's DoesNotExist."""
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A row is locked in a transaction only.")
        rows = self.statement.run(values, limit=1)
        for row in self.compiler.apply_converters(rows, self.converters) if self.converters else rows:
            made = self.model.from_db(connection.alias, self.names, row[self.columns])
            for populator in self.related:
                populator.populate(row, made)
            for name, column in self.compiler.annotation_col_map.items():
                setattr(made, name, row[column])
            return made
        raise self.model.DoesNotExist


def _span(numbers: Sequence[int]) -> tuple[int, int]:
    return numbers[0], numbers[-1] + 1


def _stand_in(value: Any) -> Any:
    return NOW if isinstance(value, datetime) else TODAY if isinstance(value, date) else value


_kept: OrderedDict[Hashable, Statement] = OrderedDict()
_lock = Lock()


def statement(shape: Hashable, build: Callable[[], models.QuerySet[Any, Any]], *, prepared: bool = True) -> Statement:
    """The statement of this shape, compiled at its first use. The least recently used go at 512.

    `prepared=False` lets Postgres plan it anew each time, for values that decide which index serves.
    """
    shape = (shape, prepared)
    with _lock:
        found = _kept.get(shape)
        if found is not None:
            _kept.move_to_end(shape)
            return found
    sql, params = build().query.sql_with_params()
    made = Statement.of(sql, tuple(params), prepared=prepared)
    with _lock:
        _kept[shape] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


_instances: dict[Hashable, Instances] = {}


def instances(shape: Hashable, build: Callable[[], models.QuerySet[Any, Any]]) -> Instances:
    """The queryset of this shape, compiled at its first use. Shapes are few: the code names each."""
    found = _instances.get(shape)
    if found is None:
        found = _instances[shape] = Instances(build())
    return found


def any_credential(actor: Actor) -> ActingAs:
    """An actor of this kind of organisation, whichever it is: the organisation is a slot."""
    return ActingAs(
        kind="credential",
        organisation_id=cast(UUID, Slot("organisation", models.UUIDField())),
        organisation_kind=actor.organisation_kind,
        roles=actor.roles,
        is_sandbox=actor.is_sandbox,
    )


def texts(size: int = 40) -> ArrayField[Any, Any]:
    """The type of a slot that takes a list of short codes."""
    return ArrayField(models.CharField(max_length=size))
