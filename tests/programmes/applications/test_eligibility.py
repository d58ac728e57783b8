"""Rules as data: each operator, missing answers, and numbers as people write them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.applications.eligibility import evaluate, months_between
from programmes.catalogue.models import EligibilityRule

TODAY = date(2026, 11, 22)
TEAM = [
    {"name": "A", "full-time": True, "equity": "40"},
    {"name": "B", "full-time": "yes", "equity": 15.5},
    {"name": "C", "full-time": False, "equity": ""},
]


def result(operator: str, value: Any, answer: Any, column: str = "") -> tuple[bool | None, str]:
    rule = EligibilityRule(title="A rule", question_key="q", operator=operator, value=value, column=column)
    (found,) = evaluate([rule], {"q": answer}, TODAY)
    return found.passed, found.found


@pytest.mark.parametrize(
    ("operator", "value", "answer", "column", "passed", "found"),
    [
        ("eq", "HK", "hk", "", True, "hk"),
        ("eq", "HK", "SG", "", False, "SG"),
        ("eq", False, "yes", "", False, "yes"),
        ("in", ["fintech", "ai"], ["robotics", "ai"], "", True, "robotics, ai"),
        ("in", ["fintech"], "robotics", "", False, "robotics"),
        ("lte", 24, "24", "", True, "24"),
        ("lte", 24, 24.5, "", False, "24.5"),
        ("gte", 2, "1,200", "", True, "1,200"),
        ("gt", 0, {"amount": "0", "currency": "HKD"}, "", False, "0"),
        ("gt", 0, {"amount": "0.50", "currency": "HKD"}, "", True, "0.5"),
        ("is_true", None, True, "", True, "Yes"),
        ("is_true", None, False, "", False, "No"),
        ("months_lte", 24, "2024-11-22", "", True, "22 November 2024 (24 months)"),
        ("months_lte", 24, "2024-10-22", "", False, "22 October 2024 (25 months)"),
        ("count_gte", 2, TEAM, "full-time", True, "2 of 3"),
        ("count_gte", 3, TEAM, "full-time", False, "2 of 3"),
        ("share_gte", "0.5", TEAM, "full-time", True, "2 of 3"),
        ("share_gte", "0.7", TEAM, "full-time", False, "2 of 3"),
        ("sum_gt", "55.5", TEAM, "equity", False, "55.5"),
        ("sum_gte", "55.5", TEAM, "equity", True, "55.5"),
    ],
)
def test_rule_with_an_answer_gives_its_result_and_what_was_found(operator, value, answer, column, passed, found) -> None:
    assert result(operator, value, answer, column) == (passed, found)


@pytest.mark.parametrize("operator", EligibilityRule.Operator.values)
@pytest.mark.parametrize("answer", [None, "", []])
def test_rule_without_an_answer_cannot_tell(operator: str, answer: Any) -> None:
    assert result(operator, 1, answer) == (None, "")


@pytest.mark.parametrize(
    ("operator", "answer"),
    [("lte", "a lot"), ("months_lte", "last year"), ("count_gte", "three"), ("sum_gt", [{"equity": "half"}]), ("share_gte", ["row"])],
)
def test_rule_with_an_unreadable_answer_cannot_tell_and_says_so(operator: str, answer: Any) -> None:
    passed, found = result(operator, 1, answer, "equity")
    assert passed is None
    assert "cannot be read" in found


@given(st.dates(date(2000, 1, 1), date(2026, 11, 22)))
def test_months_between_counts_only_whole_months(start: date) -> None:
    months = months_between(start, TODAY)
    assert months >= 0
    assert 30.4 * months - 3 <= (TODAY - start).days < 30.5 * (months + 1) + 3


@given(st.lists(st.decimals(0, 100, places=2), min_size=1), st.decimals(0, 1000, places=2))
def test_sum_of_a_column_is_exact(shares: list[Decimal], limit: Decimal) -> None:
    rows = [{"equity": str(share)} for share in shares]
    assert result("sum_gt", str(limit), rows, "equity")[0] is (sum(shares) > limit)
    assert result("sum_gte", str(limit), rows, "equity")[0] is (sum(shares) >= limit)
