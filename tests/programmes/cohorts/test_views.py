"""Pages of decisions, offers and cohorts: what they show, to whom, and at a constant number of queries."""

import pytest
from django.urls import reverse

from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.cohorts.models import CohortMembership, Offer
from programmes.cohorts.states import OfferState
from programmes.reviews.models import Determination
from tests.cast import Member
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.cohorts import CohortMembershipFactory, OfferFactory
from tests.factories.startups import StartupFactory
from tests.queries import queries_of


def accept(founder: Member, offer: Offer, **fields: str) -> int:
    given = {"signed_name": "Fay Founder", "terms_sha256": offer.terms_sha256, "agree": "on", **fields}
    return founder.client.post(reverse("my:cohorts:accept", args=[offer.application_id]), given).status_code


@pytest.fixture
def offer(founder: Member) -> Offer:
    return OfferFactory(application__startup=StartupFactory(organisation=founder.organisation))


def test_letter_shows_the_offer_with_its_deadline_and_zone(offer: Offer, founder: Member) -> None:
    page = founder.client.get(reverse("my:cohorts:letter", args=[offer.application_id])).content.decode()
    assert "Answer by" in page
    assert "HKT" in page


def test_team_member_reads_the_letter_and_cannot_sign(offer: Offer, founder: Member, teammate: Member) -> None:
    page = teammate.client.get(reverse("my:cohorts:letter", args=[offer.application_id])).content.decode()
    assert "Only the founder can sign" in page
    assert accept(teammate, offer) in (302, 403)
    offer.refresh_from_db()
    assert offer.status == OfferState.OPEN


def test_founder_accepts_once_and_a_second_click_changes_nothing(offer: Offer, founder: Member) -> None:
    assert accept(founder, offer) == 302
    accept(founder, offer)
    assert CohortMembership.objects.filter(application=offer.application).count() == 1


@pytest.mark.parametrize("fields", [{"signed_name": ""}, {"terms_sha256": "b" * 64}, {"agree": ""}])
def test_acceptance_that_lacks_something_is_refused_at_its_field(offer: Offer, founder: Member, fields: dict[str, str]) -> None:
    assert accept(founder, offer, **fields) == 422
    offer.refresh_from_db()
    assert offer.status == OfferState.OPEN


def test_letter_of_an_unreleased_decision_does_not_exist(founder: Member, manager: Member) -> None:
    application = ApplicationFactory(
        sent=True, intake=IntakeFactory(decided=True), startup=StartupFactory(organisation=founder.organisation), status=Status.REJECTED
    )
    Determination.objects.create(
        application=application, outcome="rejected", reason_code="fit", reasons="No.", decided_at=application.created_at,
        created_at=application.created_at, updated_at=application.created_at,
    )  # fmt: skip
    assert founder.client.get(reverse("my:cohorts:letter", args=[application.pk])).status_code == 404


def _fill(intake: Intake, number: int) -> None:
    for _row in range(number):
        ApplicationFactory(sent=True, intake=intake, status=Status.PENDING_DETERMINATION)
        OfferFactory(application__intake=intake)
        CohortMembershipFactory(application__intake=intake)


@pytest.mark.parametrize("name", ["staff:cohorts:deliberation", "staff:cohorts:cohort"])
def test_pages_of_an_intake_ask_the_same_number_of_queries_at_1_and_20_rows(manager: Member, name: str) -> None:
    counts = []
    for number in (1, 20):
        intake = IntakeFactory(released=True, seats=60)
        _fill(intake, number)
        counts.append(queries_of(manager.client, reverse(name, args=[intake.pk])))
    assert counts[0] == counts[1]


def test_list_of_intakes_asks_the_same_number_of_queries_at_1_and_20_rows(manager: Member) -> None:
    counts = []
    for number in (1, 19):
        for _intake in range(number):
            IntakeFactory(deliberation=True)
        counts.append(queries_of(manager.client, reverse("staff:cohorts:index")))
    assert counts[0] == counts[1]


def test_release_preview_asks_the_same_number_of_queries_at_1_and_20_letters(manager: Member) -> None:
    counts = []
    for number in (1, 20):
        intake = IntakeFactory(decided=True)
        for _letter in range(number):
            application = ApplicationFactory(sent=True, intake=intake, status=Status.REJECTED)
            Determination.objects.create(
                application=application, outcome="rejected", reason_code="fit", reasons="No.", letter_subject="Your application",
                letter_body="Thank you.", decided_at=application.created_at, created_at=application.created_at, updated_at=application.created_at,
            )  # fmt: skip
        counts.append(queries_of(manager.client, reverse("staff:cohorts:release", args=[intake.pk])))
    assert counts[0] == counts[1]
