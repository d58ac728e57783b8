"""Agreements and partners on pages: signed by both sides through HTTP, closed to everybody else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.accounts.models import Organisation
from incubator.lib.clock import now, today
from incubator.outbox.models import Event
from incubator.partners import operations as partners
from incubator.partners.models import Agreement, Partner
from tests.factories.partners import AgreementFactory, PartnerFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed_partner(partner_organisation):
    Organisation.objects.filter(pk=partner_organisation.pk).update(has_access=False)
    return PartnerFactory(organisation=partner_organisation, status="negotiating")


def test_from_draft_to_active_through_the_pages_of_both_sides(closed_partner, partner_person, partnership_manager):
    staff, partner = partnership_manager.client, partner_person.client
    home = reverse("partner:startups:index")
    answer = partner.get(home)
    assert answer.status_code == 403
    assert reverse("partner:partners:agreement") in answer.content.decode()
    terms = {"title": "Memorandum", "summary": "Forty hours a month.", "starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=365)).isoformat()}
    staff.post(reverse("staff:partners:draft-agreement", args=[closed_partner.pk]), terms)
    agreement = Agreement.objects.get()
    assert partner.get(reverse("partner:partners:sign", args=[agreement.pk])).status_code == 404
    staff.post(reverse("staff:partners:agreement-step", args=[agreement.pk, "send"]))
    told = Event.objects.get(kind="partners.agreement_sent").told[0]
    assert told["users"] == [str(partner_person.user.pk)]
    sign = reverse("partner:partners:sign", args=[agreement.pk])
    assert "Forty hours a month." in partner.get(sign).content.decode()
    assert partner.post(sign, {"name": "Pia Partner"}).status_code == 422
    partner.post(sign, {"name": "Pia Partner", "agree": "on"})
    assert partner.get(home).status_code == 403
    staff.post(reverse("staff:partners:agreement-step", args=[agreement.pk, "sign"]), {"name": "Paul Partnership", "agree": "on"})
    agreement.refresh_from_db()
    assert agreement.status == "active"
    assert partner.get(home).status_code == 200
    assert "Active" in partner.get(reverse("partner:partners:agreement")).content.decode()


def test_ended_partner_reads_its_agreement_and_nothing_else(ended_partner):
    partner = PartnerFactory(organisation=ended_partner.organisation, status="dormant")
    AgreementFactory(partner=partner, status="expired", title="Old memorandum")
    assert "Old memorandum" in ended_partner.client.get(reverse("partner:partners:agreement")).content.decode()
    for name in ("partner:home:index", "partner:startups:index", "partner:rounds:index", "partner:interests:index", "partner:investors:profile"):
        assert ended_partner.client.get(reverse(name)).status_code == 403


def test_foreign_agreement_is_not_there(closed_partner, other_partner):
    agreement = AgreementFactory(partner=closed_partner, status="pending_signature")
    for name in ("sign", "document"):
        assert other_partner.client.get(reverse(f"partner:partners:{name}", args=[agreement.pk])).status_code == 404


@pytest.mark.parametrize("who", ["officer", "manager", "admin_person", "readonly_officer"])
def test_staff_may_look_and_only_partnership_managers_act(closed_partner, who, request):
    member = request.getfixturevalue(who)
    agreement = AgreementFactory(partner=closed_partner)
    for name, args in (("index", []), ("agreements", []), ("detail", [closed_partner.pk]), ("agreement", [agreement.pk])):
        assert member.client.get(reverse(f"staff:partners:{name}", args=args)).status_code == 200
    for name, args in (("add", []), ("edit", [closed_partner.pk]), ("draft-agreement", [closed_partner.pk]), ("edit-agreement", [agreement.pk])):
        assert member.client.post(reverse(f"staff:partners:{name}", args=args)).status_code == 404
    assert member.client.post(reverse("staff:partners:agreement-step", args=[agreement.pk, "send"])).status_code == 404
    assert member.client.post(reverse("staff:partners:step", args=[closed_partner.pk, "end"]), {"reason": "x"}).status_code == 404
    assert not Event.objects.exists()


@pytest.mark.parametrize("who", ["founder", "partner_person", "reviewer"])
def test_staff_pages_are_not_there_for_others(who, request):
    assert request.getfixturevalue(who).client.get(reverse("staff:partners:index")).status_code in (302, 404)


def test_add_and_edit_a_partner(partnership_manager):
    client = partnership_manager.client
    client.post(reverse("staff:partners:add"), {"name": "Orchid Cloud", "summary": "Cloud", "expertise_areas": "cloud-computing"})
    partner = Partner.objects.get()
    assert partner.expertise_areas == ["cloud-computing"]
    edit = reverse("staff:partners:edit", args=[partner.pk])
    assert client.post(edit, {"webhook_domains": "https://bad/path"}).status_code == 422
    client.post(edit, {"summary": "Clouds", "webhook_domains": "hooks.example.com\nExample.org"})
    partner.refresh_from_db()
    assert partner.webhook_domains == ["hooks.example.com", "example.org"]


def test_bad_dates_are_shown_at_the_field(closed_partner, partnership_manager):
    terms = {"title": "M", "starts_on": "2027-02-01", "ends_on": "2027-01-01"}
    answer = partnership_manager.client.post(reverse("staff:partners:draft-agreement", args=[closed_partner.pk]), terms)
    assert answer.status_code == 422
    assert not Agreement.objects.exists()


def test_terminate_through_the_page_of_a_manager(closed_partner, manager, partnership_manager):
    agreement = AgreementFactory(partner=closed_partner, status="active")
    step = reverse("staff:partners:agreement-step", args=[agreement.pk, "terminate"])
    assert partnership_manager.client.get(step).status_code == 404
    assert manager.client.post(step, {"reason": "Breach", "on": "2020-01-01"}).status_code == 422
    manager.client.post(step, {"reason": "Breach", "on": today().isoformat()})
    agreement.refresh_from_db()
    assert agreement.status == "terminated"


@pytest.mark.parametrize("name", ["index", "agreements"])
def test_lists_are_a_constant_number_of_queries(partnership_manager, name):
    path = reverse(f"staff:partners:{name}")
    AgreementFactory(status="active")
    one = queries_of(partnership_manager.client, path)
    AgreementFactory.create_batch(19, status="active")
    assert queries_of(partnership_manager.client, path) == one


def test_partner_reads_reasons_only_where_they_were_told(closed_partner, partner_person, partnership_manager):
    agreement = partners.draft_agreement(
        closed_partner, title="M", starts_on=today(), ends_on=today() + timedelta(days=9), by=partnership_manager.actor, at=now()
    )
    partners.send_for_signature(agreement, by=partnership_manager.actor, at=now())
    page = partner_person.client.get(reverse("partner:partners:agreement")).content.decode()
    assert "sent the agreement for signature" in page
    assert "drafted the agreement" not in page
    assert "Paul Partnership" not in page
