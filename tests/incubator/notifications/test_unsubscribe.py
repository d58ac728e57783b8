"""The one-click way out of mails, as RFC 8058 says: the headers, the link without signing in, and undoing it."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from incubator.notifications import choosing
from incubator.notifications.delivering import deliver
from incubator.notifications.models import Delivery, Preference
from incubator.outbox.models import Event
from tests.factories.notifications import DeliveryFactory, EventFactory
from tests.incubator.notifications.kinds import bound, hooked

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Delivery:
    row: Delivery = DeliveryFactory()
    deliver("email", [row.pk])
    return row


def link() -> str:
    found = re.fullmatch(r"<http://testserver(/[^>]+)>", mail.outbox[0].extra_headers["List-Unsubscribe"])
    assert found
    return found[1]


def rhythms() -> set[tuple[str, str, str]]:
    return set(Preference.objects.values_list("kind", "channel", "rhythm"))


def test_a_mail_that_may_be_switched_off_says_how_in_its_headers_and_its_words(sent: Delivery) -> None:
    message = mail.outbox[0]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = f"http://testserver{link()}"
    assert address in message.body
    assert f'href="{address}"' in message.alternatives[0][0]
    assert sent.user.email not in address


def test_one_click_works_without_cookies_or_signing_in_and_twice(sent: Delivery) -> None:
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert program.post(link(), {"List-Unsubscribe": "One-Click"}).status_code == 204
    assert rhythms() == {(hooked.name, "email", "off")}
    assert Event.objects.filter(kind="notifications.unsubscribed", subject_id=sent.user.pk).count() == 1
    again = DeliveryFactory(user=sent.user)
    deliver("email", [again.pk])
    again.refresh_from_db()
    assert (len(mail.outbox), again.state) == (1, "suppressed")


def test_following_the_link_changes_nothing_until_the_button_is_pressed(sent: Delivery) -> None:
    reader = Client(enforce_csrf_checks=True)
    page = reader.get(link())
    assert "Send me no more of these" in page.content.decode()
    assert rhythms() == set()
    page = reader.post(link(), {"off": "1"})
    assert "You get no more mails of this kind" in page.content.decode()
    assert rhythms() == {(hooked.name, "email", "off")}


def test_undoing_brings_back_what_was_there_before(sent: Delivery) -> None:
    reader = Client()
    reader.post(link(), {"off": "1"})
    page = reader.post(link(), {"undo": "1"})
    assert "You get these mails again" in page.content.decode()
    assert rhythms() == {(hooked.name, "email", "immediate")}
    reader.post(link(), {"undo": "1"})
    assert Event.objects.filter(kind="notifications.resubscribed").count() == 1


def test_a_link_that_was_changed_or_is_about_what_always_comes_leads_nowhere(sent: Delivery) -> None:
    reader = Client()
    path = urlsplit(link()).path
    for wrong in (path[:-2] + ("a" if path[-2] != "a" else "b") + "/", path.replace(":", "x", 1)):
        assert reader.get(wrong).status_code == 404
        assert reader.post(wrong, {"off": "1"}).status_code == 404
    token = choosing.link_token(sent.user.pk, bound.name)
    assert reader.post(f"/accounts/notices/off/{token}/", {"off": "1"}).status_code == 404
    assert rhythms() == set()


def test_mails_to_an_address_without_an_account_and_those_that_always_come_have_no_way_out() -> None:
    row = DeliveryFactory(event=EventFactory(kind=bound.name))
    deliver("email", [row.pk])
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & set(mail.outbox[0].extra_headers)
    assert "No more mails" not in mail.outbox[0].body
