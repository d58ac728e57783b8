"""Startups, their people and documents, what they disclose, and their ties."""

import factory
from factory.django import DjangoModelFactory

from incubator.lib.clock import now
from incubator.startups.models import Area, Disclosure, Document, Person, Startup, Tie
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.files import StoredFileFactory


class AreaFactory(DjangoModelFactory[Area]):
    class Meta:
        model = Area
        django_get_or_create = ("slug",)

    kind = Area.Kind.FOCUS
    slug = "fintech"
    name = "Fintech"


class StartupFactory(DjangoModelFactory[Startup]):
    class Meta:
        model = Startup

    name = factory.Sequence(lambda n: f"Harbour Ledger {n}")
    organisation = factory.SubFactory(OrganisationFactory, kind="startup", name=factory.SelfAttribute("..name"))
    pitch = "Reconciles card and wallet payments the minute they settle."
    abstract = "Shops wait days for their money because settlements are matched by hand. We match them as they arrive."
    jurisdiction = "HK"
    focus_areas = factory.LazyFunction(lambda: ["fintech"])
    trl = 4
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    startup = factory.SubFactory(StartupFactory)
    name = factory.Sequence(lambda n: f"Lam Ka Yan {n}")
    title = "Chief executive"
    is_founder = True
    equity_percent = 50


class DocumentFactory(DjangoModelFactory[Document]):
    class Meta:
        model = Document

    startup = factory.SubFactory(StartupFactory)
    kind = Document.Kind.DECK
    title = factory.Sequence(lambda n: f"Pitch deck {n}")
    file = factory.SubFactory(StoredFileFactory)


class DisclosureFactory(DjangoModelFactory[Disclosure]):
    class Meta:
        model = Disclosure

    startup = factory.SubFactory(StartupFactory)
    audience = Disclosure.Audience.PARTNERS
    level = Disclosure.Level.SUMMARY
    created_at = factory.LazyFunction(now)
    updated_at = factory.LazyFunction(now)


class TieFactory(DjangoModelFactory[Tie]):
    class Meta:
        model = Tie

    startup = factory.SubFactory(StartupFactory)
    user = factory.SubFactory(UserFactory)
    kind = Tie.Kind.SHAREHOLDING
