"""Announcements: to whom, by whom, when, how far, and who may read them."""

from datetime import timedelta

import pytest

from incubator.announcements import operations as announcements
from incubator.announcements.models import Announcement
from incubator.lib.clock import now
from incubator.lib.machine import IllegalTransition
from incubator.lib.refusals import NotAllowed, Refusal
from incubator.notifications import announcing, choosing
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, Notification
from incubator.outbox import audiences
from programmes.applications.states import Status
from tests.cast import Member
from tests.factories.announcements import AnnouncementFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.cohorts import CohortMembershipFactory
from tests.factories.startups import AreaFactory, StartupFactory, TieFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PAGE = "/staff/announcements/"


def people(chosen: str) -> set[object]:
    found = audiences.members(chosen)
    return set() if found is None else set(found.values_list("user_id", flat=True))


def sent_all(row: Announcement) -> None:
    fan_out()
    for channel in ("in_app", "email"):
        deliver(channel, list(Delivery.objects.filter(event=announcements.act_of(row), channel=channel).values_list("pk", flat=True)))


def test_audiences_mean_whom_they_say(founder: Member, stranger: Member, partner_person: Member, reviewer: Member, officer: Member, teammate: Member) -> None:
    AreaFactory(kind="focus", slug="fintech")
    own = StartupFactory(organisation=founder.organisation, focus_areas=["fintech"])
    other = StartupFactory(organisation=stranger.organisation, focus_areas=["robotics"])
    member = CohortMembershipFactory(startup=own, application__startup=own, status="active")
    waiting = ApplicationFactory(startup=other, sent=True, status=Status.WAITLISTED)
    both = {founder.user.pk, teammate.user.pk}
    assert people("startups.focus:fintech") == people(f"cohort:{member.cohort_id}") == both
    assert people("startups:") == both | {stranger.user.pk}
    assert people(f"applicants:{waiting.intake_id}.in_review") == {stranger.user.pk}
    assert people("reviewers:") == {reviewer.user.pk}
    assert {founder.user.pk, partner_person.user.pk, officer.user.pk} <= people("everybody:")
    for nothing in (f"applicants:{waiting.intake_id}.waitlisted", "applicants:7.draft", "cohort:x", "nobody:", "startups.focus:", ""):
        assert people(nothing) == set(), nothing


def test_hidden_decisions_are_one_group_and_names_of_the_tied_are_left_out(officer: Member, founder: Member) -> None:
    application = ApplicationFactory(startup=StartupFactory(organisation=founder.organisation), sent=True, status=Status.REJECTED)
    words = {value: label for _title, pairs in audiences.options(officer.actor) for value, label in pairs}
    own = {value.partition(".")[2] for value in words if str(application.intake_id) in value}
    assert own == {"draft", "received", "asked", "in_review"}
    chosen = f"applicants:{application.intake_id}.in_review"
    assert [one.pk for one in announcing.reached(chosen, by=officer.actor).first] == [founder.user.pk]
    TieFactory(startup=application.startup, user=officer.user)
    seen = announcing.reached(chosen, by=officer.actor)
    assert (seen.people, seen.first) == (1, [])


def test_an_announcement_goes_to_its_audience_once_each_and_is_read_by_those_who_were_told(
    officer: Member, founder: Member, teammate: Member, stranger: Member, partner_person: Member
) -> None:
    StartupFactory(organisation=founder.organisation)
    choosing.choose(teammate.user, {("announcements.sent", "email"): "off"}, quiet=None, by=teammate.actor, at=now())
    page = officer.client.post(
        f"{PAGE}new/", {"audience": "startups:", "subject": "Closed on  Monday", "body": "Dear all,\n\n{{startup}} {% load x %}"}, follow=True
    )
    row = Announcement.objects.get()
    assert "2 people" in page.content.decode()
    assert not Delivery.objects.exists()
    ask = officer.client.get(f"{PAGE}{row.pk}/send/").content.decode()
    assert "goes to 2 people of 1 organisations" in ask
    officer.client.post(f"{PAGE}{row.pk}/send/")
    sent_all(row)
    told = list(Delivery.objects.filter(kind="announcements.sent").order_by("channel").values_list("user_id", "channel", "state"))
    assert sorted(told, key=str) == sorted(
        [
            (founder.user.pk, "email", "sent"),
            (founder.user.pk, "in_app", "sent"),
            (teammate.user.pk, "in_app", "sent"),
            (teammate.user.pk, "email", "suppressed"),
        ],
        key=str,
    )
    reading = f"/my/inbox/announcements/{row.pk}/"
    assert "{{startup}} {% load x %}" in founder.client.get(reading).content.decode()
    assert teammate.client.get(reading).status_code == 200
    assert stranger.client.get(reading).status_code == 404
    assert partner_person.client.get(f"/partner/inbox/announcements/{row.pk}/").status_code == 404
    founder.client.post(f"/my/inbox/{Notification.objects.get(user=founder.user).pk}/open/")
    found = {one.channel: (one.sent, one.switched_off, one.read) for one in officer.client.get(f"{PAGE}{row.pk}/").context["channels"]}
    assert found == {"in_app": (2, 0, 1), "email": (1, 1, None)}
    assert (announcing.finish_sent(now()), announcing.finish_sent(now())) == (1, 0)
    row.refresh_from_db()
    assert row.status == "sent"


def test_the_clock_sends_what_is_scheduled_once_and_what_was_taken_back_never(officer: Member, founder: Member) -> None:
    kept, taken = AnnouncementFactory(), AnnouncementFactory()
    at = now()
    answer = officer.client.post(f"{PAGE}{kept.pk}/schedule/", {"send_at": "2020-01-01T09:00"})
    assert (answer.status_code, "Choose a time to come" in answer.content.decode()) == (422, True)
    for row in (kept, taken):
        announcements.schedule(row, send_at=at + timedelta(hours=1), by=officer.actor, at=at)
    assert "HKT" in officer.client.get(f"{PAGE}{kept.pk}/").content.decode()
    announcements.unschedule(Announcement.objects.get(pk=taken.pk), by=officer.actor, at=at)
    assert announcements.send_due(at) == 0
    assert [announcements.send_due(at + timedelta(hours=2)) for _ in range(2)] == [1, 0]
    assert dict(Announcement.objects.values_list("pk", "status")) == {kept.pk: "sending", taken.pk: "draft"}


def test_a_stopped_announcement_reaches_nobody_more(officer: Member, founder: Member) -> None:
    row = announcements.send_now(AnnouncementFactory(), by=officer.actor, at=now())
    officer.client.post(f"{PAGE}{row.pk}/stop/", {"reason": "Wrong day"})
    sent_all(row)
    assert not Notification.objects.exists()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"suppressed"}
    row.refresh_from_db()
    assert row.status == "stopped"
    with pytest.raises(IllegalTransition):
        announcements.send_now(row, by=officer.actor, at=now())


def test_only_staff_who_announce_may_and_nobody_is_told_of_an_empty_audience(officer: Member, finance: Member, founder: Member) -> None:
    row = AnnouncementFactory(audience="cohort:x")
    for member in (finance, founder):
        assert member.client.get(PAGE).status_code == member.client.get(f"{PAGE}{row.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        announcements.send_now(row, by=finance.actor, at=now())
    with pytest.raises(Refusal, match="Nobody"):
        announcements.send_now(row, by=officer.actor, at=now())
    officer.client.post(f"{PAGE}{row.pk}/", {"try": ""})
    fan_out()
    assert list(Delivery.objects.values_list("user_id", "kind")) == [(officer.user.pk, "announcements.tried")]


def test_the_list_costs_the_same_for_one_and_for_twenty(officer: Member) -> None:
    AnnouncementFactory()
    before = queries_of(officer.client, PAGE)
    for _ in range(19):
        AnnouncementFactory()
    assert queries_of(officer.client, PAGE) == before
