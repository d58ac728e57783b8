"""Offerings, requests and sessions. Rows alone: what a partner sees because of an accepted request is written by `accept`."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import add_working_days, now, today
from programmes.expertise.capacity import month_of
from programmes.expertise.models import Offering, Session, SupportRequest
from tests.factories.accounts import OrganisationFactory
from tests.factories.startups import AreaFactory, StartupFactory


class OfferingFactory(DjangoModelFactory[Offering]):
    """Ten hours of advice a month, published, for everybody."""

    class Meta:
        model = Offering

    organisation = factory.SubFactory(OrganisationFactory, kind="partner")
    title = factory.Sequence(lambda n: f"Security clinic {n}")
    area = factory.LazyFunction(lambda: AreaFactory(kind="expertise", slug="data-security", name="Data security").slug)
    kind = "advisory_hours"
    capacity = 10
    description = "Two of our engineers look at your design and say what to change first."
    status = "published"
    published_at = factory.LazyFunction(now)
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class SupportRequestFactory(DjangoModelFactory[SupportRequest]):
    """Sent by an incubatee; with `offered=True` put to the partner, with `accepted=True` at work."""

    class Meta:
        model = SupportRequest

    offering = factory.SubFactory(OfferingFactory)
    startup = factory.SubFactory(StartupFactory, park_stage="incubatee", profile="verified")
    need = "We store card tokens and have nobody who knows whether we do it well."
    outcome = "A list of what to mend before certification."
    amount = 4
    status = "submitted"
    sent_at = factory.LazyFunction(now)
    triage_due_on = factory.LazyFunction(lambda: add_working_days(today(), 3))
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    class Params:
        offered = factory.Trait(
            status="offered_to_partner",
            brief="A startup stores card tokens and wants its design looked at.",
            offered_at=factory.LazyFunction(now),
            answer_due_on=factory.LazyFunction(lambda: add_working_days(today(), 5)),
        )
        accepted = factory.Trait(offered=True, status="accepted", counts_in=factory.LazyFunction(lambda: month_of(today())))
        under_way = factory.Trait(accepted=True, status="in_progress")
        delivered = factory.Trait(accepted=True, status="delivered", result="A list of nine findings.", delivered_at=factory.LazyFunction(now))


class SessionFactory(DjangoModelFactory[Session]):
    """Planned for the day after tomorrow; with `held=True` over, with its hours."""

    class Meta:
        model = Session

    request = factory.SubFactory(SupportRequestFactory, accepted=True, status="scheduled")
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=2))
    place = "Meeting room 4"
    people = "Mira Okafor"
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)

    class Params:
        held = factory.Trait(status="held", hours="1.50", starts_at=factory.LazyFunction(lambda: now() - timedelta(hours=3)))
