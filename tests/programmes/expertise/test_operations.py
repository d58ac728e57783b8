"""From the offering to the rating: who may, what it takes, what the partner sees meanwhile, and what counts."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import DatabaseError, transaction

from incubator.lib import sealing
from incubator.lib.clock import add_working_days, now, today
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.models import Event
from incubator.partners.models import Contribution
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, Startup
from programmes.expertise import access
from programmes.expertise import operations as expertise
from programmes.expertise.eligibility import why_not
from programmes.expertise.models import AccessCode, Offering, Session, SupportRequest
from programmes.expertise.states import OFFERING, OfferingState
from tests.factories.expertise import OfferingFactory, SessionFactory, SupportRequestFactory
from tests.factories.partners import AgreementFactory, CommitmentFactory, PartnerFactory, WorkstreamFactory
from tests.factories.startups import StartupFactory

pytestmark = pytest.mark.django_db
TERMS = {
    "title": "Cloud clinic",
    "area": "cloud",
    "kind": "advisory_hours",
    "capacity": 12,
    "description": "An architect looks at what you run and what it costs.",
}
NEED = {"need": "We do not know whether our token vault is safe.", "outcome": "A list of what to mend."}


def code_of(refused, field=None):
    assert field is None or refused.value.field == field
    return refused.value.code


def told(kind):
    return {one["audience"]: one["facts"] for one in Event.objects.get(kind=f"expertise.{kind}").told}


def test_an_offering_goes_from_the_draft_to_the_catalogue_and_out_of_it(partner_person, partnership_manager, founder, startup):
    by, at = partner_person.actor, now()
    row = expertise.draft_offering(partner_person.organisation, **TERMS, by=by, at=at)
    row = expertise.submit(row, by=by, at=at)
    row = expertise.send_back(row, reason="Say who gives it.", by=partnership_manager.actor, at=at)
    assert told("offering_sent_back")["partner"]["reason"] == "Say who gives it."
    row = expertise.edit_offering(row, description="Two architects look at what you run.", by=by, at=at)
    row = expertise.publish(expertise.submit(row, by=by, at=at), by=partnership_manager.actor, at=at)
    assert list(Offering.objects.visible_to(founder.actor)) == [row]
    with pytest.raises(Refusal) as refused:
        expertise.edit_offering(row, title="Something else", by=by, at=at)
    assert code_of(refused, "title") == "approved_already"
    assert expertise.edit_offering(row, capacity=20, by=by, at=at).capacity == 20
    row = expertise.pause(row, by=by, at=at)
    assert not Offering.objects.visible_to(founder.actor)
    with pytest.raises(IllegalTransition):
        expertise.publish(row, by=partnership_manager.actor, at=at)
    row = expertise.retire(expertise.resume(row, by=by, at=at), by=by, at=at)
    with pytest.raises(Refusal) as refused:
        expertise.edit_offering(row, capacity=5, by=by, at=at)
    assert code_of(refused) == "not_editable"


VERBS = {"submit": {}, "publish": {}, "send_back": {"reason": "No."}, "pause": {}, "resume": {}, "retire": {}}


@pytest.mark.parametrize("state", OfferingState.values)
def test_who_may_take_which_step_of_an_offering(partner_organisation, state, request):
    for (verb, more), who in product(VERBS.items(), ("partner_person", "partnership_manager", "other_partner", "officer", "founder", "investor_person")):
        actor = request.getfixturevalue(who).actor
        row = OfferingFactory(organisation=partner_organisation, status=state)
        if verb in OFFERING.verbs(state, row.roles_of(actor)):
            getattr(expertise, verb)(row, **more, by=actor, at=now())
            continue
        with pytest.raises((NotAllowed, IllegalTransition)):
            getattr(expertise, verb)(row, **more, by=actor, at=now())
        assert Offering.objects.get(pk=row.pk).version == row.version


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " x "), ("description", "Short."), ("capacity", 0), ("lead_days", 181), ("kind", "x"), ("serves", "x"), ("area", "fintech"), ("focus_areas", ["x"]), ("stages", ["x"])],
)  # fmt: skip
def test_an_offering_that_says_nothing_is_refused_at_its_field(partner_person, field, value):
    with pytest.raises(Invalid) as refused:
        expertise.draft_offering(partner_person.organisation, **{**TERMS, field: value}, by=partner_person.actor, at=now())
    assert refused.value.field == field
    assert not Offering.objects.exists()


def test_only_partners_offer(investor_person, founder, other_partner, partner_organisation):
    for member, house in ((investor_person, investor_person.organisation), (founder, founder.organisation), (other_partner, partner_organisation)):
        with pytest.raises(NotAllowed):
            expertise.draft_offering(house, **TERMS, by=member.actor, at=now())


def test_from_the_need_to_the_rating(startup, offering, founder, officer, partner_person, django_assert_max_num_queries):
    commitment = CommitmentFactory(
        workstream=WorkstreamFactory(agreement=AgreementFactory(partner=PartnerFactory(organisation=offering.organisation), status="active")),
        status="in_progress",
    )
    at, partner = now(), partner_person.actor
    asked = expertise.draft_request(offering, startup, **NEED, amount=4, level=2, by=founder.actor, at=at)
    assert not SupportRequest.objects.visible_to(officer.actor)
    with pytest.raises(Invalid) as refused:
        expertise.send(asked, consent=False, by=founder.actor, at=at)
    assert refused.value.field == "consent"
    asked = expertise.send(asked, consent=True, by=founder.actor, at=at)
    assert asked.triage_due_on == add_working_days(today(), 3)
    asked = expertise.triage(asked, brief="A startup wants its token vault looked at.", confidentiality="confidential", amount=3, by=officer.actor, at=at)
    assert not SupportRequest.objects.visible_to(partner)
    asked = expertise.offer(asked, by=officer.actor, at=at)
    assert SupportRequest.objects.visible_to(partner).get().answer_due_on == add_working_days(today(), 5)
    assert startup.name not in str(told("request_offered")["partner"])
    assert not Startup.objects.disclosed_to(partner)
    asked = expertise.accept(asked, by=partner, at=at)
    assert told("request_accepted")["partner"]["startup"] == "Lumen Pay"
    assert Startup.objects.disclosed_to(partner).get().level == 2
    session = expertise.schedule(asked, starts_at=at + timedelta(days=1), place="Room 4", people="Mira", by=partner, at=at)
    with pytest.raises(Refusal) as refused:
        expertise.log(session, hours=Decimal("1.5"), note="", by=partner, at=at)
    assert code_of(refused) == "yet_to_come"
    later = at + timedelta(days=1, hours=2)
    second = expertise.schedule(SupportRequest.objects.get(), starts_at=at + timedelta(days=1, hours=1), place="Room 4", people="Mira", by=partner, at=at)
    expertise.log(session, hours=Decimal("1.5"), note="Read the design.", by=partner, at=later)
    assert SupportRequest.objects.get().status == "in_progress"
    with pytest.raises(Refusal) as refused:
        expertise.deliver(SupportRequest.objects.get(), result="A list of nine findings.", by=partner, at=later)
    assert code_of(refused) == "session_open"
    expertise.no_show(second, note="", by=partner, at=later)
    asked = expertise.deliver(SupportRequest.objects.get(), result="A list of nine findings.", by=partner, at=later)
    assert not Contribution.objects.exists()
    with pytest.raises(Invalid):
        expertise.close(asked, rating=6, words="", by=founder.actor, at=later)
    asked = expertise.close(asked, rating=5, words="Clear and quick.", by=founder.actor, at=later)
    entry = Contribution.objects.get()
    assert (entry.commitment, entry.amount, entry.evidence_label, entry.evidence_id) == (commitment, Decimal("1.50"), "expertise.session", session.pk)
    assert not Startup.objects.disclosed_to(partner)
    assert told("request_closed")["partner"]["words"] == "Clear and quick."
    for one in Event.objects.filter(kind__startswith="expertise."):
        assert "token vault" not in str(one.told), "needs stand on pages only"


def test_who_may_do_what_from_where(offered, request):
    """Every verb by everybody, from every state: what the table says, and nothing else, happens."""
    given = {
        "send": {"consent": True}, "triage": {"brief": "A need in the words of the park.", "confidentiality": "open"}, "decline": {"reason": "No.", "alternative": "Read this."},
        "offer": {}, "accept": {}, "turn_down": {"reason": "No."}, "deliver": {"result": "All that was asked."}, "close": {"rating": 4, "words": ""}, "withdraw": {},
    }  # fmt: skip
    cast = {who: request.getfixturevalue(who).actor for who in ("founder", "teammate", "stranger", "officer", "manager", "partner_person", "other_partner")}
    for state in SupportRequest.machine.states.values:
        for (verb, more), (who, actor) in product(given.items(), cast.items()):
            with transaction.atomic():
                row = SupportRequestFactory(startup=offered.startup, offering=offered.offering, offered=True, status=state, delivered_at=now())
                may = verb in access.steps_of(actor, row)
                try:
                    getattr(expertise, verb)(row, **more, by=actor, at=now())
                    done = True
                except Refusal:
                    done = False
                assert done == may, (state, verb, who)
                transaction.set_rollback(True)


def test_what_a_request_needs(startup, offering, founder, teammate, stranger, partner_person):
    by, at = founder.actor, now()
    for field, value in (("need", "Help."), ("outcome", " "), ("amount", 0), ("level", 9), ("confidentiality", "x")):
        with pytest.raises(Invalid) as refused:
            expertise.draft_request(offering, startup, **{**NEED, field: value}, by=by, at=at)
        assert refused.value.field == field
    days = {"wished_from": today() + timedelta(days=2), "wished_until": today()}
    with pytest.raises(Invalid):
        expertise.draft_request(offering, startup, **NEED, **days, by=by, at=at)
    for other in (stranger, partner_person):
        with pytest.raises(NotAllowed):
            expertise.draft_request(offering, startup, **NEED, by=other.actor, at=at)
    draft = expertise.draft_request(offering, startup, **NEED, by=teammate.actor, at=at)
    with pytest.raises(NotAllowed):
        expertise.send(draft, consent=True, by=teammate.actor, at=at)
    with pytest.raises(NotAllowed):
        expertise.edit_request(draft, need="Quite another need, said at length.", by=stranger.actor, at=at)
    expertise.pause(offering, by=partner_person.actor, at=at)
    with pytest.raises(Refusal) as refused:
        expertise.send(draft, consent=True, by=by, at=at)
    assert code_of(refused) == "not_on_offer"


@pytest.mark.parametrize(
    ("terms", "fits"),
    [({}, True), ({"serves": "park_companies"}, False), ({"serves": "incubatees"}, True), ({"focus_areas": ["healthtech"]}, False),
     ({"focus_areas": ["healthtech", "fintech"]}, True), ({"stages": ["idea"]}, True), ({"stages": ["scaling"]}, False)],
)  # fmt: skip
def test_what_fits_is_the_same_in_words_and_in_sql(startup, offering, founder, terms, fits):
    Offering.objects.filter(pk=offering.pk).update(**terms)
    row = Offering.objects.get()
    assert bool(why_not(row, startup)) is not fits
    assert Offering.objects.serving(startup).exists() is fits
    prospect = StartupFactory(park_stage="prospect")
    assert why_not(row, prospect)
    assert not Offering.objects.serving(prospect)
    if not fits:
        with pytest.raises(Refusal) as refused:
            expertise.draft_request(row, startup, **NEED, by=founder.actor, at=now())
        assert code_of(refused) == "not_eligible"


def test_three_requests_are_the_most_at_a_time(startup, offering, founder):
    drafts = [expertise.draft_request(offering, startup, **NEED, by=founder.actor, at=now()) for _ in range(4)]
    for one in drafts[:3]:
        expertise.send(one, consent=True, by=founder.actor, at=now())
    with pytest.raises(Refusal) as refused:
        expertise.send(drafts[3], consent=True, by=founder.actor, at=now())
    assert code_of(refused) == "too_many_open"
    expertise.withdraw(drafts[0], by=founder.actor, at=now())
    assert expertise.send(drafts[3], consent=True, by=founder.actor, at=now()).status == "submitted"


def test_capacity_is_this_months(offered, partner_person):
    SupportRequestFactory(offering=offered.offering, accepted=True, amount=7)
    with pytest.raises(Refusal) as refused:
        expertise.accept(offered, by=partner_person.actor, at=now())
    assert code_of(refused) == "no_capacity"
    row = Offering.objects.with_free(today().replace(day=1)).get(pk=offered.offering_id)
    assert (row.taken, row.free) == (7, 3)
    SupportRequest.objects.exclude(pk=offered.pk).update(counts_in=date(2020, 1, 1))
    assert expertise.accept(offered, by=partner_person.actor, at=now()).counts_in == today().replace(day=1)


def test_one_disclosure_serves_all_requests_between_two_and_ends_with_the_last(startup, offering, founder, partner_person):
    partner = partner_person.actor
    wide, narrow = (SupportRequestFactory(startup=startup, offering=offering, offered=True, level=level) for level in (3, 1))
    expertise.accept(wide, by=partner, at=now())
    expertise.accept(narrow, by=partner, at=now())
    assert Startup.objects.disclosed_to(partner).get().level == 3
    SupportRequest.objects.filter(pk=wide.pk).update(status="in_progress")
    wide = expertise.deliver(SupportRequest.objects.get(pk=wide.pk), result="All that was asked.", by=partner, at=now())
    expertise.close(wide, rating=3, words="", by=founder.actor, at=now())
    assert Startup.objects.disclosed_to(partner).get().level == 1
    startups.revoke(Disclosure.objects.get(status="active"), by=founder.actor, at=now())
    SupportRequest.objects.filter(pk=narrow.pk).update(status="in_progress")
    narrow = expertise.deliver(SupportRequest.objects.get(pk=narrow.pk), result="All that was asked.", by=partner, at=now())
    assert not Startup.objects.disclosed_to(partner), "what the founder took back stays taken back"
    expertise.close(narrow, rating=3, words="", by=founder.actor, at=now())


def test_what_was_taken_back_is_no_longer_read(offered, founder, partner_person):
    asked = expertise.withdraw(offered, by=founder.actor, at=now())
    assert "partner" in told("request_withdrawn")
    assert SupportRequest.objects.visible_to(partner_person.actor).get().brief_for_partner == ""
    with pytest.raises(IllegalTransition):
        expertise.accept(asked, by=partner_person.actor, at=now())


def test_declining_needs_words(offered, officer, partner_person, startup, offering):
    with pytest.raises(ReasonNeeded):
        expertise.turn_down(offered, reason=" ", by=partner_person.actor, at=now())
    triaged = SupportRequestFactory(startup=startup, offering=offering, status="triaged")
    with pytest.raises(Invalid) as refused:
        expertise.decline(triaged, reason="Not this year.", alternative=" ", by=officer.actor, at=now())
    assert refused.value.field == "alternative"
    expertise.decline(triaged, reason="Not this year.", alternative="The cloud clinic.", by=officer.actor, at=now())
    assert told("request_declined")["founder"]["alternative"] == "The cloud clinic."


def test_a_code_is_sealed_given_once_and_each_showing_is_written_down(startup, partner_person, founder, teammate, officer):
    offering = OfferingFactory(organisation=partner_person.organisation, kind="credits", capacity=2)
    asked = SupportRequestFactory(startup=startup, offering=offering, offered=True, amount=1)
    asked = expertise.accept(asked, by=partner_person.actor, at=now())
    with pytest.raises(Refusal) as refused:
        expertise.schedule(asked, starts_at=now() + timedelta(days=1), place="Room 4", people="Mira", by=partner_person.actor, at=now())
    assert code_of(refused) == "given_as_code"
    asked = expertise.issue(asked, code="CLOUD-1234", note="Enter it under Billing.", by=partner_person.actor, at=now())
    with pytest.raises(IllegalTransition):
        expertise.issue(asked, code="CLOUD-9999", by=partner_person.actor, at=now())
    kept = AccessCode.objects.get()
    assert "CLOUD" not in kept.sealed
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(kept.sealed, purpose="expertise-code:another")
    for other in (teammate, officer, partner_person):
        with pytest.raises(NotAllowed):
            expertise.show_code(asked, by=other.actor, at=now())
    assert [expertise.show_code(asked, by=founder.actor, at=now()) for _ in range(2)] == ["CLOUD-1234"] * 2
    assert Event.objects.filter(kind="expertise.code_shown", subject_id=asked.pk).count() == 2
    assert not [one for one in Event.objects.all() if "CLOUD-1234" in f"{one.facts}{one.told}"]


def test_the_clock_escalates_ends_reminds_and_closes_each_once(offered, startup, offering):
    at = now()
    long_ago = today() - timedelta(days=20)
    new = SupportRequestFactory(startup=startup, offering=offering, triage_due_on=long_ago)
    SupportRequest.objects.filter(pk=offered.pk).update(answer_due_on=long_ago)
    done = SupportRequestFactory(startup=startup, offering=offering, delivered=True, delivered_at=at - timedelta(days=8))
    assert [expertise.follow_up_due(at) for _ in range(2)] == [3, 0]
    assert {one.kind for one in Event.objects.all()} == {"expertise.request_late", "expertise.request_escalated", "expertise.request_unconfirmed"}
    later = at + timedelta(days=10)
    SessionFactory(request=done, held=True)
    assert [expertise.follow_up_due(later) for _ in range(2)] == [2, 0]
    assert SupportRequest.objects.get(pk=offered.pk).status == "expired"
    assert SupportRequest.objects.get(pk=done.pk).status == "closed"
    assert SupportRequest.objects.get(pk=done.pk).rating is None
    assert SupportRequest.objects.get(pk=new.pk).status == "submitted"


def test_sessions_are_reminded_of_once_and_anew_when_moved(offered, partner_person):
    at = now()
    session = SessionFactory(request=SupportRequestFactory(offering=offered.offering, accepted=True, status="scheduled"), starts_at=at + timedelta(hours=20))
    SessionFactory(request=session.request, starts_at=at + timedelta(days=3))
    assert [expertise.remind_of_sessions(at) for _ in range(2)] == [1, 0]
    where = {"place": "https://meet.example/1", "people": "Mira"}
    expertise.move_session(session, starts_at=at + timedelta(hours=22), **where, by=partner_person.actor, at=at)
    assert [expertise.remind_of_sessions(at) for _ in range(2)] == [1, 0]
    assert [expertise.remind_of_sessions(at + timedelta(days=6)) for _ in range(2)] == [2, 0]
    assert Event.objects.filter(kind="expertise.session_unlogged").count() == 2
    with pytest.raises(Invalid) as refused:
        expertise.move_session(session, starts_at=at, **where, by=partner_person.actor, at=at)
    assert refused.value.field == "starts_at"
    assert expertise.cancel_session(Session.objects.get(pk=session.pk), note="Ill.", by=partner_person.actor, at=at).status == "cancelled"


def test_the_database_refuses_what_the_table_and_the_rules_do_not_know(offered):
    for change in ({"status": "closed"}, {"rating": 6}, {"amount": 0}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SupportRequest.objects.filter(pk=offered.pk).update(**change)
    session = SessionFactory()
    with pytest.raises(DatabaseError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(status="held")
