"""Investor profiles: registered by the organisation, verified by the investment manager, for twelve months."""

from datetime import timedelta

import pytest

from incubator.lib.clock import now, today
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from investments.investors import operations as investors
from tests.factories.investors import InvestorProfileFactory

pytestmark = pytest.mark.django_db


def registered(member, **more):
    return investors.register(member.organisation, kind="corporate", ground="assets", by=member.actor, at=now(), **more)


def test_register_waits_for_the_park_and_tells_it(partner_person):
    profile = registered(partner_person)
    assert profile.status == "pending"
    assert Event.objects.get(kind="investors.registered").told[0]["roles"] == ["invest"]
    with pytest.raises(Refusal) as refusal:
        registered(partner_person)
    assert refusal.value.code == "registered_already"


@pytest.mark.parametrize("who", ["founder", "officer", "manager", "other_partner"])
def test_register_for_another_organisation_is_refused(partner_person, who, request):
    with pytest.raises(NotAllowed):
        investors.register(partner_person.organisation, kind="fund", ground="assets", by=request.getfixturevalue(who).actor, at=now())


@pytest.mark.parametrize("change", [{"kind": "bank"}, {"ground": "none"}, {"ticket_min": 5, "ticket_max": 4}])
def test_register_with_bad_input_is_refused(partner_person, change):
    values = {"kind": "fund", "ground": "assets", **change}
    with pytest.raises(Invalid):
        investors.register(partner_person.organisation, **values, by=partner_person.actor, at=now())


def test_verify_by_the_investment_manager_is_valid_for_a_year(partner_person, investment_manager):
    profile = investors.verify(registered(partner_person), evidence_note="Accounts 2025 seen", by=investment_manager.actor, at=now())
    assert profile.is_verified(today())
    assert profile.is_verified(today() + timedelta(days=365))
    assert not profile.is_verified(today() + timedelta(days=366))
    investors.require_verified(partner_person.organisation.pk, now())


@pytest.mark.parametrize("who", ["partner_person", "manager", "admin_person", "partnership_manager", "officer"])
def test_verify_by_anybody_else_is_refused(partner_person, who, request):
    profile = registered(partner_person)
    with pytest.raises(NotAllowed):
        investors.verify(profile, evidence_note="Seen", by=request.getfixturevalue(who).actor, at=now())
    profile.refresh_from_db()
    assert profile.status == "pending"


def test_unverified_expired_and_suspended_are_refused_with_the_code(partner_person, investment_manager):
    profile = registered(partner_person)
    for step in ("pending", "run out", "suspended"):
        if step == "run out":
            investors.verify(profile, evidence_note="Seen", by=investment_manager.actor, at=now())
        if step == "suspended":
            investors.suspend(profile, reason="Doubts", by=investment_manager.actor, at=now())
        at = now() + timedelta(days=400) if step == "run out" else now()
        with pytest.raises(Refusal) as refusal:
            investors.require_verified(partner_person.organisation.pk, at)
        assert (refusal.value.code, refusal.value.status) == ("investor_not_verified", 409)


def test_edit_while_verified_keeps_what_was_verified(partner_person, investment_manager):
    profile = investors.verify(registered(partner_person), evidence_note="Seen", by=investment_manager.actor, at=now())
    with pytest.raises(Refusal) as refusal:
        investors.edit(profile, kind="corporate", ground="licensed", by=partner_person.actor, at=now())
    assert refusal.value.field == "ground"
    investors.edit(profile, kind="corporate", ground="assets", ticket_min=1, by=partner_person.actor, at=now())


def test_expire_and_remind_once_each(system):
    InvestorProfileFactory(status="verified", verified_until=today() - timedelta(days=1))
    InvestorProfileFactory(status="verified", verified_until=today() + timedelta(days=20))
    assert (investors.expire_due(now()), investors.expire_due(now())) == (1, 0)
    assert (investors.remind_expiring(now()), investors.remind_expiring(now())) == (1, 0)


def test_suspended_cannot_be_suspended_again(investment_manager):
    profile = InvestorProfileFactory(status="suspended")
    with pytest.raises(IllegalTransition):
        investors.suspend(profile, reason="Again", by=investment_manager.actor, at=now())
