"""An address that refuses mail for good: marked, not written to, its person told in the portal, and put right."""

import pytest
from django.urls import reverse

from incubator.lib.clock import now
from incubator.notifications import operations
from incubator.notifications.delivering import deliver
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery, Notification, Reach
from incubator.outbox.models import Event
from tests.cast import Member
from tests.factories.accounts import UserFactory
from tests.factories.notifications import DeliveryFactory
from tests.queries import queries_of
from tests.receivers import PostOffice

pytestmark = pytest.mark.django_db
SAID = "550 no such mailbox"


def marked(member: Member) -> Reach:
    return Reach.objects.create(user=member.user, refused_address=member.user.email, refused_said=SAID, refused_at=now())


@pytest.mark.parametrize(
    ("answer", "is_marked"), [(SAID, True), ("553 not here", True), ("552 mailbox full", False), ("554 we do not like you", False), ("451 later", False)]
)
def test_only_an_answer_about_the_mailbox_marks_the_address(answer: str, is_marked: bool, post_office: PostOffice) -> None:
    post_office.answers = [answer]
    row = DeliveryFactory()
    deliver("email", [row.pk])
    assert Reach.objects.filter(refused_address=row.user.email).exists() is is_marked
    assert Event.objects.filter(kind="notifications.address_bounced").exists() is is_marked


def test_nothing_more_is_sent_there_and_the_person_is_told_in_the_inbox_alone(post_office: PostOffice) -> None:
    user = UserFactory(email="gone@example.org")
    post_office.answers = [SAID]
    deliver("email", [DeliveryFactory(user=user).pk])
    later, other = DeliveryFactory(user=user), DeliveryFactory()
    deliver("email", [later.pk, other.pk])
    later.refresh_from_db()
    assert (later.state, later.note, later.attempts) == ("suppressed", "The address refuses mail.", 0)
    assert [one.rcpt_tos for one in post_office.mails] == [[other.user.email]]
    fan_out()
    rows = Delivery.objects.filter(kind="notifications.address_bounced")
    assert list(rows.values_list("channel", flat=True)) == ["in_app"]
    deliver("in_app", list(rows.values_list("pk", flat=True)))
    line = Notification.objects.get(user=user)
    assert (line.title, line.path, line.portal) == ("Mail to gone@example.org comes back", reverse("notices:mine"), "")


def test_a_corrected_address_gets_mail_at_once(post_office: PostOffice) -> None:
    user = UserFactory(email="gone@example.org")
    post_office.answers = [SAID]
    deliver("email", [DeliveryFactory(user=user).pk])
    user.email = "here@example.org"
    user.save()
    deliver("email", [DeliveryFactory(user=user).pk])
    assert [one.rcpt_tos for one in post_office.mails] == [["here@example.org"]]


def test_the_person_sees_it_and_says_that_it_works_again(founder: Member, stranger: Member) -> None:
    marked(founder)
    page = founder.client.get(reverse("notices:mine")).content.decode()
    assert f"Mail to {founder.user.email} comes back" in page
    assert SAID in page
    assert reverse("account_email") in page
    assert "comes back" not in stranger.client.get(reverse("notices:mine")).content.decode()
    assert stranger.client.post(reverse("notices:works")).status_code == 404
    assert Reach.objects.filter(refused_at__isnull=False).exists()
    assert founder.client.post(reverse("notices:works")).status_code == 302
    assert not Reach.objects.filter(refused_at__isnull=False).exists()
    assert Event.objects.filter(kind="notifications.address_works", subject_id=Reach.objects.get(user=founder.user).pk).count() == 1


def test_staff_see_the_addresses_and_sending_again_gives_one_another_chance(officer: Member, founder: Member, post_office: PostOffice) -> None:
    before = queries_of(officer.client, "/staff/delivery/")
    row = DeliveryFactory(user=founder.user, state="bounced")
    marked(founder)
    page = officer.client.get("/staff/delivery/").content.decode()
    assert "Addresses that refuse mail" in page
    assert SAID in page
    assert queries_of(officer.client, "/staff/delivery/") == before
    operations.send_again(row, by=officer.actor)
    deliver("email", [row.pk])
    assert [one.rcpt_tos for one in post_office.mails] == [[founder.user.email]]
