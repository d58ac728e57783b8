"""Partners and their agreements. The row alone: access of the organisation is written by `partners.sign`."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from incubator.partners.models import Agreement, Partner
from tests.factories.accounts import OrganisationFactory


class PartnerFactory(DjangoModelFactory[Partner]):
    class Meta:
        model = Partner

    organisation = factory.SubFactory(OrganisationFactory, kind="partner", name=factory.Sequence(lambda n: f"Meridian Systems {n}"))
    status = "active"
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class AgreementFactory(DjangoModelFactory[Agreement]):
    class Meta:
        model = Agreement

    partner = factory.SubFactory(PartnerFactory)
    reference = factory.Sequence(lambda n: f"MOU-2026-{n:04d}")
    title = "Memorandum of understanding"
    starts_on = factory.LazyFunction(lambda: today() - timedelta(days=30))
    ends_on = factory.LazyFunction(lambda: today() + timedelta(days=700))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)
