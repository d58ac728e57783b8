"""The founder's home: what waits, nearest first."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.lib.clock import now, today
from programmes.applications.states import Status
from tests.factories.applications import ApplicationFactory, InfoRequestFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.startups import StartupFactory

HOME = "/my/"


@pytest.fixture
def startup(startup_organisation):
    return StartupFactory(organisation=startup_organisation, name="Lumen Pay")


def test_home_new_founder_sees_open_calls(startup, founder):
    IntakeFactory(title="Spring call")
    IntakeFactory(title="Hidden call", draft=True)
    page = founder.client.get(HOME).content.decode()
    assert "Spring call" in page
    assert "Hidden call" not in page
    assert "Complete your startup" in page


def test_home_puts_the_nearest_date_first(startup, founder):
    draft = ApplicationFactory(startup=startup, intake__title="Far call", intake__closes_at=now() + timedelta(days=20))
    asked = ApplicationFactory(startup=startup, intake__title="Asked call", sent=True, status=Status.INFO_REQUESTED)
    InfoRequestFactory(application=asked, due_on=today() + timedelta(days=2))
    page = founder.client.get(HOME).content.decode()
    assert page.index("Answer what the park asks") < page.index("Finish and send your application")
    assert str(draft.pk) in page


def test_home_hides_decisions_that_are_not_out(startup, founder):
    ApplicationFactory(startup=startup, sent=True, status=Status.OFFERED, intake__decided=True)
    page = founder.client.get(HOME).content.decode()
    assert "In review" in page
    assert "Answer the offer" not in page


def test_home_same_queries_for_1_and_20_rows(startup, founder):
    ApplicationFactory(startup=startup)
    founder.client.get(HOME)
    with CaptureQueriesContext(connection) as one:
        founder.client.get(HOME)
    for _ in range(19):
        ApplicationFactory(startup=startup)
    with CaptureQueriesContext(connection) as twenty:
        founder.client.get(HOME)
    assert len(one) == len(twenty)
