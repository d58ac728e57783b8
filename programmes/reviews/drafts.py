"""A review as a form: what was posted becomes a ReviewText, and a ReviewText becomes what the page draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from programmes.catalogue.models import Criterion
from programmes.reviews.models import Assignment, Review
from programmes.reviews.operations import ReviewText, ScoreGiven

NOT_APPLICABLE = "na"
LENGTHS = {"strengths": 4000, "weaknesses": 4000, "private_note": 4000}
COMMENT_LENGTH = 1000


def posted_text(post: Mapping[str, Any], criteria: Iterable[Criterion]) -> ReviewText:
    """What the reviewer typed. Text is cut at what a field holds; a score that is none counts as not given."""
    scores = {one.pk: _score(str(post.get(f"score-{one.pk}", "")), _clean(post.get(f"comment-{one.pk}"), COMMENT_LENGTH)) for one in criteria}
    words = {name: _clean(post.get(name), length) for name, length in LENGTHS.items()}
    recommendation = str(post.get("recommendation", ""))
    return ReviewText(scores=scores, recommendation=recommendation if recommendation in Review.Recommendation.values else "", **words)


def _score(text: str, comment: str) -> ScoreGiven:
    value = int(text) if text in {"1", "2", "3", "4", "5"} else None
    return ScoreGiven(value, text == NOT_APPLICABLE, comment)


def _clean(text: object, length: int) -> str:
    return str(text or "").replace("\x00", "").replace("\r\n", "\n")[:length]


def posted_version(post: Mapping[str, Any]) -> int:
    """The version the form was opened with; 0 for none."""
    text = str(post.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def saved_review(assignment: Assignment) -> Review | None:
    """The review as it was saved last, with its scores. Two queries."""
    return Review.objects.filter(assignment=assignment).prefetch_related("scores").first()


def saved_text(review: Review | None) -> ReviewText:
    """What is saved; empty before the first draft. One query."""
    if review is None:
        return ReviewText()
    scores: dict[UUID, ScoreGiven] = {one.criterion_id: ScoreGiven(one.value, one.is_not_applicable, one.comment) for one in review.scores.all()}
    return ReviewText(scores, review.recommendation, review.strengths, review.weaknesses, review.private_note)


@dataclass(frozen=True, slots=True)
class Choice:
    """One score of a criterion, with what it means."""

    value: str
    label: str
    anchor: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion as the page draws it. `theirs` is what another window saved, where it differs."""

    criterion: Criterion
    choices: Sequence[Choice]
    comment: str
    is_scored: bool
    theirs: str = ""


def lines(criteria: Iterable[Criterion], text: ReviewText, *, saved: ReviewText | None = None) -> list[Line]:
    """The rubric with the reviewer's scores; with `saved`, each line also says what was saved elsewhere."""
    return [_line(one, text.scores.get(one.pk, ScoreGiven()), saved.scores.get(one.pk, ScoreGiven()) if saved else None) for one in criteria]


def _line(criterion: Criterion, given: ScoreGiven, saved: ScoreGiven | None) -> Line:
    mine = NOT_APPLICABLE if given.is_not_applicable else str(given.value or "")
    choices = [Choice(str(n), str(n), str(criterion.anchors.get(str(n), "")), mine == str(n)) for n in range(1, 6)]
    choices.append(Choice(NOT_APPLICABLE, _("n/a"), _("Does not apply"), mine == NOT_APPLICABLE))
    theirs = "" if saved is None or saved == given else _in_words(saved)
    return Line(criterion, choices, given.comment, bool(mine), theirs)


def _in_words(given: ScoreGiven) -> str:
    score = _("n/a") if given.is_not_applicable else str(given.value or _("no score"))
    return f"{score} – {given.comment}" if given.comment else score
