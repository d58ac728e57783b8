"""Agreements: two signatures make one active, and its dates alone decide about access."""

from datetime import timedelta

import pytest
import time_machine

from incubator.accounts.models import Organisation
from incubator.lib.clock import now, today
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from incubator.partners import operations as partners
from incubator.partners.models import Agreement
from tests.factories.partners import AgreementFactory, PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(partner_organisation):
    Organisation.objects.filter(pk=partner_organisation.pk).update(has_access=False)
    return PartnerFactory(organisation=partner_organisation, status="prospect")


def drafted(partner, member, **dates):
    dates = {"starts_on": today(), "ends_on": today() + timedelta(days=365), **dates}
    return partners.draft_agreement(partner, title="Memorandum", by=member.actor, at=now(), **dates)


def active(partner, keeper, signer):
    agreement = partners.send_for_signature(drafted(partner, keeper), by=keeper.actor, at=now())
    partners.sign(agreement, name="Paul P.", by=keeper.actor, at=now())
    return partners.sign(agreement, name="Pia P.", by=signer.actor, at=now())


def test_add_gives_an_organisation_without_access(partnership_manager):
    partner = partners.add(name="Orchid Cloud", by=partnership_manager.actor, at=now())
    assert not Organisation.objects.get(pk=partner.organisation_id).is_open()


def test_references_count_up_within_the_year(partner, partnership_manager):
    first, second = (drafted(partner, partnership_manager).reference for _ in range(2))
    assert (first[-4:], second[-4:]) == ("0001", "0002")


def test_second_signature_makes_it_active_and_opens_access_until_its_last_day(partner, partnership_manager, partner_person):
    agreement = partners.send_for_signature(drafted(partner, partnership_manager), by=partnership_manager.actor, at=now())
    partner.refresh_from_db()
    assert partner.status == "negotiating"
    agreement = partners.sign(agreement, name="Pia Partner", by=partner_person.actor, at=now())
    assert agreement.status == "pending_signature"
    assert not Organisation.objects.get(pk=partner.organisation_id).is_open()
    agreement = partners.sign(agreement, name="Paul Partnership", by=partnership_manager.actor, at=now())
    agreement.refresh_from_db()
    partner.refresh_from_db()
    assert (agreement.status, agreement.signed_by_partner_name, agreement.signed_by_park_name) == ("active", "Pia Partner", "Paul Partnership")
    assert partner.status == "active"
    organisation = Organisation.objects.get(pk=partner.organisation_id)
    assert organisation.is_open()
    with time_machine.travel(organisation.access_until - timedelta(minutes=1)):
        assert organisation.is_open()
        assert today() == agreement.ends_on
    with time_machine.travel(organisation.access_until + timedelta(minutes=1)):
        assert not organisation.is_open()


def test_one_side_cannot_sign_twice(partner, partnership_manager):
    agreement = partners.send_for_signature(drafted(partner, partnership_manager), by=partnership_manager.actor, at=now())
    partners.sign(agreement, name="Paul P.", by=partnership_manager.actor, at=now())
    with pytest.raises(Refusal) as refusal:
        partners.sign(agreement, name="Paul P.", by=partnership_manager.actor, at=now())
    assert refusal.value.code == "signed_already"
    assert Event.objects.filter(kind="partners.agreement_signed").count() == 1


@pytest.mark.parametrize("who", ["other_partner", "founder", "officer", "manager", "investment_manager", "readonly_officer", "investor_person"])
def test_sign_by_anybody_else_is_refused(partner, partnership_manager, who, request):
    agreement = partners.send_for_signature(drafted(partner, partnership_manager), by=partnership_manager.actor, at=now())
    with pytest.raises(NotAllowed):
        partners.sign(agreement, name="Some Body", by=request.getfixturevalue(who).actor, at=now())
    agreement.refresh_from_db()
    assert agreement.signed_by_park_at is agreement.signed_by_partner_at is None


def test_sign_without_a_name_or_before_it_is_sent_is_refused(partner, partnership_manager):
    agreement = drafted(partner, partnership_manager)
    with pytest.raises(IllegalTransition):
        partners.sign(agreement, name="Paul P.", by=partnership_manager.actor, at=now())
    partners.send_for_signature(agreement, by=partnership_manager.actor, at=now())
    with pytest.raises(Invalid) as refusal:
        partners.sign(agreement, name=" ", by=partnership_manager.actor, at=now())
    assert refusal.value.field == "name"


def test_reopen_voids_the_signature(partner, partnership_manager):
    agreement = partners.send_for_signature(drafted(partner, partnership_manager), by=partnership_manager.actor, at=now())
    partners.sign(agreement, name="Paul P.", by=partnership_manager.actor, at=now())
    with pytest.raises(ReasonNeeded):
        partners.reopen(agreement, reason="", by=partnership_manager.actor, at=now())
    partners.reopen(agreement, reason="A clause is missing.", by=partnership_manager.actor, at=now())
    agreement.refresh_from_db()
    assert (agreement.status, agreement.signed_by_park_at) == ("negotiation", None)


def test_successor_replaces_the_active_one_when_both_have_signed(partner, partnership_manager, partner_person):
    first = active(partner, partnership_manager, partner_person)
    second = active(partner, partnership_manager, partner_person)
    first.refresh_from_db()
    assert (first.status, second.status) == ("renewed", "active")


def test_terminate_ends_access_with_the_day_of_notice(partner, partnership_manager, partner_person, manager):
    agreement = active(partner, partnership_manager, partner_person)
    with pytest.raises(NotAllowed):
        partners.terminate(agreement, on=today(), reason="Breach", by=partnership_manager.actor, at=now())
    partners.terminate(agreement, on=today() + timedelta(days=10), reason="Breach", by=manager.actor, at=now())
    organisation = Organisation.objects.get(pk=partner.organisation_id)
    assert organisation.is_open()
    with time_machine.travel(now() + timedelta(days=11)):
        assert not organisation.is_open()
    partner.refresh_from_db()
    assert partner.status == "dormant"


def test_expire_records_the_end_once(partner, partnership_manager, partner_person):
    active(partner, partnership_manager, partner_person)
    assert partners.expire_due(now()) == 0
    later = now() + timedelta(days=367)
    assert (partners.expire_due(later), partners.expire_due(later)) == (1, 0)
    assert Agreement.objects.get().status == "expired"


@pytest.mark.parametrize(("days", "told"), [(120, 0), (90, 1), (75, 1), (60, 1), (29, 1)])
def test_reminders_go_out_once_per_step(days, told, partner):
    AgreementFactory(partner=partner, status="active", ends_on=today() + timedelta(days=days))
    assert partners.remind_expiring(now()) == told
    assert partners.remind_expiring(now()) == 0


def test_reminders_at_each_of_the_three_steps(partner):
    AgreementFactory(partner=partner, status="active", ends_on=today() + timedelta(days=90))
    counts = [partners.remind_expiring(now() + timedelta(days=day)) for day in (0, 1, 30, 31, 60, 61, 89)]
    assert counts == [1, 0, 1, 0, 1, 0, 0]


def test_end_needs_the_agreement_terminated_first(partner, partnership_manager, partner_person):
    active(partner, partnership_manager, partner_person)
    with pytest.raises(Refusal) as refusal:
        partners.end(partner, reason="Over", by=partnership_manager.actor, at=now())
    assert refusal.value.code == "agreement_active"


@pytest.mark.parametrize("who", ["officer", "manager", "admin_person", "partner_person", "readonly_officer"])
def test_partners_are_kept_by_partnership_managers_only(who, request, partner):
    member = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        partners.add(name="Orchid Cloud", by=member.actor, at=now())
    with pytest.raises(NotAllowed):
        drafted(partner, member)
    with pytest.raises(NotAllowed):
        partners.explore(partner, by=member.actor, at=now())
