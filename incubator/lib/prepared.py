"""Fixed SQL: written once, planned once on each connection (ADR 7).

For what every request does: planning such a statement costs Postgres more than running it, and putting it together
costs Python more than both.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

PLACE = re.compile(r"%\((\w+)\)s")
PREPARED_MOST = 256  # on one connection; a page of another size is another statement


class Prepared:
    """One statement with `%(name)s` for each value. `types` says what Postgres calls the type of each."""

    def __init__(self, sql: str, types: Mapping[str, str]) -> None:
        self.sql = sql
        self.names = tuple(dict.fromkeys(PLACE.findall(sql)))
        self.numbered = PLACE.sub(lambda found: f"${self.names.index(found[1]) + 1}", sql).replace("%%", "%")
        self.types = ", ".join(types[name] for name in self.names)

    def run(self, values: Mapping[str, Any], *, anew: bool = False) -> list[tuple[Any, ...]]:
        """The rows that it gives. One statement; it needs no transaction around it. `anew`: planned for these values."""
        with opened() as cursor:
            if settings.DATABASE_PREPARES and not anew:
                execute(cursor, self.numbered, self.types, [values[name] for name in self.names])
            else:
                cursor.execute(self.sql, values)
            return cast(list[tuple[Any, ...]], cursor.fetchall())


@contextmanager
def opened() -> Iterator[Any]:
    """A cursor of the driver's own, unless somebody wants to see what is asked: Django's wrapper costs as much as a short statement."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.queries_logged or wrapper.execute_wrappers:
        with wrapper.cursor() as cursor:
            yield cursor
        return
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    with wrapper.wrap_database_errors, wrapper.create_cursor() as cursor:
        yield cursor


def execute(cursor: Any, sql: str, types: str, values: list[Any]) -> None:
    """Run SQL with `$1` for the first value; planned at its first use on this connection."""
    places = f" ({', '.join(['%s'] * len(values))})" if values else ""
    cursor.execute(f"EXECUTE {_name(cursor.connection, sql, types)}{places}", values)


# Which statements a connection has prepared, the one used last at the end. They live and end with it.
_prepared: WeakKeyDictionary[Any, OrderedDict[str, str]] = WeakKeyDictionary()
_numbers = count(1)


def _name(opened: Any, sql: str, types: str) -> str:
    """The name under which this connection of the driver has prepared the statement."""
    known = _prepared.setdefault(opened, OrderedDict())
    if name := known.get(sql):
        known.move_to_end(sql)
        return name
    name = f"fixed_{next(_numbers)}"
    with opened.cursor() as cursor:
        cursor.execute(f"PREPARE {name}{f' ({types})' if types else ''} AS {sql}")
        if len(known) >= PREPARED_MOST:
            cursor.execute(f"DEALLOCATE {known.popitem(last=False)[1]}")
    known[sql] = name
    return name
