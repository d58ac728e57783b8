"""What a person chose is honoured at fan-out and again just before sending; what is always told is told."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incubator.accounts import actors
from incubator.accounts.models import User
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, NotAllowed
from incubator.notifications import choosing
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, Notification, Preference, Reach, Rhythm
from incubator.notifications.preferences import Quiet, end_of_quiet
from incubator.notifications.states import DeliveryState
from incubator.outbox.models import Event, Pending
from tests.cast import Member, join
from tests.factories.accounts import UserFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, told
from tests.incubator.notifications.kinds import bound, hooked
from tests.queries import queries_of

HONG_KONG, NEW_YORK = "Asia/Hong_Kong", "America/New_York"


def happen(user: User, kind: str = hooked.name) -> Event:
    event = EventFactory(kind=kind, told=[told("partner", users=(user.pk,), name="The thing", due_at="2026-12-15T09:00:00Z")])
    Pending.objects.create(event=event, created_at=event.at)
    fan_out()
    return event


def switch_off(user: User, channel: str = "email", kind: str = hooked.name) -> None:
    Preference.objects.create(user=user, kind=kind, channel=channel, rhythm=Rhythm.OFF, changed_at=now())


def quiet_now(user: User) -> None:
    """Quiet hours on the person's clock from an hour ago, for two hours."""
    clock = now().astimezone(ZoneInfo(user.time_zone))
    Reach.objects.create(user=user, quiet_begin=(clock - timedelta(hours=1)).time(), quiet_end=(clock + timedelta(hours=1)).time())


def states(event: Event) -> dict[str, str]:
    return dict(Delivery.objects.filter(event=event).values_list("channel", "state"))


@pytest.mark.django_db
def test_fan_out_to_somebody_who_switched_mails_off_leaves_the_inbox() -> None:
    user, other = UserFactory(), UserFactory()
    switch_off(user)
    assert states(happen(user)) == {"in_app": "pending", "email": "suppressed"}
    assert states(happen(other)) == {"in_app": "pending", "email": "pending"}
    row = Delivery.objects.get(user=user, channel="email")
    assert (row.note, row.finished_at is None) == ("The person switched it off.", False)


@pytest.mark.django_db
def test_what_was_switched_off_after_the_fan_out_is_not_sent() -> None:
    row, line = DeliveryFactory(), DeliveryFactory(in_app=True)
    switch_off(row.user)
    switch_off(line.user, "in_app")
    deliver("email", [row.pk])
    deliver("in_app", [line.pk])
    assert mail.outbox == []
    assert not Notification.objects.exists()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("suppressed", 0)}


@pytest.mark.django_db
def test_what_is_always_told_comes_whatever_was_stored() -> None:
    user = UserFactory()
    switch_off(user, kind=bound.name)
    event = happen(user, bound.name)
    assert states(event) == {"email": "pending"}
    deliver("email", list(Delivery.objects.filter(event=event).values_list("pk", flat=True)))
    assert len(mail.outbox) == 1
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


# ── Quiet hours ─────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_in_quiet_hours_mail_waits_and_the_inbox_does_not() -> None:
    user = UserFactory(time_zone=NEW_YORK)
    quiet_now(user)
    event = happen(user)
    row = Delivery.objects.get(event=event, channel="email")
    assert timedelta(minutes=59) < row.due_at - now() <= timedelta(minutes=60)
    assert Delivery.objects.get(event=event, channel="in_app").due_at <= now()


@pytest.mark.django_db
def test_quiet_hours_that_began_after_the_fan_out_are_honoured_at_sending() -> None:
    row = DeliveryFactory()
    quiet_now(row.user)
    deliver("email", [row.pk])
    assert mail.outbox == []
    row.refresh_from_db()
    assert (row.state, row.attempts, row.claims, row.token) == (DeliveryState.PENDING, 0, 0, None)
    assert timedelta(minutes=59) < row.due_at - now() <= timedelta(minutes=60)


@pytest.mark.django_db
def test_a_mail_that_would_be_too_late_does_not_wait_for_the_end_of_quiet_hours() -> None:
    row = DeliveryFactory(expires_at=now() + timedelta(minutes=15))
    quiet_now(row.user)
    deliver("email", [row.pk])
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("begin", "end", "zone", "at", "until"),
    [
        ("22:00", "07:00", HONG_KONG, "2026-12-15 15:00", "2026-12-15 23:00"),  # 23:00 there
        ("22:00", "07:00", HONG_KONG, "2026-12-15 22:59", "2026-12-15 23:00"),  # 06:59 there
        ("22:00", "07:00", HONG_KONG, "2026-12-15 23:00", None),  # 07:00 there
        ("22:00", "07:00", HONG_KONG, "2026-12-15 04:00", None),  # noon there
        ("12:00", "13:00", HONG_KONG, "2026-12-15 04:30", "2026-12-15 05:00"),
        # New York, 8 March 2026: 02:00 EST is 03:00 EDT. An end within the gap is its other side.
        ("22:00", "07:00", NEW_YORK, "2026-03-08 05:00", "2026-03-08 11:00"),
        ("22:00", "02:30", NEW_YORK, "2026-03-08 06:59", "2026-03-08 07:30"),
        # 1 November 2026: 02:00 EDT is 01:00 EST, so 01:30 comes twice; the night is an hour longer.
        ("22:00", "07:00", NEW_YORK, "2026-11-01 04:00", "2026-11-01 12:00"),
        ("22:00", "01:30", NEW_YORK, "2026-11-01 05:00", "2026-11-01 05:30"),
        ("22:00", "01:30", NEW_YORK, "2026-11-01 06:10", "2026-11-01 06:30"),
    ],
)
def test_quiet_hours_go_by_the_clock_on_the_wall(begin: str, end: str, zone: str, at: str, until: str | None) -> None:
    instant, expected = (datetime.fromisoformat(one).replace(tzinfo=UTC) if one else None for one in (at, until))
    assert instant is not None
    assert end_of_quiet(Quiet(time.fromisoformat(begin), time.fromisoformat(end), zone), instant) == expected


# ── Choosing ────────────────────────────────────────────────────────────────
def answers(member: Member, **changes: str) -> dict[str, str]:
    form = member.client.get(reverse("notices:mine")).context["form"]
    return {name: str(form.initial.get(name, field.initial) or "") for name, field in form.fields.items()} | changes


@pytest.mark.django_db
def test_a_person_chooses_for_a_subject_and_it_holds_for_each_of_its_kinds(founder: Member) -> None:
    page = reverse("notices:mine")
    data = answers(founder, email_applications="off", quiet_from="22:00", quiet_until="07:00")
    assert founder.client.post(page, data).status_code == 302
    off = set(Preference.objects.filter(user=founder.user, rhythm="off").values_list("kind", "channel"))
    assert ("applications.submitted", "email") in off
    assert {kind.partition(".")[0] for kind, _channel in off} == {"applications"}
    assert ("applications.information_requested", "email") not in off  # it has a deadline
    assert Reach.objects.get(user=founder.user).quiet_begin == time(22)
    assert Event.objects.filter(kind="notifications.preferences_changed", subject_id=founder.user.pk).count() == 1
    founder.client.post(page, data)  # the same again leaves no trace
    assert Event.objects.filter(kind="notifications.preferences_changed").count() == 1
    founder.client.post(page, answers(founder, email_applications="immediate", quiet_from="", quiet_until=""))
    assert not Preference.objects.filter(user=founder.user, rhythm="off").exists()
    assert not Reach.objects.filter(quiet_begin__isnull=False).exists()


@pytest.mark.django_db
def test_a_subject_of_which_one_kind_is_off_stays_so_until_one_chooses(founder: Member) -> None:
    switch_off(founder.user, kind="applications.submitted")
    page = founder.client.get(reverse("notices:mine"))
    assert "Different for each message, as now" in page.content.decode()
    assert "Mails switched off" in page.content.decode()
    founder.client.post(reverse("notices:mine"), answers(founder))
    assert set(Preference.objects.filter(rhythm="off").values_list("kind", flat=True)) == {"applications.submitted"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begin", "end", "said"), [("22:00", "", "need a beginning and an end"), ("22:00", "22:00", "would last all day"), ("x", "07:00", "Enter a valid time")]
)
def test_quiet_hours_that_make_no_sense_are_refused_with_a_remedy(founder: Member, begin: str, end: str, said: str) -> None:
    answer = founder.client.post(reverse("notices:mine"), answers(founder, quiet_from=begin, quiet_until=end))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Reach.objects.filter(quiet_begin__isnull=False).exists()


@pytest.mark.django_db
def test_nobody_switches_off_what_is_always_told_or_chooses_for_another(founder: Member, stranger: Member) -> None:
    by = actors.acting_for(founder.user, None, frozenset())
    with pytest.raises(Invalid):
        choosing.choose(founder.user, {("cohorts.decision_released", "email"): "off"}, quiet=None, by=by, at=now())
    with pytest.raises(NotAllowed):
        choosing.choose(stranger.user, {("applications.submitted", "email"): "off"}, quiet=None, by=by, at=now())
    assert not Preference.objects.exists()


@pytest.mark.django_db
def test_the_page_takes_as_many_queries_whatever_was_chosen(founder: Member) -> None:
    before = queries_of(founder.client, reverse("notices:mine"))
    founder.client.post(reverse("notices:mine"), answers(founder, email_applications="off", email_rounds="off", quiet_from="22:00", quiet_until="07:00"))
    assert queries_of(founder.client, reverse("notices:mine")) == before <= 8


@pytest.mark.django_db
def test_fan_out_asks_for_the_wishes_of_all_at_once(partner_person: Member) -> None:
    def number() -> int:
        event = EventFactory(kind=hooked.name, told=[told("partner", organisation=partner_person.organisation.pk)])
        Pending.objects.create(event=event, created_at=event.at)
        with CaptureQueriesContext(connection) as found:
            fan_out()
        return len(found)

    one = number()
    for count in range(19):
        join(partner_person.organisation, "partner", name=f"P{count}")
    assert number() == one
