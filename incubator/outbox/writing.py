"""The SQL of what happens: the row, its event and the dispatcher's work, written in one statement.

A statement happens as a whole or not at all, so none of these needs a transaction or a savepoint of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import connection, models

from incubator.lib.prepared import Prepared
from incubator.outbox.models import Aggregate, Event, Pending


def insert(row: Aggregate, event: Event) -> None:
    """Insert a new row and its first event."""
    fields = _stored_fields(type(row))
    values = {f"row_{field.column}": field.get_db_prep_save(field.value_from_object(row), connection) for field in fields}
    _insert(type(row), bool(event.told)).run({**values, **_event_values(event)})
    row._state.adding, row._state.db = False, connection.alias


def step(row: Aggregate, state: str, values: Mapping[str, Any], event: Event) -> bool:
    """Write `values` and the event if the row still has the version and the `state` that the event starts from; whether it had."""
    model, changed = type(row), tuple(values)
    fields = _fields(model, changed)
    given = {f"row_{field.column}": _prepared(field, value) for field, value in zip(fields, values.values(), strict=True)}
    given |= {"row_id": row.pk, "read_version": event.version - 1, "source": event.from_state, **_event_values(event)}
    return bool(_step(model, state, changed, bool(event.told)).run(given))


def touch(row: Aggregate, event: Event) -> int | None:
    """Raise the row's version by one and write the event with it. The version; None if there is no such row."""
    found = _touch(type(row), bool(event.told)).run({"row_id": row.pk, "row_updated_at": event.at, **_event_values(event)})
    return int(found[0][0]) if found else None


@cache
def _insert(model: type[Aggregate], told: bool) -> Prepared:
    columns = [field.column for field in _stored_fields(model)]
    places = ", ".join(f"%(row_{name})s" for name in columns)
    return _with_event(model, f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({places}) RETURNING version", told)


@cache
def _step(model: type[Aggregate], state: str, changed: tuple[str, ...], told: bool) -> Prepared:
    changes = ", ".join(f"{field.column} = %(row_{field.column})s" for field in _fields(model, changed))
    (field,) = _fields(model, (state,))
    write = f"""UPDATE {model._meta.db_table} SET {changes}, version = version + 1
        WHERE id = %(row_id)s AND version = %(read_version)s AND {field.column} = %(source)s RETURNING version"""
    return _with_event(model, write, told, {"read_version": "integer", "source": "text"})


@cache
def _touch(model: type[Aggregate], told: bool) -> Prepared:
    write = f"UPDATE {model._meta.db_table} SET version = version + 1, updated_at = %(row_updated_at)s WHERE id = %(row_id)s RETURNING version"
    return _with_event(model, write, told)


def _with_event(model: type[Aggregate], write: str, told: bool, types: Mapping[str, str] | None = None) -> Prepared:
    """`write` gives the version of the row it wrote, or nothing; then nothing else is written either."""
    columns = [field.column for field in _stored_fields(Event)]
    sources = ["written.version" if name == "version" else f"%(event_{name})s" for name in columns]
    sql = f"""WITH written AS ({write}),
        event AS (INSERT INTO {Event._meta.db_table} ({", ".join(columns)}) SELECT {", ".join(sources)} FROM written RETURNING id, version)"""
    if told:
        sql += f", pending AS (INSERT INTO {Pending._meta.db_table} (event_id, created_at) SELECT id, %(event_at)s FROM event)"
    return Prepared(f"{sql} SELECT version FROM event", {**_types("row", model), **_types("event", Event), **(types or {})})


def _event_values(event: Event) -> dict[str, Any]:
    """The values of the event's columns; all but the two documents are what the driver takes."""
    values = {f"event_{field.column}": getattr(event, field.attname) for field in _stored_fields(Event)}
    for field in _fields(Event, ("facts", "told")):
        values[f"event_{field.column}"] = field.get_db_prep_save(getattr(event, field.attname), connection)
    return values


def _prepared(field: Any, value: Any) -> Any:
    """What the driver takes for the value; a related row stands for its key, as everywhere in Django."""
    return field.get_db_prep_save(value.pk if isinstance(value, models.Model) else value, connection)


def _types(prefix: str, model: type[models.Model]) -> dict[str, str]:
    return {f"{prefix}_{field.column}": str(field.db_type(connection)) for field in _stored_fields(model)}


@cache
def _stored_fields(model: type[models.Model]) -> tuple[Any, ...]:
    """The fields whose columns are written, not computed by Postgres."""
    return tuple(field for field in model._meta.concrete_fields if not field.generated)


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name) for name in names)
