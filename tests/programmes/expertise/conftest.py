"""The founder's startup, which is an incubatee, and what a partner offers."""

import pytest

from tests.factories.expertise import OfferingFactory, SupportRequestFactory
from tests.factories.startups import AreaFactory, StartupFactory


@pytest.fixture(autouse=True)
def areas(db):
    AreaFactory()
    AreaFactory(kind="expertise", slug="cloud", name="Cloud computing")
    return AreaFactory(kind="expertise", slug="data-security", name="Data security")


@pytest.fixture
def startup(startup_organisation):
    fields = {"park_stage": "incubatee", "profile": "verified", "name": "Lumen Pay", "expertise_wanted": ["data-security"]}
    return StartupFactory(organisation=startup_organisation, **fields)


@pytest.fixture
def offering(partner_organisation):
    return OfferingFactory(organisation=partner_organisation, title="Security clinic")


@pytest.fixture
def offered(startup, offering):
    """Put to the partner, who has not answered."""
    return SupportRequestFactory(startup=startup, offering=offering, offered=True)
