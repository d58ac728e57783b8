"""Assignments, reviews with scores, conflicts, and determinations."""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from programmes.applications.models import Reader
from programmes.applications.states import Status
from programmes.reviews.models import Assignment, Conflict, Determination, Review, Score
from programmes.reviews.scoring import weighted_mean
from programmes.reviews.states import ACTIVE, AssignmentState
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """A review asked for, of an application in review that its reviewer may read. `declared=True`: no conflict."""

    class Meta:
        model = Assignment
        skip_postgeneration_save = True

    class Params:
        declared = factory.Trait(declared_free_at=factory.LazyFunction(now))

    application = factory.SubFactory(ApplicationFactory, sent=True, status=Status.IN_REVIEW)
    reviewer = factory.SubFactory(UserFactory)
    due_on = factory.LazyFunction(lambda: today() + timedelta(days=10))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    @factory.post_generation
    def may_read(self: Assignment, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if create and extracted is not False and self.status in ACTIVE:
            Reader.objects.get_or_create(application=self.application, user=self.reviewer)


class ReviewFactory(DjangoModelFactory[Review]):
    """A review that was sent. `values=(4, None)` scores the rubric's criteria in order; None is not applicable."""

    class Meta:
        model = Review
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(assignment__status=AssignmentState.IN_PROGRESS, submitted_at=None)

    assignment = factory.SubFactory(AssignmentFactory, declared=True)
    assignment__status = AssignmentState.SUBMITTED
    recommendation = Review.Recommendation.YES
    strengths = "A team that has shipped before."
    weaknesses = "The market is crowded."
    saved_at = factory.LazyFunction(now)
    submitted_at = factory.LazyFunction(now)

    @factory.post_generation
    def values(self: Review, create: bool, extracted: tuple[int | None, ...] | None, **kwargs: Any) -> None:
        if not create:
            return
        criteria = list(self.assignment.application.intake.rubric.criteria.order_by("position", "pk"))
        given = (4,) * len(criteria) if extracted is None else extracted
        for criterion, value in zip(criteria, given, strict=False):
            Score.objects.create(review=self, criterion=criterion, value=value, is_not_applicable=value is None)
        if self.submitted_at is not None:
            self.score = weighted_mean((one.weight, value) for one, value in zip(criteria, given, strict=False))
            self.save(update_fields=["score"])


class ConflictFactory(DjangoModelFactory[Conflict]):
    class Meta:
        model = Conflict

    application = factory.SubFactory(ApplicationFactory, sent=True, status=Status.IN_REVIEW)
    user = factory.SubFactory(UserFactory)
    source = Conflict.Source.DECLARED
    reason = "We worked together."
    recorded_at = factory.LazyFunction(now)


class DeterminationFactory(DjangoModelFactory[Determination]):
    """A rejection that is not released. `accepted=True` offers a place."""

    class Meta:
        model = Determination

    class Params:
        accepted = factory.Trait(outcome=Determination.Outcome.ACCEPTED)

    application = factory.SubFactory(ApplicationFactory, sent=True, status=Status.PENDING_DETERMINATION)
    outcome = Determination.Outcome.REJECTED
    reason_code = Determination.ReasonCode.MARKET
    reasons = "The market is too small."
    author = factory.SubFactory(UserFactory)
    decided_at = factory.LazyFunction(now)
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)
