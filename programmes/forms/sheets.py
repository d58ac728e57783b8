"""A form as filled in: its sections with their state, every question with its answer, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incubator.lib.machine import Words
from incubator.web.templatetags.web import CURRENCY_SIGNS
from incubator.web.times import day
from programmes.forms.models import Answer, AnswerSet, FormVersion, Question, Revision
from programmes.forms.validation import Kind, is_asked, is_blank, problem


class SectionState(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    PROBLEMS = "problems"


STATE_LABELS: dict[SectionState, Words] = {
    SectionState.NOT_STARTED: gettext_lazy("Not started"),
    SectionState.IN_PROGRESS: gettext_lazy("In progress"),
    SectionState.COMPLETE: gettext_lazy("Complete"),
    SectionState.PROBLEMS: gettext_lazy("Please check"),
}


@dataclass(frozen=True)
class Line:
    """One question with its answer. `gap` says what keeps it from being sent; questions not asked have none."""

    question: Question
    value: Any
    version: int
    is_asked: bool
    updated_at: datetime | None = None

    @cached_property
    def gap(self) -> str:
        return problem(self.question, self.value) if self.is_asked else ""

    @property
    def is_blank(self) -> bool:
        return is_blank(self.value)

    @cached_property
    def shown(self) -> str:
        """The answer in words, for everything but tables and files, which have columns and links."""
        return shown(self.question, self.value)

    @cached_property
    def rows(self) -> list[list[str]]:
        """The cells of a table in words, row by row in the order of the columns."""
        if self.question.kind != Kind.TABLE or not isinstance(self.value, list):
            return []
        return [[_cell(column["kind"], row.get(column["key"])) for column in self.question.columns] for row in self.value]


@dataclass(frozen=True)
class Section:
    """One page of the form."""

    key: str
    title: str
    help: str
    lines: tuple[Line, ...]

    @cached_property
    def asked(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_asked)

    @cached_property
    def gaps(self) -> tuple[Line, ...]:
        return tuple(line for line in self.asked if line.gap)

    @cached_property
    def state(self) -> SectionState:
        if not self.gaps:
            return SectionState.COMPLETE
        if any(not line.is_blank for line in self.gaps):
            return SectionState.PROBLEMS
        if all(line.is_blank for line in self.asked):
            return SectionState.NOT_STARTED
        return SectionState.IN_PROGRESS

    @property
    def state_label(self) -> Words:
        return STATE_LABELS[self.state]


@dataclass(frozen=True)
class Sheet:
    """A filled form; made by `of` or `of_revision`."""

    sections: tuple[Section, ...]

    @cached_property
    def lines(self) -> dict[str, Line]:
        """All questions by key, asked or not."""
        return {line.question.key: line for section in self.sections for line in section.lines}

    @cached_property
    def values(self) -> dict[str, Any]:
        """The answers that count, by question key: those to questions that are asked."""
        return {key: line.value for key, line in self.lines.items() if line.is_asked and not line.is_blank}

    @cached_property
    def gaps(self) -> tuple[Line, ...]:
        return tuple(line for section in self.sections for line in section.gaps)

    @property
    def done(self) -> int:
        return sum(section.state is SectionState.COMPLETE for section in self.sections)

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)

    def after(self, key: str) -> Section | None:
        """The section that follows."""
        keys = [section.key for section in self.sections]
        place = keys.index(key) + 1
        return self.sections[place] if place < len(self.sections) else None

    def before(self, key: str) -> Section | None:
        place = [section.key for section in self.sections].index(key)
        return self.sections[place - 1] if place else None


def of(answer_set: AnswerSet) -> Sheet:
    """The form as it is being written. Two queries when `form_version` is loaded."""
    answers = {answer.question_id: answer for answer in Answer.objects.filter(answer_set=answer_set)}
    questions = _questions(answer_set.form_version)
    given = {question.key: answers[question.pk].value for question in questions if question.pk in answers}
    return _build(answer_set.form_version, questions, given, {question.key: answers[question.pk] for question in questions if question.pk in answers})


def of_revision(revision: Revision) -> Sheet:
    """The form as it was sent. One query when the answer set and its form version are loaded."""
    form_version = revision.answer_set.form_version
    return _build(form_version, _questions(form_version), revision.answers, {})


def _questions(form_version: FormVersion) -> list[Question]:
    return list(form_version.questions.order_by("position", "id"))


def _build(form_version: FormVersion, questions: list[Question], given: Mapping[str, Any], answers: Mapping[str, Answer]) -> Sheet:
    asked = _asked(questions, given)
    lines = [
        Line(
            question,
            given.get(question.key),
            answers[question.key].version if question.key in answers else 0,
            question.key in asked,
            answers[question.key].updated_at if question.key in answers else None,
        )
        for question in questions
    ]
    return Sheet(
        tuple(
            Section(one["key"], one["title"], one.get("help", ""), tuple(line for line in lines if line.question.section == one["key"]))
            for one in form_version.sections
        )
    )


def _asked(questions: list[Question], given: Mapping[str, Any]) -> set[str]:
    """The keys of the questions that are asked. An answer to a question that is not asked decides nothing."""
    counted: dict[str, Any] = {}
    asked = set()
    for question in questions:
        if is_asked(question, counted):
            asked.add(question.key)
            counted[question.key] = given.get(question.key)
    return asked


# ── Answers in words ────────────────────────────────────────────────────────
def shown(question: Question, value: Any) -> str:
    """An answer as a reader sees it; empty for none."""
    if is_blank(value):
        return ""
    match Kind(question.kind):
        case Kind.SINGLE_CHOICE:
            return _choice(question, value)
        case Kind.MULTIPLE_CHOICE:
            return ", ".join(_choice(question, one) for one in value)
        case Kind.MONEY:
            return f"{CURRENCY_SIGNS.get(value['currency'], value['currency'])}\u00a0{_number(value['amount'])}"
        case Kind.NUMBER:
            return _number(value)
        case Kind.DATE:
            return day(date.fromisoformat(value))
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
        case Kind.DECLARATION:
            return _("Confirmed")
        case Kind.FILE:
            return str(value["name"])
        case Kind.TABLE:
            return "; ".join(", ".join(_cell(column["kind"], row.get(column["key"])) for column in question.columns) for row in value)
        case _:
            return str(value)


def _choice(question: Question, value: str) -> str:
    return next((str(one["label"]) for one in question.choices if one["value"] == value), str(value))


def _number(value: Any) -> str:
    return f"{Decimal(str(value)):,}"


def _cell(kind: str, value: Any) -> str:
    if kind == "yes_no":
        return _("Yes") if value else _("No")
    if value is None:
        return "–"
    if kind == "date":
        return day(date.fromisoformat(value))
    return _number(value) if kind in ("number", "money") else str(value)
