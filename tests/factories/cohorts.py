"""Cohorts, offers and memberships."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.cohorts.models import Cohort, CohortMembership, Offer
from programmes.cohorts.states import OfferState
from programmes.reviews.models import Determination
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import IntakeFactory


class CohortFactory(DjangoModelFactory[Cohort]):
    class Meta:
        model = Cohort

    intake = factory.SubFactory(IntakeFactory, released=True)
    title = factory.SelfAttribute("intake.title")
    seats = factory.SelfAttribute("intake.seats")
    starts_on = factory.LazyFunction(lambda: today() + timedelta(days=30))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class DeterminationFactory(DjangoModelFactory[Determination]):
    """A released offer's determination."""

    class Meta:
        model = Determination

    application = factory.SubFactory(ApplicationFactory, sent=True, status=Status.OFFERED)
    outcome = Determination.Outcome.ACCEPTED
    reason_code = Determination.ReasonCode.TEAM
    reasons = "A strong team with paying customers."
    letter_subject = "Your place"
    letter_body = "Welcome."
    decided_at = factory.LazyFunction(now)
    released_at = factory.LazyFunction(now)
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class OfferFactory(DjangoModelFactory[Offer]):
    """An open offer of a released intake, with its determination and cohort."""

    class Meta:
        model = Offer
        skip_postgeneration_save = True

    application = factory.SubFactory(ApplicationFactory, sent=True, status=Status.OFFERED, intake=factory.SubFactory(IntakeFactory, released=True))
    terms = "1. Be honest."
    terms_sha256 = "a" * 64
    expires_at = factory.LazyFunction(lambda: now() + timedelta(days=14))
    status = OfferState.OPEN
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    @factory.post_generation
    def determination(self: Offer, create: bool, extracted: object, **kwargs: object) -> None:
        if create:
            DeterminationFactory(application=self.application)
            cohort_of(self.application.intake)


def cohort_of(intake: Intake) -> Cohort:
    return Cohort.objects.filter(intake=intake).first() or CohortFactory(intake=intake)


class CohortMembershipFactory(DjangoModelFactory[CohortMembership]):
    class Meta:
        model = CohortMembership

    application = factory.SubFactory(ApplicationFactory, sent=True, status=Status.ACCEPTED, intake=factory.SubFactory(IntakeFactory, released=True))
    cohort = factory.LazyAttribute(lambda row: cohort_of(row.application.intake))
    startup = factory.SelfAttribute("application.startup")
    starts_on = factory.LazyFunction(lambda: today() + timedelta(days=30))
    ends_on = factory.LazyFunction(lambda: today() + timedelta(days=390))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)
