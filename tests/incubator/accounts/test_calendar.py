"""One's own calendar: what stands in it, read back by the library; its secret address; the date in a mail."""

import re
from datetime import timedelta
from email import message_from_string, policy

import pytest
from django.core import mail
from icalendar import Calendar

from incubator.accounts import person_calendar
from incubator.accounts.models import CalendarFeed, User
from incubator.lib.clock import now, today
from incubator.lib.refusals import NotAllowed
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery
from incubator.outbox.models import Event
from programmes.applications import operations as applications
from programmes.applications.states import Status
from tests.cast import Member, join
from tests.factories.applications import ApplicationFactory, InfoRequestFactory
from tests.factories.cohorts import OfferFactory
from tests.factories.partners import AgreementFactory, CommitmentFactory
from tests.factories.reviews import AssignmentFactory
from tests.factories.startups import StartupFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PAGE = "/accounts/calendar/"


def address(member: Member) -> str:
    found = re.search(r"/accounts/calendar/[\w-]+\.ics", member.client.post(PAGE).content.decode())
    assert found
    return found[0]


def entries(client, path: str) -> dict[str, object]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    calendar = Calendar.from_ical(answer.content)
    return {str(one["uid"]): one for one in calendar.walk("VEVENT")}


def test_the_feed_holds_the_dates_of_all_of_ones_places_and_reads_back_as_meant(founder: Member, partner_person: Member, client) -> None:
    partner = join(partner_person.organisation, "partner", name="Fay Founder too", user=founder.user)
    startup = StartupFactory(organisation=founder.organisation)
    ends, later = (now() + timedelta(days=40)).replace(microsecond=0), today() + timedelta(days=50)
    offer = OfferFactory(application__startup=startup, expires_at=ends, version=4)
    asked = InfoRequestFactory(application=ApplicationFactory(startup=startup, sent=True, status=Status.INFO_REQUESTED), due_on=later)
    agreement = AgreementFactory(partner__organisation=partner.organisation, status="active", ends_on=later)
    CommitmentFactory(workstream__agreement=agreement, status="in_progress", due_on=later, title="Advisory; hours, 1\\2")
    CommitmentFactory(workstream__agreement=agreement, status="accepted", due_on=later)
    path = address(founder)
    answer = client.get(path)
    found = entries(client, path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert sorted(uid.partition(".")[0] + "." + uid.split(".")[2] for uid in found) == ["my.answer", "my.answer_offer", "partner.deliver", "partner.ends"]
    one = found[f"my.cohorts.answer_offer.{offer.pk}@testserver"]
    assert (one["dtend"].dt, one["dtstart"].dt) == (ends, ends - timedelta(minutes=30))
    assert (one["sequence"], one["dtstamp"].dt) == (4, offer.updated_at.replace(microsecond=0))
    assert str(offer.application_id) in str(one["url"])
    day = found[f"my.applications.answer.{asked.pk}@testserver"]
    assert (day["dtstart"].dt, day["dtend"].dt) == (later, later + timedelta(days=1))
    assert "Commitments due: Advisory; hours, 1\\2" in {str(entry["summary"]) for entry in found.values()}
    asked.answered_at = now()
    asked.save()
    assert day["uid"] not in entries(client, path)


def test_the_address_is_kept_as_a_hash_made_anew_switched_off_and_is_nobody_elses(founder: Member, stranger: Member, client) -> None:
    first = address(founder)
    token = first.removeprefix(PAGE).removesuffix(".ics")
    assert len(token) >= 43
    assert token not in str(CalendarFeed.objects.values().get())
    assert first not in founder.client.get(PAGE).content.decode()
    assert stranger.client.get(f"{PAGE}{'a' * 43}.ics").status_code == 404
    second = address(founder)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    with pytest.raises(NotAllowed):
        person_calendar.make(founder.user, by=stranger.actor, at=now())
    User.objects.filter(pk=founder.user.pk).update(is_active=False)
    assert client.get(second).status_code == 404
    User.objects.filter(pk=founder.user.pk).update(is_active=True)
    assert founder.client.post(f"{PAGE}off/").status_code == 302
    assert client.get(second).status_code == 404
    assert founder.client.post(f"{PAGE}off/").status_code == 404
    assert [event.kind for event in Event.objects.about(founder.user.pk)][::-1] == [
        "accounts.calendar_made",
        "accounts.calendar_made",
        "accounts.calendar_revoked",
    ]


def test_a_reviewers_feed_names_no_applicant_and_ends_with_the_tie(reviewer: Member, client) -> None:
    AssignmentFactory(
        reviewer=reviewer.user,
        application__status=Status.IN_REVIEW,
        application__startup__organisation__name="Confidential Ltd",
        due_on=today() + timedelta(days=3),
    )
    path = address(reviewer)
    answer = client.get(path).content.decode()
    assert "Reviews to write" in answer
    assert "Confidential" not in answer


def test_the_page_and_the_feed_cost_the_same_for_one_date_and_for_twenty(founder: Member, client) -> None:
    startup = StartupFactory(organisation=founder.organisation)
    path, counts = address(founder), []
    for n in (1, 19):
        for _ in range(n):
            InfoRequestFactory(application=ApplicationFactory(startup=startup, sent=True, status=Status.INFO_REQUESTED))
        counts.append((queries_of(founder.client, PAGE), queries_of(client, path)))
    assert counts[0] == counts[1]


def test_a_mail_that_asks_by_a_date_carries_it_and_no_longer_when_it_is_done(founder: Member, officer: Member) -> None:
    startup = StartupFactory(organisation=founder.organisation)
    for is_done in (False, True):
        application = ApplicationFactory(startup=startup, sent=True, status=Status.SCREENING)
        applications.ask_for_information(application, asks=["Your articles"], note="", due_on=today() + timedelta(days=5), by=officer.actor, at=now())
        if is_done:
            application.info_requests.update(answered_at=now())
        mail.outbox.clear()
        fan_out()
        deliver("email", list(Delivery.objects.filter(kind="applications.information_requested", state="pending").values_list("pk", flat=True)))
        (sent,) = mail.outbox
        parts = [part for part in message_from_string(sent.message().as_string(), policy=policy.default).walk() if part.get_content_type() == "text/calendar"]
        if is_done:
            assert parts == []
        else:
            (part,) = parts
            assert (part.get_filename(), part.get_param("method")) == ("deadline.ics", "PUBLISH")
            (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
            assert event["dtstart"].dt == today() + timedelta(days=5)
            assert str(event["uid"]) == f"my.applications.answer.{application.info_requests.get().pk}@testserver"
