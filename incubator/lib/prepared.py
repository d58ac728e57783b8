"""Fixed SQL: written once, planned once on each connection.

For what every request does: planning such a statement costs Postgres more than running it, and putting it together
costs Python more than both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection

PLACE = re.compile(r"%\((\w+)\)s")


class Prepared:
    """One statement with `%(name)s` for each value. `types` says what Postgres calls the type of each."""

    def __init__(self, sql: str, types: Mapping[str, str]) -> None:
        self.sql = sql
        self.names = tuple(dict.fromkeys(PLACE.findall(sql)))
        self.numbered = PLACE.sub(lambda found: f"${self.names.index(found[1]) + 1}", sql).replace("%%", "%")
        self.types = ", ".join(types[name] for name in self.names)
        self.places = ", ".join(["%s"] * len(self.names))

    def run(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows that it gives. One statement; it needs no transaction around it."""
        with connection.cursor() as cursor:
            if settings.DATABASE_PREPARES:
                cursor.execute(f"EXECUTE {self._name()} ({self.places})", [values[name] for name in self.names])
            else:
                cursor.execute(self.sql, values)
            return cast(list[tuple[Any, ...]], cursor.fetchall())

    def _name(self) -> str:
        """Its name on the present connection; prepared there at its first use."""
        known = _on_connection.setdefault(connection.connection, {})
        name = known.get(self)
        if name is None:
            name = f"fixed_{next(_numbers)}"
            with connection.connection.cursor() as cursor:
                cursor.execute(f"PREPARE {name} ({self.types}) AS {self.numbered}")
            known[self] = name
        return name


# A prepared statement ends with its connection.
_on_connection: WeakKeyDictionary[Any, dict[Prepared, str]] = WeakKeyDictionary()
_numbers = count(1)
