"""Investor profiles: waiting for verification, or verified with `verified=True`."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from investments.investors.models import InvestorProfile
from tests.factories.accounts import OrganisationFactory


class InvestorProfileFactory(DjangoModelFactory[InvestorProfile]):
    class Meta:
        model = InvestorProfile

    organisation = factory.SubFactory(OrganisationFactory, kind="investor", name=factory.Sequence(lambda n: f"Tidewater Ventures {n}"))
    kind = InvestorProfile.Kind.CORPORATE
    ground = InvestorProfile.Ground.ASSETS
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    class Params:
        verified = factory.Trait(status="verified", verified_until=factory.LazyFunction(lambda: today() + timedelta(days=300)))
