"""Funding rounds: drafts, or with `listed=True` listed to partners together with the disclosure that goes with it."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now, today
from incubator.startups.models import Disclosure
from investments.rounds.models import Round
from tests.factories.startups import DisclosureFactory, StartupFactory


class RoundFactory(DjangoModelFactory[Round]):
    class Meta:
        model = Round
        skip_postgeneration_save = True

    startup = factory.SubFactory(StartupFactory, profile="verified")
    title = factory.Sequence(lambda n: f"Seed round {n}")
    instrument = Round.Instrument.EQUITY
    target = 12_000_000
    minimum_ticket = 500_000
    use_of_funds = "Two engineers, the licence, and a pilot with three merchants."
    closes_on = factory.LazyFunction(lambda: today() + timedelta(days=60))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    class Params:
        listed = factory.Trait(status="listed", listed_at=factory.LazyFunction(now), consented_at=factory.LazyFunction(now))

    @factory.post_generation
    def disclosure(self: Round, create: bool, extracted: bool | None, **kwargs: object) -> None:
        if create and self.status == "listed" and extracted is not False:
            DisclosureFactory(startup=self.startup, audience=Disclosure.Audience.PARTNERS, level=self.level, source=Disclosure.Source.ROUND)
            if self.audience == Round.Audience.INVESTORS:
                DisclosureFactory(startup=self.startup, audience=Disclosure.Audience.INVESTORS, level=self.level, source=Disclosure.Source.ROUND)
