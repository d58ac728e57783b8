"""Query parameters of lists: what each takes, and which rows it leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from incubator.api.problems import Problem, error
from incubator.lib.statements import AnyOf, Slot, texts

Rows = models.QuerySet[Any, Any]
CODE = re.compile(r"[a-z0-9_-]{1,40}")
NAME = re.compile(r"[a-z0-9_.]{1,80}")
CODES_MOST = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter. `narrow` gets the rows and the slot that will hold what `read` makes of the text."""

    name: str
    description: str
    narrow: Callable[[Rows, Slot], Rows]

    def slot(self) -> Slot:
        raise NotImplementedError

    def read(self, texts: Sequence[str]) -> Any:
        """The value of the slot. Raises Problem."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def wrong(self, detail: str) -> Problem:
        return Problem("invalid_parameter", errors=[error(self.name, "invalid", detail)])

    def single(self, texts: Sequence[str]) -> str:
        if len(texts) != 1:
            raise self.wrong("Give this parameter once.")
        return texts[0]


@dataclass(frozen=True, slots=True)
class Codes(Filter):
    """Codes separated by commas (or the parameter repeated): rows that have any of them."""

    choices: tuple[str, ...] = ()
    column_is_list: bool = False
    is_id: bool = False

    def slot(self) -> Slot:
        if self.is_id:
            return AnyOf(self.name, ArrayField(models.UUIDField()))
        return Slot(self.name, texts()) if self.column_is_list else AnyOf(self.name, texts())

    def read(self, texts: Sequence[str]) -> list[Any]:
        codes = [code.strip() for text in texts for code in text.split(",")]
        if len(codes) > CODES_MOST or not all(CODE.fullmatch(code) for code in codes):
            raise self.wrong(f"Give at most {CODES_MOST} codes of small letters, digits, - and _, separated by commas.")
        if self.is_id:
            return [self.uuid(code) for code in codes]
        if self.choices and (unknown := sorted(set(codes) - set(self.choices))):
            raise self.wrong(f"{', '.join(unknown)}: choose from {', '.join(self.choices)}.")
        return codes

    def uuid(self, text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise self.wrong("Give ids (UUID), separated by commas.") from None

    def schema(self) -> dict[str, Any]:
        item: dict[str, Any] = {"type": "string", "format": "uuid"} if self.is_id else {"type": "string", "pattern": f"^{CODE.pattern}$"}
        if self.choices:
            item = {"type": "string", "enum": list(self.choices)}
        return {"type": "array", "items": item, "minItems": 1, "maxItems": CODES_MOST}


@dataclass(frozen=True, slots=True)
class Names(Codes):
    """Names with dots: types of events."""

    def read(self, texts: Sequence[str]) -> list[str]:
        names = [name.strip() for text in texts for name in text.split(",")]
        if len(names) > CODES_MOST or not all(NAME.fullmatch(name) for name in names):
            raise self.wrong(f"Give at most {CODES_MOST} types of events, separated by commas.")
        return names

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "pattern": f"^{NAME.pattern}$"}, "minItems": 1, "maxItems": CODES_MOST}


@dataclass(frozen=True, slots=True)
class Id(Filter):
    """One id."""

    def slot(self) -> Slot:
        return Slot(self.name, models.UUIDField())

    def read(self, texts: Sequence[str]) -> UUID:
        try:
            return UUID(self.single(texts))
        except ValueError:
            raise self.wrong("Give an id (UUID).") from None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid"}


@dataclass(frozen=True, slots=True)
class Number(Filter):
    """A whole number within limits."""

    low: int = 0
    high: int = 1_000_000

    def slot(self) -> Slot:
        return Slot(self.name, models.IntegerField())

    def read(self, texts: Sequence[str]) -> int:
        text = self.single(texts)
        if not text.isascii() or not text.isdigit() or len(text) > 9 or not self.low <= int(text) <= self.high:
            raise self.wrong(f"Give a whole number from {self.low} to {self.high}.")
        return int(text)

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Moment(Filter):
    """An instant of ISO 8601 with its offset from UTC."""

    def slot(self) -> Slot:
        return Slot(self.name, models.DateTimeField())

    def read(self, texts: Sequence[str]) -> datetime:
        try:
            found: datetime | None = datetime.fromisoformat(self.single(texts))
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise self.wrong("Give an instant with its offset, like 2026-11-24T03:20:10Z.")
        try:
            return found.astimezone(UTC)  # Postgres refuses an offset of more than 16 hours
        except OverflowError:
            raise self.wrong("Give an instant of our time.") from None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Words(Filter):
    """Words to look for; all of them have to be there."""

    most: int = 200

    def slot(self) -> Slot:
        return Slot(self.name, models.CharField())

    def read(self, texts: Sequence[str]) -> str:
        text = self.single(texts).strip()
        if not text or len(text) > self.most or "\x00" in text:
            raise self.wrong(f"Give 1 to {self.most} characters.")
        return text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class YesNo(Filter):
    """`true` or `false`."""

    def slot(self) -> Slot:
        return Slot(self.name, models.BooleanField())

    def read(self, texts: Sequence[str]) -> bool:
        text = self.single(texts)
        if text not in ("true", "false"):
            raise self.wrong("Give true or false.")
        return text == "true"

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}
