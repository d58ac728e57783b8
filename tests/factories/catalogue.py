"""Programmes, rubrics, and intakes in each of their states."""

from datetime import timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from programmes.catalogue.models import Criterion, EligibilityRule, Intake, Programme, Rubric
from programmes.catalogue.states import IntakeState, ProgrammeState

ANCHORS = {"1": "Nothing is shown.", "3": "Plausible, with gaps.", "5": "Proven with evidence."}


class ProgrammeFactory(DjangoModelFactory[Programme]):
    """A published programme."""

    class Meta:
        model = Programme

    slug = factory.Sequence(lambda n: f"fintech-incubation-{n}")
    title = factory.Sequence(lambda n: f"Fintech Incubation {n}")
    tagline = "Thirty-six months, a grant and a bank that answers."
    description = "For teams that build **payment systems** and wallets."
    who_may_apply = "Companies of at most two years with two people full-time."
    what_you_get = "A grant, a desk and advice."
    focus_areas = factory.LazyFunction(lambda: ["fintech"])
    duration_months = 36
    grant_amount = 1_000_000
    status = ProgrammeState.PUBLISHED
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class RubricFactory(DjangoModelFactory[Rubric]):
    """A rubric without criteria; `weights=(60, 40)` gives it some."""

    class Meta:
        model = Rubric
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Rubric {n}")
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    @factory.post_generation
    def weights(self: Rubric, create: bool, extracted: tuple[int, ...] | None, **kwargs: Any) -> None:
        if create:
            for position, weight in enumerate(extracted or ()):
                CriterionFactory(rubric=self, position=position, weight=weight)


class CriterionFactory(DjangoModelFactory[Criterion]):
    class Meta:
        model = Criterion

    rubric = factory.SubFactory(RubricFactory)
    position = factory.Sequence(lambda n: n)
    title = factory.Sequence(lambda n: f"Criterion {n}")
    description = "What the team has done before."
    weight = 50
    anchors = factory.LazyFunction(lambda: dict(ANCHORS))


class IntakeFactory(DjangoModelFactory[Intake]):
    """An open call with a form, a rubric of two criteria, and no rules; `rules=2` adds some.

    Traits `draft`, `scheduled`, `closed`, `in_review`, `deliberation`, `decided`, `released`, `completed` and
    `cancelled` make one in that state, with dates that fit it.
    """

    class Meta:
        model = Intake
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(status=IntakeState.DRAFT, opens_in=timedelta(days=7))
        scheduled = factory.Trait(status=IntakeState.SCHEDULED, opens_in=timedelta(days=7))
        closed = factory.Trait(status=IntakeState.CLOSED, opens_in=timedelta(days=-40))
        in_review = factory.Trait(status=IntakeState.IN_REVIEW, opens_in=timedelta(days=-60))
        deliberation = factory.Trait(status=IntakeState.DELIBERATION, opens_in=timedelta(days=-80))
        decided = factory.Trait(status=IntakeState.DECIDED, opens_in=timedelta(days=-90))
        released = factory.Trait(status=IntakeState.RELEASED, opens_in=timedelta(days=-100), released_at=factory.LazyFunction(now))
        completed = factory.Trait(
            status=IntakeState.COMPLETED, opens_in=timedelta(days=-200), released_at=factory.LazyFunction(lambda: now() - timedelta(days=90))
        )
        cancelled = factory.Trait(status=IntakeState.CANCELLED, opens_in=timedelta(days=-10))
        opens_in = timedelta(days=-9)

    programme = factory.SubFactory(ProgrammeFactory)
    slug = factory.Sequence(lambda n: f"fintech-spring-{n}")
    title = factory.Sequence(lambda n: f"Fintech spring call {n}")
    reference_prefix = factory.Sequence(lambda n: f"FIN{n}")
    opens_at = factory.LazyAttribute(lambda row: now() + row.opens_in)
    closes_at = factory.LazyAttribute(lambda row: row.opens_at + timedelta(days=30))
    decision_on = factory.LazyAttribute(lambda row: max((row.closes_at + timedelta(days=60)).date(), today() + timedelta(days=1)))
    form_version = factory.SubFactory("tests.factories.forms.FormVersionFactory")
    rubric = factory.SubFactory(RubricFactory, weights=(60, 40))
    status = IntakeState.OPEN
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    @factory.post_generation
    def rules(self: Intake, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            for position in range(extracted or 0):
                EligibilityRuleFactory(intake=self, position=position)


class EligibilityRuleFactory(DjangoModelFactory[EligibilityRule]):
    class Meta:
        model = EligibilityRule

    intake = factory.SubFactory(IntakeFactory)
    position = factory.Sequence(lambda n: n)
    title = "Incorporated in Hong Kong"
    question_key = "incorporated-in"
    operator = EligibilityRule.Operator.EQ
    value = "HK"
