"""Fixtures that every test may use: the cast. Each member has `.user`, `.organisation`, `.actor` and `.client`."""

import pytest

from incubator.accounts.models import Organisation
from incubator.lib.actor import ActingAs
from tests import cast
from tests.cast import Member
from tests.environment import django_db_setup as django_db_setup  # here, because pytest-django's own wins over a plugin's
from tests.factories.accounts import OrganisationFactory


@pytest.fixture
def system(db: None) -> ActingAs:
    from incubator.accounts.actors import system_actor

    return system_actor()


@pytest.fixture
def park(db: None) -> Organisation:
    return OrganisationFactory(kind="park", name="Harbour Science Park")


@pytest.fixture
def startup_organisation(db: None) -> Organisation:
    return OrganisationFactory(kind="startup", name="Lumen Pay")


@pytest.fixture
def partner_organisation(db: None) -> Organisation:
    return OrganisationFactory(kind="partner", name="Meridian Technologies")


@pytest.fixture
def anonymous(db: None) -> Member:
    return cast.anonymous()


@pytest.fixture
def founder(startup_organisation: Organisation) -> Member:
    return cast.join(startup_organisation, "founder", name="Fay Founder")


@pytest.fixture
def teammate(startup_organisation: Organisation) -> Member:
    return cast.join(startup_organisation, "member", name="Tom Teammate")


@pytest.fixture
def stranger(db: None) -> Member:
    """The founder of another startup, who applies too."""
    return cast.join(OrganisationFactory(kind="startup", name="Stranger Robotics"), "founder", name="Sue Stranger")


@pytest.fixture
def newcomer(db: None) -> Member:
    """Signed up a minute ago; belongs to nothing yet."""
    from tests.factories.accounts import UserFactory

    return Member(UserFactory(name="Nick Newcomer"), None)


@pytest.fixture
def officer(park: Organisation) -> Member:
    return cast.join(park, "officer", name="Olga Officer")


@pytest.fixture
def second_officer(park: Organisation) -> Member:
    return cast.join(park, "officer", name="Otto Officer")


@pytest.fixture
def readonly_officer(park: Organisation) -> Member:
    return cast.join(park, "readonly", name="Rita Readonly")


@pytest.fixture
def manager(park: Organisation) -> Member:
    return cast.join(park, "manager", name="Max Manager")


@pytest.fixture
def chair(park: Organisation) -> Member:
    return cast.join(park, "chair", name="Carol Chair")


@pytest.fixture
def finance(park: Organisation) -> Member:
    return cast.join(park, "finance", name="Fred Finance")


@pytest.fixture
def facility_manager(park: Organisation) -> Member:
    return cast.join(park, "facility", name="Freya Facility")


@pytest.fixture
def partnership_manager(park: Organisation) -> Member:
    return cast.join(park, "partnership", name="Paul Partnership")


@pytest.fixture
def investment_manager(park: Organisation) -> Member:
    return cast.join(park, "invest", name="Ivy Invest")


@pytest.fixture
def admin_person(park: Organisation) -> Member:
    return cast.join(park, "admin", name="Ada Admin")


@pytest.fixture
def reviewer(park: Organisation) -> Member:
    return cast.join(park, "reviewer", name="Ray Reviewer")


@pytest.fixture
def reviewer_unassigned(park: Organisation) -> Member:
    return cast.join(park, "reviewer", name="Uma Unassigned")


@pytest.fixture
def reviewer_recused(park: Organisation) -> Member:
    """A reviewer with a tie to the founder's startup; the test that needs it makes the tie."""
    return cast.join(park, "reviewer", name="Rex Recused")


@pytest.fixture
def partner_person(partner_organisation: Organisation) -> Member:
    """A representative of a partner with an active agreement."""
    return cast.join(partner_organisation, "partner", name="Pia Partner")


@pytest.fixture
def other_partner(db: None) -> Member:
    """A representative of another partner, to whom nothing was disclosed."""
    return cast.join(OrganisationFactory(kind="partner", name="Other Systems"), "partner", name="Oscar Other")


@pytest.fixture
def ended_partner(db: None) -> Member:
    """A representative of a partner whose agreement has ended."""
    return cast.join(OrganisationFactory(kind="partner", name="Former Networks", ended=True), "partner", name="Ed Ended")


@pytest.fixture
def investor_person(db: None) -> Member:
    return cast.join(OrganisationFactory(kind="investor", name="Tidewater Ventures"), "investor", name="Ines Investor")
