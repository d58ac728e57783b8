"""Partners and their agreements. The row alone: access of the organisation is written by `partners.sign`."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from incubator.partners.models import Agreement, Commitment, Contribution, Partner, Workstream
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


class WorkstreamFactory(DjangoModelFactory[Workstream]):
    class Meta:
        model = Workstream

    agreement = factory.SubFactory(AgreementFactory, status="active")
    name = factory.Sequence(lambda n: f"Expertise {n}")


class CommitmentFactory(DjangoModelFactory[Commitment]):
    """Owed by the partner, proposed by the park, half its time gone."""

    class Meta:
        model = Commitment

    workstream = factory.SubFactory(WorkstreamFactory)
    side = "partner"
    kind = "expertise"
    title = factory.Sequence(lambda n: f"Advisory hours {n}")
    target = 400
    unit = "hours"
    starts_on = factory.LazyFunction(lambda: today() - timedelta(days=100))
    due_on = factory.LazyFunction(lambda: today() + timedelta(days=100))
    proposed_by = "park"
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class ContributionFactory(DjangoModelFactory[Contribution]):
    class Meta:
        model = Contribution

    commitment = factory.SubFactory(CommitmentFactory, status="in_progress")
    amount = 10
    happened_on = factory.LazyFunction(today)
    words = "Security review"
    entered_by = "Pia Partner"
    entered_at = factory.LazyFunction(now)
