"""Today: what waits for whom, counted and bounded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.lib.clock import now, today
from incubator.startups.models import Tie
from incubator.web import waiting as work
from programmes.applications import operations as applications
from programmes.applications.states import Status
from tests.cast import Member
from tests.factories.applications import ApplicationFactory, InfoRequestFactory
from tests.factories.catalogue import EligibilityRuleFactory
from tests.factories.reviews import AssignmentFactory, ReviewFactory


def titles(member: Member) -> dict[str, str]:
    return {str(pile.work.title): pile.count for pile in work.piles(member.actor, "staff")}


def test_today_shows_each_kind_of_work_with_its_count(officer: Member, second_officer: Member) -> None:
    ApplicationFactory(sent=True)
    ApplicationFactory(sent=True)
    InfoRequestFactory(due_on=today() - timedelta(days=1))
    InfoRequestFactory(answered_at=now(), application__status=Status.SCREENING)
    AssignmentFactory(due_on=today() - timedelta(days=1))
    AssignmentFactory(status="coi_declared")
    ReviewFactory(assignment__application__intake__reviews_per_application=1)
    application = ApplicationFactory(sent=True, status=Status.SCREENING)
    rule = EligibilityRuleFactory(intake=application.intake, needs_judgement=True)
    applications.find_ineligible(application, rule=rule, reason="Not new.", by=second_officer.actor, at=now())
    assert titles(officer) == {
        "New applications to screen": "2",
        "Answers to read": "1",
        "Questions without an answer, overdue": "1",
        "Proposals that need a second officer": "1",
        "Conflicts declared: recuse and ask somebody else": "1",
        "Overdue reviews": "1",
        "Reviews complete: close them": "1",
    }
    assert "Proposals that need a second officer" not in titles(second_officer)


def test_today_is_about_ones_own_work(manager: Member, chair: Member, finance: Member, readonly_officer: Member) -> None:
    ApplicationFactory(sent=True, status=Status.PENDING_DETERMINATION)
    ApplicationFactory(sent=True)
    assert titles(chair) == {"Waiting for a decision": "1"}
    assert titles(manager) == {"Waiting for a decision": "1", "New applications to screen": "1"}
    assert titles(finance) == titles(readonly_officer) == {}


def test_today_hides_what_one_is_tied_to(officer: Member) -> None:
    sent = ApplicationFactory(sent=True)
    Tie.objects.create(startup=sent.startup, user=officer.user, kind=Tie.Kind.FAMILY)
    assert titles(officer) == {}


def test_today_page_names_what_waits_longest_first(officer: Member) -> None:
    for days in range(7):
        ApplicationFactory(sent=True, submitted_at=now() - timedelta(days=days))
    response = officer.client.get("/staff/")
    (pile,) = response.context["piles"]
    assert (pile.count, len(pile.shown)) == ("7", work.SHOWN)
    assert pile.shown[0].since < pile.shown[1].since
    assert "All 7" in response.content.decode()


def test_today_page_for_nobodys_work_says_so(finance: Member) -> None:
    assert "Nothing waits for you" in finance.client.get("/staff/").content.decode()


@pytest.mark.parametrize("who", ["founder", "reviewer", "partner_person"])
def test_today_is_not_there_for_others(who: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(who).client.get("/staff/").status_code == 404


def test_today_costs_the_same_for_one_row_and_for_twenty(manager: Member) -> None:
    manager.client.get("/staff/")
    counts = []
    for n in (1, 19):
        for _ in range(n):
            ApplicationFactory(sent=True)
            ReviewFactory(assignment__application__intake__reviews_per_application=1)
            ApplicationFactory(sent=True, status=Status.PENDING_DETERMINATION)
        with CaptureQueriesContext(connection) as queries:
            manager.client.get("/staff/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_badges_count_everything_in_one_statement(manager: Member, rf) -> None:
    for _ in range(3):
        ApplicationFactory(sent=True)
    ApplicationFactory(sent=True, status=Status.PENDING_DETERMINATION)
    request = rf.get("/staff/")
    request.actor, request.portal = manager.actor, "staff"
    with CaptureQueriesContext(connection) as queries:
        counts = work.badges(request)
    assert len(queries) == 1
    assert counts == {"screening": 3, "deliberation": 1, "today": 4}
