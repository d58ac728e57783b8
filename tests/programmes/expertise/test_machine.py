"""Any order of steps by anybody keeps the promises; and of forty who take the last of a month's capacity, one does."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.lib.clock import now, today
from incubator.lib.refusals import Refusal
from incubator.partners.models import Contribution
from incubator.startups.models import Startup
from programmes.expertise import operations as expertise
from programmes.expertise.capacity import month_of
from programmes.expertise.models import Offering, Session, SupportRequest
from programmes.expertise.states import LINKED, OPEN
from tests.factories.expertise import SupportRequestFactory
from tests.factories.partners import AgreementFactory, CommitmentFactory, PartnerFactory, WorkstreamFactory
from tests.races import race

STEPS = ("draft", "send", "triage", "offer", "accept", "turn_down", "schedule", "log", "no_show", "cancel", "deliver", "close", "withdraw", "clock")


class Story:
    """A founder, an officer and a partner who do anything in any order; refusals leave no trace."""

    def __init__(self, startup, offering, founder, officer, partner):
        self.startup, self.offering = startup, offering
        self.founder, self.officer, self.partner = founder.actor, officer.actor, partner.actor
        self.at = now()

    def take(self, step, which, hours):
        asked = self.pick(SupportRequest.objects.filter(startup=self.startup), which)
        session = self.pick(Session.objects.filter(request__startup=self.startup), which)
        self.at += timedelta(hours=hours)
        founder, officer, partner = ({"by": actor, "at": self.at} for actor in (self.founder, self.officer, self.partner))
        if step == "clock":
            expertise.follow_up_due(self.at)
            expertise.remind_of_sessions(self.at)
        elif step == "draft":
            need = {"need": "We need somebody to look at this.", "outcome": "It is mended.", "amount": hours % 7 + 1, "level": which % 3 + 1}
            expertise.draft_request(self.offering, self.startup, **need, **founder)
        elif step in ("log", "no_show", "cancel") and session:
            if step == "log":
                expertise.log(session, hours=Decimal(hours + 1) / 4, note="", **partner)
            else:
                (expertise.no_show if step == "no_show" else expertise.cancel_session)(session, note="", **partner)
        elif asked and step not in ("log", "no_show", "cancel"):
            {
                "send": lambda: expertise.send(asked, consent=True, **founder),
                "triage": lambda: expertise.triage(asked, brief="The need in the words of the park.", confidentiality="open", **officer),
                "offer": lambda: expertise.offer(asked, **officer),
                "accept": lambda: expertise.accept(asked, **partner),
                "turn_down": lambda: expertise.turn_down(asked, reason="No.", **partner),
                "schedule": lambda: expertise.schedule(asked, starts_at=self.at + timedelta(hours=1), place="Room", people="Mira", **partner),
                "deliver": lambda: expertise.deliver(asked, result="All that was asked.", **partner),
                "close": lambda: expertise.close(asked, rating=which % 5 + 1, words="", **founder),
                "withdraw": lambda: expertise.withdraw(asked, **founder),
            }[step]()

    @staticmethod
    def pick(rows, which):
        found = list(rows.order_by("pk"))
        return found[which % len(found)] if found else None

    def check(self):
        rows = SupportRequest.objects.filter(startup=self.startup)
        assert rows.filter(status__in=OPEN).count() <= expertise.MOST_OPEN
        for month in rows.filter(counts_in__isnull=False).values("counts_in").annotate(total=Sum("amount")):
            assert month["total"] <= self.offering.capacity
        levels = list(rows.filter(status__in=LINKED).values_list("level", flat=True))
        shown = Startup.objects.disclosed_to(self.partner).filter(pk=self.startup.pk).values_list("level", flat=True).first()
        assert shown == max(levels, default=None)
        held = Session.objects.filter(request__in=rows, request__status="closed", status="held").aggregate(total=Sum("hours"))["total"]
        assert (Contribution.objects.aggregate(total=Sum("amount"))["total"] or 0) == (held or 0)
        assert not Session.objects.filter(request__in=rows, request__status__in=("delivered", "closed"), status="planned")


steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 6), st.integers(0, 30)), min_size=8, max_size=20)
# Begun where most of the table lies ahead: drafts alone would seldom get to a session.
BEGINNINGS = (("draft", 0, 0), ("send", 0, 0), ("triage", 0, 0), ("offer", 0, 0), ("accept", 0, 0), ("schedule", 0, 0))


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(begun=st.integers(0, len(BEGINNINGS)), rest=steps)
def test_any_order_of_steps_keeps_the_promises(startup, offering, founder, officer, partner_person, begun, rest):
    with transaction.atomic():
        agreement = AgreementFactory(partner=PartnerFactory(organisation=offering.organisation), status="active")
        CommitmentFactory(workstream=WorkstreamFactory(agreement=agreement), status="in_progress")
        story = Story(startup, offering, founder, officer, partner_person)
        for step, which, hours in (*BEGINNINGS[:begun], *rest):
            with suppress(Refusal):
                story.take(step, which, hours)
                story.check()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_forty_who_accept_the_last_of_the_capacity_one_wins(startup, offering, partner_person):
    Offering.objects.filter(pk=offering.pk).update(capacity=4)
    rows = [SupportRequestFactory(startup=startup, offering=offering, offered=True, amount=4) for _ in range(40)]
    waiting = iter(rows)
    outcomes = race(40, lambda: expertise.accept(next(waiting), by=partner_person.actor, at=now()))
    won = [one for one in outcomes if isinstance(one, SupportRequest)]
    assert len(won) == 1
    assert {one.code for one in outcomes if isinstance(one, Refusal)} <= {"no_capacity", "busy"}
    assert len([one for one in outcomes if isinstance(one, Refusal)]) == 39
    assert Offering.objects.with_free(month_of(today())).get().free == 0
    assert SupportRequest.objects.filter(status="accepted").count() == 1
