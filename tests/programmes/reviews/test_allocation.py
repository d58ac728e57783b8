"""Suggestions of reviewers: never in conflict, never over capacity, evenly loaded."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from programmes.reviews.allocation import suggest

cases = st.fixed_dictionaries(
    {
        "wanted": st.dictionaries(st.integers(0, 15), st.integers(-1, 4), max_size=12),
        "reviewers": st.lists(st.sampled_from("ABCDEFG"), unique=True, max_size=7),
        "load": st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(0, 6)),
        "capacity": st.integers(0, 8),
        "barred": st.sets(st.tuples(st.integers(0, 15), st.sampled_from("ABCDEFG"))),
    }
)


@given(cases)
def test_suggestion_respects_conflicts_capacity_and_need(case: dict) -> None:
    pairs = suggest(**case)
    assert len(set(pairs)) == len(pairs)
    assert not set(pairs) & case["barred"]
    for application, count in Counter(application for application, _reviewer in pairs).items():
        assert count <= case["wanted"][application]
    for reviewer, count in Counter(reviewer for _application, reviewer in pairs).items():
        assert case["load"].get(reviewer, 0) + count <= case["capacity"]


@given(cases)
def test_suggestion_leaves_nobody_out_while_somebody_is_free(case: dict) -> None:
    pairs = suggest(**case)
    carried = Counter(case["load"]) + Counter(reviewer for _application, reviewer in pairs)
    for application, needed in case["wanted"].items():
        given_to = {reviewer for one, reviewer in pairs if one == application}
        if len(given_to) < needed:
            idle = [one for one in case["reviewers"] if carried[one] < case["capacity"] and one not in given_to and (application, one) not in case["barred"]]
            assert not idle


def test_suggestion_takes_the_least_loaded_first() -> None:
    assert suggest({"X": 2}, ["A", "B", "C"], load={"A": 5, "B": 1, "C": 0}, capacity=10, barred=set()) == [("X", "C"), ("X", "B")]


def test_suggestion_keeps_a_rare_reviewer_for_who_has_no_other() -> None:
    pairs = suggest({"X": 1, "Y": 1}, ["A", "B"], load={"B": 1}, capacity=2, barred={("Y", "B")})
    assert pairs == [("X", "A"), ("Y", "A")] or dict(pairs)["Y"] == "A"
    assert dict(suggest({"X": 1, "Y": 1}, ["A", "B"], load={"A": 1}, capacity=2, barred={("Y", "B")})) == {"X": "B", "Y": "A"}
