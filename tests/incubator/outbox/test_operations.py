"""Recording and stepping: one winner, one event, nothing without a trace."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import Organisation
from incubator.lib.clock import now
from incubator.lib.refusals import IllegalTransition, NotAllowed, ReasonNeeded, Refusal, Stale
from incubator.outbox import registry
from incubator.outbox.models import Event, Pending
from incubator.outbox.operations import Tell, begin, record, transition
from incubator.partners.models import Partner
from incubator.partners.states import PartnerState
from tests.cast import Member
from tests.factories.accounts import OrganisationFactory
from tests.races import race

moved = registry.register("outboxtest.moved", "moved it", audiences={"partner": registry.Notice(page="account_login")})


@pytest.fixture
def partner(db: None) -> Partner:
    at = now()
    return Partner.objects.create(organisation=OrganisationFactory(kind="partner"), created_at=at, updated_at=at)


def test_transition_by_the_right_role_writes_state_version_and_event(partner: Partner, partnership_manager: Member) -> None:
    transition(partner, PartnerState.EXPLORING, by=partnership_manager.actor, at=now(), event=moved)
    partner.refresh_from_db()
    event = Event.objects.get(subject_id=partner.pk)
    assert (partner.status, partner.version) == ("exploring", 1)
    assert (event.version, event.from_state, event.to_state) == (1, "prospect", "exploring")
    assert event.actor_user_id == partnership_manager.user.pk
    assert not Pending.objects.exists()  # nobody was told anything


def test_transition_with_somebody_to_tell_leaves_work_for_the_dispatcher(partner: Partner, partnership_manager: Member) -> None:
    tell = [Tell("partner", {"word": "hello"}, organisation=partner.organisation_id)]
    transition(partner, PartnerState.EXPLORING, by=partnership_manager.actor, at=now(), event=moved, tell=tell)
    assert Pending.objects.get().event.told[0]["facts"] == {"word": "hello"}


def test_each_is_one_statement_with_its_event_and_the_work_for_the_dispatcher(partner: Partner, partnership_manager: Member) -> None:
    tell, actor, at = [Tell("partner", organisation=partner.organisation_id)], partnership_manager.actor, now()
    new = Partner(organisation=OrganisationFactory(kind="partner"))
    with CaptureQueriesContext(connection) as statements:
        begin(new, moved, by=actor, at=at, tell=tell)
        record(moved, new, by=actor, at=at, tell=tell)
        transition(new, PartnerState.EXPLORING, by=actor, at=at, event=moved, tell=tell)
    assert len(statements) == 3
    new.refresh_from_db()
    assert (new.version, new.status, new.created_at, new.updated_at) == (3, "exploring", at, at)
    steps = list(Event.objects.filter(subject_id=new.pk).order_by("version").values_list("version", "from_state", "to_state"))
    assert steps == [(1, "", "prospect"), (2, "", ""), (3, "prospect", "exploring")]
    assert Pending.objects.filter(event_id__in=Event.objects.filter(subject_id=new.pk).values("pk")).count() == 3


def test_the_same_without_statements_kept_on_the_connection(partner: Partner, partnership_manager: Member, settings: Any) -> None:
    settings.DATABASE_PREPARES = False
    with CaptureQueriesContext(connection) as statements:
        record(moved, partner, by=partnership_manager.actor, at=now(), facts={"share": "100 %"}, tell=[Tell("partner", {"word": "a 'b' %s"})])
        transition(partner, PartnerState.EXPLORING, by=partnership_manager.actor, at=now(), event=moved)
    assert not any("EXECUTE" in one["sql"] for one in statements)
    assert Event.objects.get(version=1).told[0]["facts"] == {"word": "a 'b' %s"}
    assert Event.objects.get(version=2).to_state == "exploring"


def test_record_about_a_row_that_is_gone_leaves_nothing(partner: Partner, partnership_manager: Member) -> None:
    gone = Partner.objects.get(pk=partner.pk)
    partner.delete()
    with pytest.raises(Partner.DoesNotExist):
        record(moved, gone, by=partnership_manager.actor, at=now())
    assert not Event.objects.exists()


def test_transition_not_in_the_table_is_refused_with_what_is_possible(partner: Partner, partnership_manager: Member) -> None:
    with pytest.raises(IllegalTransition) as refusal:
        transition(partner, PartnerState.ACTIVE, by=partnership_manager.actor, at=now(), event=moved)
    assert set(refusal.value.allowed) == {"exploring", "negotiating", "ended"}
    assert not Event.objects.filter(subject_id=partner.pk).exists()


def test_transition_by_another_role_changes_nothing(partner: Partner, officer: Member) -> None:
    with pytest.raises(NotAllowed):
        transition(partner, PartnerState.EXPLORING, by=officer.actor, at=now(), event=moved)
    partner.refresh_from_db()
    assert partner.status == "prospect"


def test_transition_that_needs_a_reason_refuses_an_empty_one(partner: Partner, partnership_manager: Member) -> None:
    with pytest.raises(ReasonNeeded):
        transition(partner, PartnerState.ENDED, by=partnership_manager.actor, at=now(), event=moved, reason="  ")


def test_transition_on_an_old_copy_is_refused_as_stale(partner: Partner, partnership_manager: Member) -> None:
    old = Partner.objects.get(pk=partner.pk)
    record(moved, partner, by=partnership_manager.actor, at=now())
    with pytest.raises(Stale):
        transition(old, PartnerState.EXPLORING, by=partnership_manager.actor, at=now(), event=moved)


def test_database_refuses_a_step_outside_the_table_even_by_update(partner: Partner) -> None:
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(status="active")


def test_event_once_written_cannot_be_changed_or_deleted(partner: Partner, partnership_manager: Member) -> None:
    event = record(moved, partner, by=partnership_manager.actor, at=now())
    with pytest.raises(InternalError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(reason="another")
    with pytest.raises(InternalError), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()
    assert Event.objects.filter(pk=event.pk).update(position=7) == 1


def test_record_that_tells_an_audience_the_kind_does_not_name_is_a_mistake(partner: Partner, officer: Member) -> None:
    with pytest.raises(ValueError, match="does not name"):
        record(moved, partner, by=officer.actor, at=now(), tell=[Tell("public")])


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_have_one_winner_and_leave_one_event(partner: Partner, partnership_manager: Member) -> None:
    actor = partnership_manager.actor

    def act() -> Partner:
        mine = Partner.objects.get(pk=partner.pk)
        return transition(mine, PartnerState.EXPLORING, by=actor, at=now(), event=moved)

    outcomes = race(40, act)
    assert sum(isinstance(one, Partner) for one in outcomes) == 1
    assert all(isinstance(one, Partner | Refusal) for one in outcomes), outcomes
    assert Event.objects.filter(subject_id=partner.pk).count() == 1
    assert Organisation.objects.filter(pk=partner.organisation_id).exists()
