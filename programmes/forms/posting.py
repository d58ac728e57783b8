"""A form on a page: reading what was posted, and what each field shows, after an error too."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from django.http import QueryDict

from programmes.forms.models import Answer, Question
from programmes.forms.sheets import Line, shown
from programmes.forms.validation import CURRENCIES, ROWS_LIMIT, Kind, text_limit

PREFIX = "q-"
RADIOS_AT_MOST = 7
UNTOUCHED: Any = object()


def name_of(question: Question) -> str:
    return f"{PREFIX}{question.key}"


def raw(question: Question, data: QueryDict) -> Any:
    """What was posted in answer to a question, in the shape that `validation.parse` takes. Files are not read here."""
    name = name_of(question)
    match Kind(question.kind):
        case Kind.MULTIPLE_CHOICE:
            return data.getlist(name)
        case Kind.MONEY:
            return {"amount": data.get(name), "currency": data.get(f"{name}-currency")}
        case Kind.TABLE:
            return list(_rows(question, data))
        case _:
            return data.get(name)


def _rows(question: Question, data: QueryDict) -> Iterator[dict[str, Any]]:
    """The rows that are not marked for removal; one more than allowed at most, so that too many is noticed."""
    pattern = re.compile(rf"{re.escape(name_of(question))}-(\d{{1,6}})-")
    numbers = sorted({int(found.group(1)) for found in map(pattern.match, data) if found})
    for number in numbers[: 2 * ROWS_LIMIT]:
        start = f"{name_of(question)}-{number}-"
        if not data.get(f"{start}remove"):
            yield {column["key"]: data.get(f"{start}{column['key']}") for column in question.columns}


def mark(value: Any) -> str:
    """A short fingerprint of a stored value, to tell whether somebody has touched what they were shown."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def state(version: int, value: Any) -> str:
    """The hidden state of a field: which version was shown, and the mark of its value."""
    return f"{version}:{mark(value)}"


def read_state(question: Question, data: QueryDict) -> tuple[int, str]:
    """Version and mark that the page had. A state that is missing or broken counts as none seen."""
    version, _, seen = data.get(f"{name_of(question)}.state", "").partition(":")
    return (int(version) if version.isdecimal() and len(version) < 10 else 0), seen


def was_on_page(question: Question, data: QueryDict) -> bool:
    """Whether the page that posted showed this question. What it did not show, it does not change."""
    return f"{name_of(question)}.state" in data


def typed(line: Line, data: QueryDict) -> Any:
    """What to show again after an error: as it was typed. A file cannot be shown again, nor what was not on the page."""
    shown_before = was_on_page(line.question, data) and line.question.kind != Kind.FILE
    return raw(line.question, data) if shown_before else UNTOUCHED


@dataclass(frozen=True)
class Cell:
    """One input of a table."""

    name: str
    label: str
    kind: str
    value: Any


@dataclass(frozen=True)
class Field:
    """One question on a page. `typed` is what was posted and could not be kept; `theirs` what stands there instead."""

    line: Line
    error: str = ""
    typed: Any = UNTOUCHED
    theirs: Answer | None = None
    blank_rows: int = 1

    @property
    def question(self) -> Question:
        return self.line.question

    @property
    def name(self) -> str:
        return name_of(self.question)

    @property
    def state(self) -> str:
        if self.theirs is not None:
            return state(self.theirs.version, self.theirs.value)
        return state(self.line.version, self.line.value)

    @cached_property
    def value(self) -> Any:
        return self.line.value if self.typed is UNTOUCHED else self.typed

    @property
    def theirs_shown(self) -> str:
        return shown(self.question, self.theirs.value) if self.theirs else ""

    @property
    def mine_shown(self) -> str:
        return "" if self.typed is UNTOUCHED else shown(self.question, self.typed)

    @property
    def limit(self) -> int | None:
        return text_limit(self.question) if self.question.kind in (Kind.SHORT_TEXT, Kind.LONG_TEXT) else None

    @property
    def text_rows(self) -> int:
        return 4 if (self.limit or 0) <= 500 else 8

    @property
    def currencies(self) -> tuple[str, ...]:
        return CURRENCIES

    @property
    def is_long_list(self) -> bool:
        return len(self.question.choices) > RADIOS_AT_MOST

    @property
    def is_group(self) -> bool:
        """Whether the question is asked by several controls, so that it is a fieldset with a legend."""
        kinds = (Kind.MULTIPLE_CHOICE, Kind.YES_NO, Kind.TABLE)
        return self.question.kind in kinds or (self.question.kind == Kind.SINGLE_CHOICE and not self.is_long_list)

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """The inputs of a table: the rows there are, and blank ones to go on with."""
        given: list[Mapping[str, Any]] = list(self.value or [])
        blank: list[Mapping[str, Any]] = [{}] * min(max(self.blank_rows, 0 if given else 1), max(ROWS_LIMIT - len(given), 0))
        return [self._cells(number, row) for number, row in enumerate([*given, *blank])]

    @cached_property
    def row_template(self) -> list[Cell]:
        """The inputs of a row yet to be numbered, for the script that adds one."""
        return self._cells("__", {})

    def _cells(self, number: int | str, row: Mapping[str, Any]) -> list[Cell]:
        return [Cell(f"{self.name}-{number}-{column['key']}", column["label"], column["kind"], row.get(column["key"])) for column in self.question.columns]
