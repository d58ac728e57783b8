"""Interests in rounds: watching, or with `asked=True` waiting for the founder."""

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import add_working_days, now, today
from investments.interests.models import Interest
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.rounds import RoundFactory


class InterestFactory(DjangoModelFactory[Interest]):
    class Meta:
        model = Interest
        skip_postgeneration_save = True

    round = factory.SubFactory(RoundFactory, listed=True)
    organisation = factory.SubFactory(OrganisationFactory, kind="partner")
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    class Params:
        asked = factory.Trait(
            status="consent_pending",
            declared_by=factory.SubFactory(UserFactory),
            membership=factory.RelatedFactory(
                MembershipFactory, user=factory.SelfAttribute("..declared_by"), organisation=factory.SelfAttribute("..organisation"), role="partner"
            ),
            amount_min=1_000_000,
            amount_max=2_000_000,
            part="follow",
            note="We run the terminals your merchants use.",
            asked_at=factory.LazyFunction(now),
            answer_due_on=factory.LazyFunction(lambda: add_working_days(today(), 10)),
        )
