"""Conflicts of interest as computed, and what they close."""

from datetime import timedelta

import pytest

from incubator.lib.clock import today
from incubator.startups.models import Tie
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.reviews import conflicts
from programmes.reviews.models import Assignment
from tests.cast import Member
from tests.factories.accounts import MembershipFactory, OrganisationFactory
from tests.factories.applications import ApplicationFactory, ReaderFactory
from tests.factories.reviews import AssignmentFactory, ConflictFactory


@pytest.fixture
def application(db: None) -> Application:
    return ApplicationFactory(sent=True, status=Status.IN_REVIEW)


def reasons(application: Application, reviewer: Member) -> list[str]:
    return list(conflicts.of(application, reviewer.user.pk))


def test_no_record_means_no_conflict(application: Application, reviewer: Member) -> None:
    assert reasons(application, reviewer) == []


def test_own_tie_is_a_conflict_while_it_lasts(application: Application, reviewer: Member) -> None:
    tie = Tie.objects.create(startup=application.startup, user=reviewer.user, kind=Tie.Kind.ADVISER)
    assert reasons(application, reviewer) == ["Adviser or mentor"]
    tie.until_on = today() - timedelta(days=1)
    tie.save()
    assert reasons(application, reviewer) == []


def test_tie_of_an_organisation_one_belongs_to_is_a_conflict(application: Application, reviewer: Member) -> None:
    investor = OrganisationFactory(kind="investor", name="Tidewater")
    Tie.objects.create(startup=application.startup, organisation=investor, kind=Tie.Kind.INTEREST)
    assert reasons(application, reviewer) == []
    MembershipFactory(user=reviewer.user, organisation=investor, role="investor")
    assert reasons(application, reviewer) == ["Investment interest, through Tidewater"]


def test_tie_of_the_park_itself_bars_nobody(application: Application, reviewer: Member) -> None:
    Tie.objects.create(startup=application.startup, organisation=reviewer.organisation, kind=Tie.Kind.SHAREHOLDING)
    assert reasons(application, reviewer) == []
    assert Application.objects.all().without_conflict(reviewer.actor).filter(pk=application.pk).exists()


def test_member_of_the_startup_is_in_conflict(application: Application, reviewer: Member) -> None:
    MembershipFactory(user=reviewer.user, organisation=application.startup.organisation, role="member")
    assert reasons(application, reviewer) == ["Belongs to the startup"]
    assert not Application.objects.all().without_conflict(reviewer.actor).exists()


def test_conflict_declared_for_another_application_of_the_startup_counts(application: Application, reviewer: Member) -> None:
    ConflictFactory(application=ApplicationFactory(sent=True, startup=application.startup, status=Status.REJECTED), user=reviewer.user)
    assert reasons(application, reviewer) == ["Declared before: We worked together."]


def test_barred_reader_is_in_conflict(application: Application, reviewer: Member) -> None:
    ReaderFactory(application=application, user=reviewer.user, is_barred=True)
    assert reasons(application, reviewer) == ["Barred from this application"]


def test_find_costs_the_same_for_one_pair_and_for_many(reviewer: Member, reviewer_unassigned: Member, django_assert_num_queries) -> None:
    rows = list(Application.objects.filter(pk__in=[ApplicationFactory(sent=True).pk for _ in range(20)]).select_related("startup"))
    for row in rows:
        Tie.objects.create(startup=row.startup, user=reviewer.user, kind=Tie.Kind.FAMILY)
    with django_assert_num_queries(4):
        conflicts.find(rows[:1], [reviewer.user.pk])
    with django_assert_num_queries(4):
        found = conflicts.find(rows, [reviewer.user.pk, reviewer_unassigned.user.pk])
    assert set(found) == {(row.pk, reviewer.user.pk) for row in rows}


def test_tie_made_after_the_assignment_hides_everything_at_once(reviewer: Member) -> None:
    assignment = AssignmentFactory(reviewer=reviewer.user)
    assert Assignment.objects.asked_of(reviewer.actor).exists()
    assert Application.objects.visible_to(reviewer.actor).exists()
    Tie.objects.create(startup=assignment.application.startup, user=reviewer.user, kind=Tie.Kind.COMPETITOR)
    assert not Assignment.objects.asked_of(reviewer.actor).exists()
    assert not Application.objects.visible_to(reviewer.actor).exists()


@pytest.mark.parametrize("who", ["officer", "manager", "chair"])
def test_staff_with_a_tie_see_nothing_of_it_either(application: Application, who: str, request: pytest.FixtureRequest) -> None:
    member: Member = request.getfixturevalue(who)
    assert Application.objects.visible_to(member.actor).exists()
    Tie.objects.create(startup=application.startup, user=member.user, kind=Tie.Kind.SHAREHOLDING)
    assert not Application.objects.visible_to(member.actor).exists()


@pytest.mark.parametrize("who", ["finance", "facility_manager", "partnership_manager", "investment_manager", "partner_person", "investor_person", "anonymous"])
def test_who_has_no_part_in_applications_sees_none(application: Application, who: str, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(who).actor
    assert not Application.objects.visible_to(actor).exists()
    assert not Assignment.objects.visible_to(actor).exists()
