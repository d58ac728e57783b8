"""The arithmetic of reviews: a review's score, what several reviews say together, how strict a reviewer is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

HUNDREDTH = Decimal("0.01")
# Reviews further apart than this (in points of 1 to 5) need somebody to look before the panel does.
SPREAD_ALERT = Decimal("1.50")

Key = TypeVar("Key")


def rounded(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def weighted_mean(scores: Iterable[tuple[int, int | None]]) -> Decimal | None:
    """The mean of (weight, score) pairs; without a score a criterion does not count and the others' weights grow.

    None when nothing was scored.
    """
    given = [(weight, value) for weight, value in scores if value is not None]
    weights = sum(weight for weight, _value in given)
    if not weights:
        return None
    return rounded(Decimal(sum(weight * value for weight, value in given)) / weights)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the reviews that count say together. `spread` is highest less lowest, `deviation` the population's."""

    count: int
    mean: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    deviation: Decimal | None = None

    @property
    def spread(self) -> Decimal | None:
        return None if self.highest is None or self.lowest is None else self.highest - self.lowest

    @property
    def alert(self) -> bool:
        """Whether the reviewers are so far apart that somebody has to look."""
        return self.spread is not None and self.spread > SPREAD_ALERT


def summarise(scores: Sequence[Decimal]) -> Summary:
    """Mean and spread of the scores of reviews that were sent in."""
    if not scores:
        return Summary(count=0)
    mean = sum(scores, Decimal(0)) / len(scores)
    return Summary(
        count=len(scores),
        mean=rounded(mean),
        lowest=min(scores),
        highest=max(scores),
        deviation=rounded(_deviation(scores, mean)),
    )


def _deviation(scores: Sequence[Decimal], mean: Decimal) -> Decimal:
    return (sum(((score - mean) ** 2 for score in scores), Decimal(0)) / len(scores)).sqrt()


def z_scores(by_reviewer: Mapping[Key, Sequence[Decimal]]) -> dict[Key, Decimal | None]:
    """How far each reviewer's mean lies from all reviews' mean, in standard deviations of all: + is generous.

    None where it cannot be told: no reviews, or all scores the same.
    """
    everything = [score for scores in by_reviewer.values() for score in scores]
    if not everything:
        return dict.fromkeys(by_reviewer)
    mean = sum(everything, Decimal(0)) / len(everything)
    deviation = _deviation(everything, mean)
    found: dict[Key, Decimal | None] = {}
    for reviewer, scores in by_reviewer.items():
        own = sum(scores, Decimal(0)) / len(scores) if scores else None
        found[reviewer] = rounded((own - mean) / deviation) if own is not None and deviation else None
    return found


def snapshot(summary: Summary, reviews: Iterable[tuple[Decimal, str]]) -> dict[str, Any]:
    """What a determination keeps of the reviews as they stood: figures, and each score with its recommendation."""
    return {
        "mean": None if summary.mean is None else str(summary.mean),
        "spread": None if summary.spread is None else str(summary.spread),
        "count": summary.count,
        "reviews": [{"score": str(score), "recommendation": recommendation} for score, recommendation in reviews],
    }
