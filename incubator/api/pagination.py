"""Keyset pages: an opaque cursor that is bound to the credential, the filters and the order it was given for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Field, Q

from incubator.api.problems import Problem, error
from incubator.lib import sealing
from incubator.lib.statements import Slot

SIZE = 25
MOST = 100


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: columns with their direction, the last one unique. `-updated_at` in the address is `(("updated_at", True),)`.

    `fields` gives each column its type, so that a cursor's values compare as what they are.
    """

    columns: tuple[tuple[str, bool], ...]
    fields: Mapping[str, Field[Any, Any]]

    def order_by(self) -> list[str]:
        return [f"-{name}" if down else name for name, down in self.columns]

    def after(self) -> Q:
        """Rows beyond the cursor, written so that the index of the order is walked from there."""
        condition: Q | None = None
        for name, down in reversed(self.columns):
            beyond = Q(**{f"{name}__{'lt' if down else 'gt'}": self._slot(name)})
            if condition is None:
                condition = beyond
            else:
                reached = Q(**{f"{name}__{'lte' if down else 'gte'}": self._slot(name)})
                condition = reached & (beyond | condition)
        assert condition is not None
        return condition

    def _slot(self, name: str) -> Slot:
        return Slot(f"after_{name}", self.fields[name])


def page_size(text: str | None) -> int:
    """How many rows: 25 unless told, at most 100 however many were asked for. Raises Problem."""
    if text is None:
        return SIZE
    digits = text.lstrip("0")
    if not text.isascii() or not text.isdigit() or not digits:
        raise Problem("invalid_parameter", errors=[error("page_size", "invalid", "Give a whole number from 1 to 100.")])
    return MOST if len(digits) > len(str(MOST)) else min(int(digits), MOST)


def _purpose(credential_id: UUID, path: str, sort: str, filters: Mapping[str, Sequence[str]]) -> str:
    asked = orjson.dumps([path, sort, {name: sorted(values) for name, values in filters.items()}], option=orjson.OPT_SORT_KEYS)
    return f"api-cursor:{credential_id}:{hashlib.sha256(asked).hexdigest()}"


def seal(values: Sequence[Any], credential_id: UUID, path: str, sort: str, filters: Mapping[str, Sequence[str]]) -> str:
    """A cursor that stands after the row with these values of the order's columns."""
    return sealing.seal(orjson.dumps(values).decode(), purpose=_purpose(credential_id, path, sort, filters), stable=True)


def unseal(cursor: str, credential_id: UUID, path: str, sort: str, filters: Mapping[str, Sequence[str]], columns: Sequence[str]) -> dict[str, Any]:
    """The slots of `Sort.after`. Raises Problem for a cursor that is forged, foreign, or for other filters."""
    try:
        values = orjson.loads(sealing.unseal(cursor, purpose=_purpose(credential_id, path, sort, filters)))
    except (sealing.Unreadable, ValueError):
        raise Problem("invalid_cursor", errors=[error("cursor", "invalid_cursor", "This cursor is not for this request.")]) from None
    return {f"after_{name}": value for name, value in zip(columns, values, strict=True)}
