"""Commitments: two sides agree, one delivers with evidence, the other accepts; what is done is the sum of the ledger."""

import random
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from incubator.accounts.actors import system_actor
from incubator.lib.clock import now, today
from incubator.lib.refusals import Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from incubator.partners import access
from incubator.partners import operations as partners
from incubator.partners.models import Commitment, Contribution
from incubator.partners.progress import standing
from incubator.partners.states import COMMITMENT, CommitmentState
from investments.interests import operations as interests
from programmes.expertise import operations as expertise
from tests.factories.catalogue import ProgrammeFactory
from tests.factories.expertise import SessionFactory, SupportRequestFactory
from tests.factories.interests import InterestFactory
from tests.factories.partners import AgreementFactory, CommitmentFactory, ContributionFactory, PartnerFactory, WorkstreamFactory

pytestmark = pytest.mark.django_db
TERMS = {"kind": "expertise", "title": "Advisory hours", "target": Decimal(400), "unit": "hours"}


@pytest.fixture
def workstream(partner_organisation):
    partner = PartnerFactory(organisation=partner_organisation)
    return WorkstreamFactory(agreement=AgreementFactory(partner=partner, status="active"))


@pytest.fixture
def commitment(workstream):
    return CommitmentFactory(workstream=workstream, status="in_progress")


def proposed(workstream, member, **terms):
    days = {"starts_on": today(), "due_on": today() + timedelta(days=300)}
    return partners.propose(workstream, **{**TERMS, **days, "side": "partner", **terms}, by=member.actor, at=now())


def told(kind):
    return [(one["audience"], one["facts"]["title"]) for one in Event.objects.get(kind=f"partners.{kind}").told]


def test_from_proposal_to_acceptance(workstream, partnership_manager, partner_person):
    row = proposed(workstream, partnership_manager)
    assert told("commitment_proposed") == [("partner", "Advisory hours")]
    row = partners.agree(row, by=partner_person.actor, at=now())
    assert told("commitment_agreed") == [("staff", "Advisory hours")]
    row = partners.start(row, by=partner_person.actor, at=now())
    partners.contribute(row, amount=Decimal("2.5"), happened_on=today(), words="Security review", by=partner_person.actor, at=now())
    row = partners.deliver(row, evidence="All sessions are minuted.", by=partner_person.actor, at=now())
    row = partners.dispute(row, reason="Half of them are missing.", by=partnership_manager.actor, at=now())
    row = partners.resume(row, by=partner_person.actor, at=now())
    row = partners.deliver(row, evidence="Now all sessions are minuted.", by=partner_person.actor, at=now())
    row = partners.accept(row, by=partnership_manager.actor, at=now())
    assert row.status == "accepted"
    assert Commitment.objects.with_actual().get(pk=row.pk).actual == Decimal("2.5")


def test_the_side_that_proposed_cannot_agree_for_the_other(workstream, partnership_manager, partner_person):
    row = proposed(workstream, partnership_manager)
    with pytest.raises(Refusal) as refusal:
        partners.agree(row, by=partnership_manager.actor, at=now())
    assert refusal.value.code == "proposed_by_you"
    row = partners.revise(row, **{**TERMS, "target": Decimal(300)}, side="partner", starts_on=today(), due_on=today(), by=partner_person.actor, at=now())
    assert (row.target, row.proposed_by) == (300, "partner")
    with pytest.raises(Refusal):
        partners.agree(row, by=partner_person.actor, at=now())
    assert partners.agree(row, by=partnership_manager.actor, at=now()).status == "agreed"
    with pytest.raises(Refusal) as refusal:
        partners.revise(row, **TERMS, side="partner", starts_on=today(), due_on=today(), by=partner_person.actor, at=now())
    assert refusal.value.code == "agreed_already"


VERBS = {
    "agree": lambda row, by: partners.agree(row, by=by, at=now()),
    "start": lambda row, by: partners.start(row, by=by, at=now()),
    "deliver": lambda row, by: partners.deliver(row, evidence="Enough to read.", by=by, at=now()),
    "accept": lambda row, by: partners.accept(row, by=by, at=now()),
    "dispute": lambda row, by: partners.dispute(row, reason="No.", by=by, at=now()),
    "resume": lambda row, by: partners.resume(row, by=by, at=now()),
    "defer": lambda row, by: partners.ask(row, "defer", reason="Later.", by=by, at=now()),
    "cancel": lambda row, by: partners.ask(row, "cancel", reason="Never.", by=by, at=now()),
}
CAST = ("partner_person", "partnership_manager", "other_partner", "founder", "officer", "manager", "investor_person", "readonly_officer")


@pytest.mark.parametrize("state", CommitmentState.values)
def test_who_may_take_which_step_from_each_state(workstream, state, request):
    """Every verb by everybody from every state: what the table and the access rule say, and nothing else, happens."""
    for (verb, take), who in product(VERBS.items(), CAST):
        actor = request.getfixturevalue(who).actor
        row = CommitmentFactory(workstream=workstream, status=state)
        side = row.side_of(actor)
        assert bool(side) == (who in ("partner_person", "partnership_manager"))
        may = access.may_step(actor, row, verb)
        assert may == (
            bool(side) and verb in COMMITMENT.verbs(state, {"party", "owner" if side == "partner" else "other"}) and (verb, side) != ("agree", "park")
        )
        events = Event.objects.count()
        if may:
            take(row, actor)
        else:
            with pytest.raises(Refusal):
                take(row, actor)
            assert Event.objects.count() == events
            assert Commitment.objects.get(pk=row.pk).status == state


def test_deferring_and_cancelling_need_both_sides(commitment, partnership_manager, partner_person):
    row = partners.ask(commitment, "defer", reason="Our engineers are away.", by=partner_person.actor, at=now())
    assert (row.status, row.asked, row.asked_by) == ("in_progress", "defer", "partner")
    with pytest.raises(Refusal) as refusal:
        partners.consent(row, by=partner_person.actor, at=now())
    assert refusal.value.code == "asked_by_you"
    with pytest.raises(Refusal) as refusal:
        partners.ask(row, "cancel", reason="Never mind.", by=partnership_manager.actor, at=now())
    assert refusal.value.code == "asked_already"
    row = partners.refuse(row, by=partnership_manager.actor, at=now())
    assert (row.status, row.asked) == ("in_progress", "")
    row = partners.ask(row, "cancel", reason="The product ended.", by=partnership_manager.actor, at=now())
    row = partners.consent(row, by=partner_person.actor, at=now())
    assert (row.status, row.asked) == ("cancelled", "")
    assert Event.objects.get(kind="partners.commitment_cancelled").reason == "The product ended."


@pytest.mark.parametrize("state", ["draft", "pending_signature", "expired", "terminated", "renewed"])
def test_nothing_is_done_under_an_agreement_that_is_not_active(commitment, partner_person, state):
    agreement = commitment.agreement
    other = AgreementFactory(partner=agreement.partner, status=state)
    workstream = WorkstreamFactory(agreement=other)
    row = CommitmentFactory(workstream=workstream, status="in_progress")
    for take in (VERBS["deliver"], VERBS["defer"]):
        with pytest.raises(Refusal) as refusal:
            take(row, partner_person.actor)
        assert refusal.value.code == "agreement_over"
    with pytest.raises(Refusal):
        partners.contribute(row, amount=Decimal(1), happened_on=today(), words="Late work", by=partner_person.actor, at=now())


def test_input_that_says_nothing_is_refused_at_its_field(workstream, commitment, partner_person):
    by = partner_person.actor
    for field, call in {
        "evidence": lambda: partners.deliver(commitment, evidence="done", by=by, at=now()),
        "amount": lambda: partners.contribute(commitment, amount=Decimal(0), happened_on=today(), words="Some work", by=by, at=now()),
        "happened_on": lambda: partners.contribute(commitment, amount=Decimal(1), happened_on=today() + timedelta(days=1), words="Some work", by=by, at=now()),
        "words": lambda: partners.contribute(commitment, amount=Decimal(1), happened_on=today(), words=" ok ", by=by, at=now()),
        "target": lambda: proposed(workstream, partner_person, target=Decimal(0)),
        "due_on": lambda: proposed(workstream, partner_person, due_on=today() - timedelta(days=1)),
        "reason": lambda: partners.ask(commitment, "defer", reason=" ", by=by, at=now()),
    }.items():
        with pytest.raises(Invalid) as refusal:
            call()
        assert refusal.value.field == field
    assert not Contribution.objects.exists()


def test_dispute_needs_a_reason(workstream, partnership_manager):
    row = CommitmentFactory(workstream=workstream, status="delivered")
    with pytest.raises(ReasonNeeded):
        partners.dispute(row, reason=" ", by=partnership_manager.actor, at=now())


def test_only_the_side_that_owes_enters_work(commitment, partnership_manager):
    with pytest.raises(NotAllowed):
        partners.contribute(commitment, amount=Decimal(1), happened_on=today(), words="Their work", by=partnership_manager.actor, at=now())


@pytest.mark.parametrize("change", [{"amount": 5}, {"words": "Else"}])
def test_the_ledger_is_append_only(commitment, change):
    row = ContributionFactory(commitment=commitment)
    with pytest.raises(DatabaseError), transaction.atomic():
        Contribution.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_the_database_refuses_a_step_that_is_not_in_the_table(commitment):
    with pytest.raises(DatabaseError), transaction.atomic():
        Commitment.objects.filter(pk=commitment.pk).update(status="accepted")


def test_an_introduction_counts_once_by_itself(workstream, partner_organisation, founder):
    hours = CommitmentFactory(workstream=workstream, status="in_progress")
    row = CommitmentFactory(workstream=workstream, side="park", kind="investment", unit="introductions", target=12, status="agreed")
    interest = InterestFactory(organisation=partner_organisation, asked=True)
    interest.round.startup.organisation = founder.organisation
    interest.round.startup.save(update_fields=["organisation"])
    interests.consent(interest, by=founder.actor, at=now())
    entry = Contribution.objects.get()
    assert (entry.commitment, entry.amount, entry.evidence_label, entry.evidence_id) == (row, 1, "interests.interest", interest.pk)
    assert interest.round.startup.name in entry.words
    assert not hours.contributions.exists()
    again = partners.credit(partner_organisation.pk, kind="investment", unit="introductions", evidence=interest, words="Again", by=system_actor(), at=now())
    assert again is None
    assert Contribution.objects.count() == 1


def test_a_programme_counts_when_it_is_published(workstream, partner_organisation, manager):
    from programmes.catalogue import operations as catalogue

    row = CommitmentFactory(workstream=workstream, side="park", kind="programme", unit="programmes", target=3, status="in_progress")
    programme = ProgrammeFactory(status="draft", partner=partner_organisation)
    programme = catalogue.publish(programme, by=manager.actor, at=now())
    catalogue.publish(catalogue.pause(programme, by=manager.actor, at=now()), by=manager.actor, at=now())
    assert [(one.commitment, one.evidence_id) for one in Contribution.objects.all()] == [(row, programme.pk)]
    catalogue.publish(ProgrammeFactory(status="draft"), by=manager.actor, at=now())
    assert Contribution.objects.count() == 1


def test_what_has_no_running_commitment_of_its_kind_and_day_counts_nowhere(workstream, partner_organisation):
    for fields in (
        {"status": "proposed"},
        {"status": "delivered"},
        {"status": "in_progress", "unit": "events"},
        {"status": "in_progress", "starts_on": today() + timedelta(days=1)},
        {"status": "in_progress", "workstream": WorkstreamFactory()},
    ):
        CommitmentFactory(**{"workstream": workstream, "kind": "investment", "unit": "introductions", **fields})
    made = partners.credit(
        partner_organisation.pk, kind="investment", unit="introductions", evidence=workstream.agreement, words="X", by=system_actor(), at=now()
    )
    assert made is None


@pytest.mark.parametrize("seed", range(4))
def test_after_any_sequence_the_score_is_the_sum_of_its_evidence(workstream, partner_organisation, partnership_manager, partner_person, seed):
    """Random verbs by both sides; refused ones leave no trace, and no step changes what the ledger says."""
    dice = random.Random(seed)
    row = CommitmentFactory(workstream=workstream, kind="investment", unit="introductions", status="agreed")
    hours = CommitmentFactory(workstream=workstream, status="in_progress")
    expected = held = Decimal(0)
    people = [partnership_manager.actor, partner_person.actor]
    for _ in range(60):
        by, row = dice.choice(people), Commitment.objects.locked(row.pk)
        what = dice.choice([*VERBS, "consent", "refuse", "contribute", "credit", "repeat", "close"])
        try:
            if what == "contribute":
                amount = Decimal(dice.randint(1, 400)) / 100
                partners.contribute(row, amount=amount, happened_on=today(), words="Some work", by=by, at=now())
                expected += amount
            elif what in ("credit", "repeat"):
                evidence = InterestFactory() if what == "credit" else workstream.agreement
                made = partners.credit(
                    partner_organisation.pk, kind="investment", unit="introductions", evidence=evidence, words="Intro", by=system_actor(), at=now()
                )
                expected += 1 if made else 0
            elif what == "close":
                asked = SupportRequestFactory(offering__organisation=partner_organisation, delivered=True)
                SessionFactory(request=asked, status="no_show")
                held += sum(SessionFactory(request=asked, held=True, hours=Decimal(dice.randint(1, 400)) / 100).hours for _ in range(dice.randint(0, 2)))
                expertise.close(asked, rating=None, words="", by=system_actor(), at=now())
            elif what in ("consent", "refuse"):
                getattr(partners, what)(row, by=by, at=now())
            elif what != "cancel" or dice.random() < 0.2:
                VERBS[what](row, by)
        except Refusal:
            pass
        shown = Commitment.objects.with_actual().get(pk=row.pk)
        assert shown.actual == expected == (row.contributions.aggregate(total=Sum("amount"))["total"] or 0)
        assert Commitment.objects.with_actual().get(pk=hours.pk).actual == held
    assert Contribution.objects.exclude(commitment__in=(row, hours)).count() == 0
    assert expected > 0


def test_standing_is_computed_from_days_and_numbers(workstream):
    row = CommitmentFactory(workstream=workstream, status="in_progress")
    assert standing(row, Decimal(200), today()) == "on_track"
    assert standing(row, Decimal(90), today()) == "at_risk"
    assert standing(row, Decimal(400), row.due_on) == "on_track"
    assert standing(row, Decimal(400), row.due_on + timedelta(days=1)) == "overdue"
    row.status = "accepted"
    assert standing(row, Decimal(0), row.due_on + timedelta(days=1)) == ""


def test_both_sides_hear_once_that_it_is_overdue(workstream, partner_organisation):
    late = CommitmentFactory(workstream=workstream, status="agreed", due_on=today() - timedelta(days=1))
    CommitmentFactory(workstream=workstream, status="delivered", due_on=today() - timedelta(days=1))
    CommitmentFactory(workstream=workstream, status="agreed", due_on=today())
    assert partners.remind_overdue(now()) == 1
    assert partners.remind_overdue(now()) == 0
    event = Event.objects.get(kind="partners.commitment_overdue")
    assert event.subject_id == late.pk
    assert [one["audience"] for one in event.told] == ["partner", "staff"]


def test_a_partner_sees_only_its_own(commitment, partner_person, other_partner, founder):
    for actor, expected in ((partner_person.actor, [commitment]), (other_partner.actor, []), (founder.actor, [])):
        assert list(Commitment.objects.visible_to(actor)) == expected
    draft = CommitmentFactory(workstream=WorkstreamFactory(agreement=AgreementFactory(partner=commitment.agreement.partner, status="draft")))
    assert draft not in Commitment.objects.visible_to(partner_person.actor)
