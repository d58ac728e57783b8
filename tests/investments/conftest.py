"""A listed round of the founder's startup, and a partner that is a verified investor."""

import pytest

from tests.cast import Member
from tests.factories.investors import InvestorProfileFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import StartupFactory


@pytest.fixture
def startup(startup_organisation):
    return StartupFactory(organisation=startup_organisation, profile="verified", name="Lumen Pay")


@pytest.fixture
def listed_round(startup):
    return RoundFactory(startup=startup, listed=True, title="Seed 2027", use_of_funds="Canary use of funds")


@pytest.fixture
def verified(partner_person) -> Member:
    InvestorProfileFactory(organisation=partner_person.organisation, verified=True)
    return partner_person
