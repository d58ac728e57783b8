"""What people see of many reviews at once: staff each application against each reviewer, a reviewer the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Avg, QuerySet

from incubator.accounts.models import User
from incubator.accounts.roles import REVIEW_ROLES
from incubator.startups.models import Tie
from programmes.applications.models import Application
from programmes.catalogue.models import Intake
from programmes.reviews import conflicts, states
from programmes.reviews.models import Assignment, Conflict, Review
from programmes.reviews.scoring import Summary, summarise, z_scores
from programmes.reviews.states import AssignmentState


def reviewers() -> QuerySet[User]:
    """Everybody of the park who may be asked for a review, by name."""
    return User.objects.filter(memberships__organisation__kind="park", memberships__role__in=REVIEW_ROLES, is_active=True).distinct().order_by("name", "pk")


@dataclass
class Carried:
    """What one reviewer carries in a call. `z` is how strict (−) or generous (+) they are against all."""

    reviewer: User
    capacity: int
    open: int = 0
    done: int = 0
    overdue: int = 0
    conflicts: int = 0
    scores: list[Decimal] = field(default_factory=list)
    z: Decimal | None = None

    @property
    def load(self) -> int:
        return self.open + self.done

    @property
    def mean(self) -> Decimal | None:
        return summarise(self.scores).mean

    @property
    def is_full(self) -> bool:
        return self.load >= self.capacity


def carried_in(intake: Intake, people: Sequence[User], today: date) -> list[Carried]:
    """What each of these people carries in the call, in their order. Two queries."""
    found = {one.pk: Carried(one, intake.reviewer_capacity) for one in people}
    rows = Assignment.objects.filter(application__intake=intake, reviewer__in=people).values_list("reviewer_id", "status", "due_on", "application__status")
    for reviewer, status, due_on, application_status in rows:
        carried = found[reviewer]
        if status in states.OPEN:
            carried.open += 1
            carried.overdue += due_on < today and application_status == "in_review"
        carried.done += status in states.COUNTED
        carried.conflicts += status in (AssignmentState.COI_DECLARED, AssignmentState.RECUSED)
    scores = Review.objects.filter(assignment__application__intake=intake, assignment__status__in=states.COUNTED, score__isnull=False)
    by_reviewer: dict[UUID, list[Decimal]] = defaultdict(list)
    for reviewer, score in scores.values_list("assignment__reviewer_id", "score"):
        by_reviewer[reviewer].append(score)  # type: ignore[arg-type]
    z = z_scores(by_reviewer)
    for pk, carried in found.items():
        carried.scores, carried.z = by_reviewer.get(pk, []), z.get(pk)
    return list(found.values())


@dataclass(frozen=True)
class Cell:
    """One reviewer and one application: the assignment if there is one, else why there cannot be."""

    reviewer: User
    assignment: Assignment | None
    conflict: str
    is_overdue: bool


@dataclass(frozen=True)
class MatrixRow:
    application: Application
    cells: list[Cell]
    asked: int
    summary: Summary


def matrix(applications: Sequence[Application], people: Sequence[User], today: date) -> list[MatrixRow]:
    """A row per application with a cell per person. Six queries, however many. Needs `startup` loaded."""
    assigned = {(one.application_id, one.reviewer_id): one for one in Assignment.objects.filter(application__in=applications)}
    scores: dict[UUID, list[Decimal]] = defaultdict(list)
    counted = Review.objects.filter(assignment__application__in=applications, assignment__status__in=states.COUNTED, score__isnull=False)
    for application, score in counted.values_list("assignment__application_id", "score"):
        scores[application].append(score)  # type: ignore[arg-type]
    found = conflicts.find(applications, [one.pk for one in people])
    rows = []
    for one in applications:
        cells = []
        for person in people:
            assignment = assigned.get((one.pk, person.pk))
            late = bool(assignment and assignment.status in states.OPEN and assignment.due_on < today and one.status == "in_review")
            cells.append(Cell(person, assignment, "; ".join(found.get((one.pk, person.pk), ())), late))
        asked = sum(assignment.status in states.ACTIVE for (application, _person), assignment in assigned.items() if application == one.pk)
        rows.append(MatrixRow(one, cells, asked, summarise(scores[one.pk])))
    return rows


def active_by_reviewer(intake: Intake) -> Mapping[UUID, int]:
    """How many applications of the call each reviewer carries. One query."""
    rows = Assignment.objects.filter(application__intake=intake, status__in=states.ACTIVE)
    return Counter(rows.values_list("reviewer_id", flat=True))


def asked_pairs(applications: Sequence[Application]) -> set[tuple[UUID, UUID]]:
    """Who has been asked about which of them and may not be asked again. One query."""
    rows = Assignment.objects.filter(application__in=applications).exclude(status__in=states.MAY_BE_ASKED_AGAIN)
    return set(rows.values_list("application_id", "reviewer_id"))


# ── For a reviewer ──────────────────────────────────────────────────────────
def others(assignment: Assignment) -> list[Review]:
    """The reviews of the others, once one's own was sent; before that none. One query."""
    if assignment.status not in states.COUNTED:
        return []
    rows = Review.objects.filter(assignment__application=assignment.application_id, assignment__status__in=states.COUNTED)
    return list(rows.exclude(assignment=assignment).select_related("assignment__reviewer").order_by("submitted_at", "pk"))


def mean_of_others(mine: QuerySet[Assignment], user_id: UUID | None) -> Decimal | None:
    """The mean score of all others in the calls of these assignments. One query."""
    rows = Review.objects.filter(assignment__application__intake__in=mine.values("application__intake"), assignment__status__in=states.COUNTED)
    mean: Decimal | None = rows.exclude(assignment__reviewer=user_id).aggregate(mean=Avg("score"))["mean"]
    return mean


def declared_by(user_id: UUID | None) -> QuerySet[Conflict]:
    """The conflicts on record for a person, newest first."""
    return Conflict.objects.filter(user=user_id).select_related("application__startup", "application__intake").order_by("-recorded_at", "-pk")


def ties_of(user_id: UUID | None) -> QuerySet[Tie]:
    """The ties on record between a person and startups, by name."""
    return Tie.objects.filter(user=user_id).select_related("startup").order_by("startup__name", "pk")
