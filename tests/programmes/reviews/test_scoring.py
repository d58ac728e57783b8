"""The arithmetic of scores, by examples and by properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.reviews.scoring import rounded, summarise, weighted_mean, z_scores

weights = st.integers(1, 100)
values = st.none() | st.integers(1, 5)
scores = st.decimals(1, 5, places=2)


@pytest.mark.parametrize(
    ("pairs", "mean"),
    [
        ([(60, 5), (40, 5)], "5.00"),
        ([(60, 4), (40, 3)], "3.60"),
        ([(60, 4), (40, None)], "4.00"),
        ([(20, 5), (20, 4), (30, 3), (20, 2), (10, None)], "3.44"),
    ],
)
def test_weighted_mean_gives_the_weights_of_what_does_not_apply_to_the_others(pairs: list[tuple[int, int | None]], mean: str) -> None:
    assert weighted_mean(pairs) == Decimal(mean)


def test_weighted_mean_of_nothing_is_none() -> None:
    assert weighted_mean([]) is None
    assert weighted_mean([(100, None)]) is None


@given(st.lists(st.tuples(weights, values), min_size=1))
def test_weighted_mean_lies_between_lowest_and_highest(pairs: list[tuple[int, int | None]]) -> None:
    given_values = [value for _weight, value in pairs if value is not None]
    mean = weighted_mean(pairs)
    if not given_values:
        assert mean is None
    else:
        assert mean is not None
        assert min(given_values) <= mean <= max(given_values)


@given(st.lists(st.tuples(weights, values)), weights)
def test_weighted_mean_ignores_a_criterion_that_does_not_apply(pairs: list[tuple[int, int | None]], weight: int) -> None:
    assert weighted_mean([*pairs, (weight, None)]) == weighted_mean(pairs)


@given(st.lists(st.tuples(weights, values)), st.integers(2, 5))
def test_weighted_mean_depends_on_the_proportion_of_weights_only(pairs: list[tuple[int, int | None]], times: int) -> None:
    assert weighted_mean([(weight * times, value) for weight, value in pairs]) == weighted_mean(pairs)


@given(st.lists(scores, min_size=1))
def test_summary_spread_is_highest_less_lowest_and_mean_lies_between(given_scores: list[Decimal]) -> None:
    summary = summarise(given_scores)
    assert summary.count == len(given_scores)
    assert summary.spread == max(given_scores) - min(given_scores)
    assert summary.mean is not None
    assert summary.deviation is not None
    assert min(given_scores) <= summary.mean <= max(given_scores)
    assert 0 <= summary.deviation <= summary.spread


def test_summary_of_nothing_has_no_figures_and_no_alert() -> None:
    summary = summarise([])
    assert (summary.count, summary.mean, summary.spread, summary.alert) == (0, None, None, False)


@pytest.mark.parametrize(("highest", "alert"), [("3.50", False), ("3.51", True)])
def test_summary_alerts_when_reviews_are_more_than_one_and_a_half_apart(highest: str, alert: bool) -> None:
    assert summarise([Decimal("2.00"), Decimal(highest)]).alert is alert


@given(st.dictionaries(st.integers(), st.lists(scores), max_size=6))
def test_z_scores_are_signed_by_the_side_of_the_mean(by_reviewer: dict[int, list[Decimal]]) -> None:
    found = z_scores(by_reviewer)
    everything = [score for one in by_reviewer.values() for score in one]
    assert set(found) == set(by_reviewer)
    for reviewer, own in by_reviewer.items():
        z = found[reviewer]
        if not own or len(set(everything)) < 2:
            assert z is None
        elif z:
            assert (z > 0) is (sum(own) * len(everything) > sum(everything) * len(own))


def test_z_scores_of_a_strict_and_a_generous_reviewer_mirror_each_other() -> None:
    assert z_scores({"strict": [Decimal(2), Decimal(2)], "generous": [Decimal(4), Decimal(4)]}) == {"strict": -1, "generous": 1}


def test_rounded_goes_half_up() -> None:
    assert rounded(Decimal("3.445")) == Decimal("3.45")
