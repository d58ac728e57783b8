"""Eligibility rules evaluated as data: each rule against the answer it asks about, each with its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.web import times
from programmes.catalogue.models import EligibilityRule

Operator = EligibilityRule.Operator


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule against the answers. `passed` is None where the answer is missing or cannot be read."""

    rule: str
    title: str
    passed: bool | None
    found: str
    needs_judgement: bool

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "title": self.title, "passed": self.passed, "found": self.found, "needs_judgement": self.needs_judgement}


class _Unreadable(Exception):
    """The answer is not of the kind that the operator needs."""


def evaluate(rules: Iterable[EligibilityRule], answers: Mapping[str, Any], today: date) -> list[RuleResult]:
    """The result of each rule, in the order given. `answers` maps question keys to values. Ages count to `today`."""
    return [_evaluate_one(rule, answers.get(rule.question_key), today) for rule in rules]


def _evaluate_one(rule: EligibilityRule, answer: Any, today: date) -> RuleResult:
    passed: bool | None = None
    found = ""
    if answer not in (None, "", []):
        try:
            passed, found = CHECKS[Operator(rule.operator)](rule, answer, today)
        except _Unreadable:
            found = _("The answer cannot be read by this rule.")
    return RuleResult(str(rule.pk), rule.title, passed, found, rule.needs_judgement)


# ── Reading answers ─────────────────────────────────────────────────────────
def number(value: Any) -> Decimal:
    """A number as people and forms write it; money counts by its amount."""
    if isinstance(value, Mapping):
        value = value.get("amount")
    try:
        return Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        raise _Unreadable from None


def is_yes(value: Any) -> bool:
    return value is True or str(value).strip().casefold() in {"yes", "true", "1", "on"}


def months_between(start: date, end: date) -> int:
    """Whole months from one day to another."""
    return (end.year - start.year) * 12 + end.month - start.month - (1 if end.day < start.day else 0)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return ", ".join(_words(one) for one in value)
    return str(value)


def _figure(value: Decimal) -> str:
    return number_format(value.normalize() if value != value.to_integral_value() else value.to_integral_value(), use_l10n=True, force_grouping=True)


def _rows(answer: Any) -> list[Mapping[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(row, Mapping) for row in answer):
        raise _Unreadable
    return answer


# ── Operators ───────────────────────────────────────────────────────────────
Check = Callable[[EligibilityRule, Any, date], tuple[bool, str]]


def _same(one: Any, other: Any) -> bool:
    return str(one).strip().casefold() == str(other).strip().casefold()


def _eq(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
    same = is_yes(answer) == rule.value if isinstance(rule.value, bool) else _same(answer, rule.value)
    return same, _words(answer)


def _in(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
    """Any of the answers given is one of the values allowed."""
    given = answer if isinstance(answer, list) else [answer]
    allowed = rule.value if isinstance(rule.value, list) else [rule.value]
    return any(_same(one, value) for one in given for value in allowed), _words(answer)


def _compare(test: Callable[[Decimal, Decimal], bool]) -> Check:
    def check(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
        given = number(answer)
        return test(given, number(rule.value)), _figure(given)

    return check


def _is_true(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
    yes = is_yes(answer)
    return yes, _("Yes") if yes else _("No")


def _months(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
    try:
        given = date.fromisoformat(str(answer)[:10])
    except ValueError:
        raise _Unreadable from None
    months = months_between(given, today)
    age = ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    return months <= number(rule.value), f"{times.day(given)} ({age})"


def _count(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
    rows = _rows(answer)
    count = sum(is_yes(row.get(rule.column)) for row in rows)
    return count >= number(rule.value), _("%(count)d of %(all)d") % {"count": count, "all": len(rows)}


def _share(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
    rows = _rows(answer)
    count = sum(is_yes(row.get(rule.column)) for row in rows)
    return count >= number(rule.value) * len(rows), _("%(count)d of %(all)d") % {"count": count, "all": len(rows)}


def _sum(test: Callable[[Decimal, Decimal], bool]) -> Check:
    def check(rule: EligibilityRule, answer: Any, today: date) -> tuple[bool, str]:
        given = [row.get(rule.column) for row in _rows(answer)]
        total = sum((number(one) for one in given if one not in (None, "")), Decimal(0))
        return test(total, number(rule.value)), _figure(total)

    return check


CHECKS: dict[Operator, Check] = {
    Operator.EQ: _eq,
    Operator.IN: _in,
    Operator.LTE: _compare(Decimal.__le__),
    Operator.GTE: _compare(Decimal.__ge__),
    Operator.GT: _compare(Decimal.__gt__),
    Operator.IS_TRUE: _is_true,
    Operator.MONTHS_LTE: _months,
    Operator.COUNT_GTE: _count,
    Operator.SHARE_GTE: _share,
    Operator.SUM_GT: _sum(Decimal.__gt__),
    Operator.SUM_GTE: _sum(Decimal.__ge__),
}
