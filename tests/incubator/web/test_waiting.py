"""What waits, portal by portal: computed from how things stand, gone when done, the same number of queries for twenty."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from incubator.lib.clock import now, today
from incubator.partners.models import Side
from incubator.web import waiting
from programmes.applications.states import Status
from tests.cast import Member
from tests.factories.applications import ApplicationFactory, InfoRequestFactory
from tests.factories.cohorts import OfferFactory
from tests.factories.interests import InterestFactory
from tests.factories.partners import AgreementFactory, CommitmentFactory
from tests.factories.reviews import AssignmentFactory
from tests.factories.startups import StartupFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


def names(member: Member, portal: str) -> list[str]:
    return [task.work.name for task in waiting.tasks(member.actor, portal, most=50)[0]]


def test_a_founder_is_asked_for_what_founders_do_nearest_first_and_a_teammate_for_the_rest(founder: Member, teammate: Member) -> None:
    startup = StartupFactory(organisation=founder.organisation, profile="draft")
    asked = ApplicationFactory(startup=startup, sent=True, status=Status.INFO_REQUESTED)
    InfoRequestFactory(application=asked, due_on=today() + timedelta(days=9))
    OfferFactory(application__startup=startup, application__intake__released=True, status="open", expires_at=now() + timedelta(days=3))
    InterestFactory(round__startup=startup, status="consent_pending", asked_at=now(), answer_due_on=today() + timedelta(days=5))
    ApplicationFactory(startup=startup, intake__closes_at=now() + timedelta(days=20))
    ApplicationFactory(startup=startup, intake__closes_at=now() - timedelta(days=1))
    assert names(founder, "my") == ["cohorts.answer_offer", "interests.answer", "applications.answer", "applications.finish", "startups.complete"]
    assert names(teammate, "my") == ["applications.answer", "applications.finish", "startups.complete"]
    asked.info_requests.update(answered_at=now())
    assert "applications.answer" not in names(founder, "my")


def test_each_side_of_an_agreement_has_its_own_part_to_do(partner_person: Member, partnership_manager: Member, other_partner: Member) -> None:
    agreement = AgreementFactory(partner__organisation=partner_person.organisation, status="active")
    AgreementFactory(partner=agreement.partner, status="pending_signature", signed_by_park_at=now())
    make: Callable[..., object] = lambda **fields: CommitmentFactory(workstream__agreement=agreement, **fields)  # noqa: E731
    make(status="proposed", proposed_by=Side.PARK)
    make(status="delivered", side=Side.PARK)
    make(status="in_progress", side=Side.PARTNER, due_on=today() + timedelta(days=10))
    make(status="in_progress", side=Side.PARTNER, due_on=today() + timedelta(days=200))
    make(status="in_progress", side=Side.PARK, due_on=today() + timedelta(days=2), asked="defer", asked_by=Side.PARTNER)
    assert sorted(names(partner_person, "partner")) == ["partners.accept", "partners.agree", "partners.deliver", "partners.sign"]
    assert sorted(names(partnership_manager, "staff")) == ["partners.answer", "partners.deliver"]
    assert names(other_partner, "partner") == []


def test_what_waits_stands_on_homes_and_in_inboxes_and_costs_the_same_for_twenty(founder: Member, partner_person: Member, reviewer: Member) -> None:
    startup = StartupFactory(organisation=founder.organisation)
    agreement = AgreementFactory(partner__organisation=partner_person.organisation, status="active")
    pages = [(founder, "/my/"), (founder, "/my/inbox/"), (partner_person, "/partner/"), (partner_person, "/partner/inbox/"), (reviewer, "/review/inbox/")]
    counts = []
    for n in (1, 19):
        for _ in range(n):
            InfoRequestFactory(application=ApplicationFactory(startup=startup, sent=True, status=Status.INFO_REQUESTED))
            CommitmentFactory(workstream__agreement=agreement, status="delivered", side=Side.PARK)
            AssignmentFactory(reviewer=reviewer.user, application__status=Status.IN_REVIEW)
        counts.append([queries_of(member.client, path) for member, path in pages])
        texts = [member.client.get(path).content.decode() for member, path in pages]
    assert counts[0] == counts[1]
    for text, word in zip(texts, ["Answer what the park asks"] * 2 + ["Delivered commitments to accept"] * 2 + ["Reviews to write"], strict=True):
        assert word in text


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        waiting.register(waiting.mine.__globals__["_work"]["my", "startups.change", True])
