"""Commitments on the pages of both sides."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incubator.lib.clock import today
from incubator.partners.models import Commitment, Contribution
from tests import corpus
from tests.factories.partners import AgreementFactory, CommitmentFactory, ContributionFactory, PartnerFactory, WorkstreamFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def agreement(partner_organisation):
    return AgreementFactory(partner=PartnerFactory(organisation=partner_organisation), status="active")


def pdf():
    return SimpleUploadedFile("minutes.pdf", corpus.pdf(), content_type="application/pdf")


def test_from_a_workstream_to_acceptance_through_the_pages_of_both_sides(agreement, partner_person, partnership_manager):
    staff, partner = partnership_manager.client, partner_person.client

    def step(client, portal, verb, data=None):
        return client.post(reverse(f"{portal}:partners:commitment-step", args=[Commitment.objects.get().pk, verb]), data or {})

    page = reverse("staff:partners:agreement", args=[agreement.pk])
    assert "No workstreams yet" in staff.get(page).content.decode()
    staff.post(reverse("staff:partners:add-workstream", args=[agreement.pk]), {"name": "Expertise"})
    workstream = agreement.workstreams.get()
    terms = {"workstream": workstream.pk, "title": "Advisory hours", "side": "partner", "kind": "expertise", "target": "0", "unit": "hours"}
    days = {"starts_on": today().isoformat(), "due_on": (today() + timedelta(days=90)).isoformat()}
    propose = reverse("staff:partners:propose", args=[agreement.pk])
    assert staff.post(propose, {**terms, **days}).status_code == 422
    assert staff.post(propose, {**terms, **days, "target": "40"}).status_code == 302
    assert step(staff, "staff", "agree").status_code == 404
    assert step(partner, "partner", "agree").status_code == 302
    step(partner, "partner", "start")
    row = Commitment.objects.get()
    work = {"amount": "2.5", "happened_on": today().isoformat(), "words": "Security review of Lumen Pay", "file": pdf()}
    assert partner.post(reverse("partner:partners:contribute", args=[row.pk]), work).status_code == 302
    shown = staff.get(reverse("staff:partners:commitment", args=[row.pk])).content.decode()
    assert "Security review of Lumen Pay" in shown
    assert "2.5 of 40 hours" in shown
    file = reverse("staff:partners:contribution-file", args=[Contribution.objects.get().pk])
    assert b"".join(staff.get(file)).startswith(b"%PDF")
    bad = SimpleUploadedFile("a.pdf", b"<html>", content_type="application/pdf")
    refused = step(partner, "partner", "deliver", {"evidence": "All sessions are minuted.", "file": bad})
    assert refused.status_code == 422
    step(partner, "partner", "deliver", {"evidence": "All sessions are minuted.", "file": pdf()})
    assert b"".join(staff.get(reverse("staff:partners:evidence", args=[row.pk]))).startswith(b"%PDF")
    step(staff, "staff", "dispute", {"reason": "One is missing."})
    assert "One is missing." in partner.get(reverse("partner:partners:commitment", args=[row.pk])).content.decode()
    step(partner, "partner", "resume")
    step(partner, "partner", "deliver", {"evidence": "Now it is complete."})
    step(staff, "staff", "accept")
    row.refresh_from_db()
    assert row.status == "accepted"
    assert "Accepted" in partner.get(reverse("partner:partners:commitments")).content.decode()


def test_a_wish_of_one_side_is_answered_by_the_other(agreement, partner_person, partnership_manager):
    row = CommitmentFactory(workstream=WorkstreamFactory(agreement=agreement), status="agreed")
    partner_person.client.post(reverse("partner:partners:commitment-step", args=[row.pk, "defer"]), {"reason": "Our engineers are away."})
    page = partnership_manager.client.get(reverse("staff:partners:commitment", args=[row.pk])).content.decode()
    assert "Our engineers are away." in page
    assert partner_person.client.get(reverse("partner:partners:commitment-step", args=[row.pk, "consent"])).status_code == 404
    partnership_manager.client.post(reverse("staff:partners:commitment-step", args=[row.pk, "consent"]))
    row.refresh_from_db()
    assert row.status == "deferred"


def test_an_answer_to_a_proposal_is_another_proposal(agreement, partner_person):
    row = CommitmentFactory(workstream=WorkstreamFactory(agreement=agreement))
    terms = {"title": "Fewer hours", "side": "partner", "kind": "expertise", "target": "100", "unit": "hours"}
    days = {"starts_on": today().isoformat(), "due_on": (today() + timedelta(days=90)).isoformat()}
    assert partner_person.client.post(reverse("partner:partners:revise", args=[row.pk]), {**terms, **days}).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.target, row.proposed_by) == ("Fewer hours", 100, "partner")


def test_late_and_slow_ones_are_marked(agreement, partner_person):
    strand = WorkstreamFactory(agreement=agreement)
    CommitmentFactory(workstream=strand, status="in_progress", due_on=today() - timedelta(days=1))
    CommitmentFactory(workstream=strand, status="in_progress")
    page = partner_person.client.get(reverse("partner:partners:commitments")).content.decode()
    assert "Overdue" in page
    assert "At risk" in page


def test_the_scoreboard_takes_the_same_queries_for_one_and_twenty(agreement, partner_person, partnership_manager):
    pages = (
        (partner_person.client, reverse("partner:partners:commitments")),
        (
            partnership_manager.client,
            reverse("staff:partners:agreement", args=[agreement.pk]),
        ),
    )
    counts = []
    for number in (1, 19):
        for _ in range(number):
            ContributionFactory(commitment=CommitmentFactory(workstream=WorkstreamFactory(agreement=agreement), status="in_progress"))
        counts.append([queries_of(client, path) for client, path in pages])
    assert counts[0] == counts[1]


def test_the_ledger_takes_the_same_queries_for_one_and_twenty(agreement, partner_person):
    row = CommitmentFactory(workstream=WorkstreamFactory(agreement=agreement), status="in_progress")
    counts = []
    for number in (1, 19):
        for _ in range(number):
            ContributionFactory(commitment=row)
        counts.append(queries_of(partner_person.client, reverse("partner:partners:commitment", args=[row.pk])))
    assert counts[0] == counts[1]
