"""Claiming, sending, finishing: what may be sent is sent once, and a worker that lost its lease changes nothing."""

import socket
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.db.utils import InternalError

from incubator.accounts import events as account_events
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.notifications import claims
from incubator.notifications.claims import Outcome
from incubator.notifications.delivering import deliver
from incubator.notifications.models import Attempt, Delivery, Notification
from incubator.notifications.states import DeliveryState
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.notifications import DeliveryFactory, EventFactory, told
from tests.incubator.notifications.kinds import choosy
from tests.receivers import PostOffice

pytestmark = pytest.mark.django_db


def state(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def test_deliver_email_sends_text_and_html_with_a_lasting_id() -> None:
    delivery = DeliveryFactory(user__name="Ann Other")
    deliver("email", [delivery.pk])
    message = mail.outbox[0]
    assert state(delivery) == DeliveryState.SENT
    assert message.to == [delivery.user.email]
    assert message.extra_headers["Message-ID"] == f"<{delivery.pk}@testserver>"
    assert message.subject == "Something new: The thing"
    assert "Dear Ann Other, The thing is due on 15 December 2026, 17:00 HKT." in message.body
    assert "http://testserver/accounts/login/" in message.body
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert "<h1>Something new: The thing</h1>" in html
    attempt = Attempt.objects.get(delivery=delivery)
    assert (attempt.number, attempt.outcome) == (1, "sent")


def test_deliver_email_with_markup_in_facts_keeps_it_text() -> None:
    event = EventFactory(told=[told("partner", name="<script>x</script>\r\nBcc: a@b.c", letter="{{ secret }}\n\nSecond <b>paragraph</b>")])
    deliver("email", [DeliveryFactory(event=event, user__name="{{ 7|add:7 }}<i>").pk])
    message = mail.outbox[0]
    html = message.alternatives[0][0]
    assert message.subject == "Something new: <script>x</script> Bcc: a@b.c"
    assert "{{ secret }}\n\nSecond <b>paragraph</b>" in message.body
    assert "Dear {{ 7|add:7 }}<i>" in message.body
    assert "<script>" not in html
    assert "<i>" not in html
    assert "Second &lt;b&gt;paragraph" in html


def test_deliver_in_app_writes_one_line_however_often_it_is_rung() -> None:
    delivery = DeliveryFactory(in_app=True)
    for _ in range(5):
        deliver("in_app", [delivery.pk])
    line = Notification.objects.get()
    assert (line.user, line.title, line.path) == (delivery.user, "Something new: The thing", "/accounts/login/")
    assert state(delivery) == DeliveryState.SENT


def test_deliver_account_mail_opens_what_is_sealed_only_for_sending() -> None:
    user = UserFactory()
    sealed = sealing.seal('{"password_reset_url": "http://testserver/reset/abc"}', purpose="account-mail")
    entry = told("person", users=(user.pk,), address="typed@example.org", template="account/email/password_reset_key", sealed=sealed)
    event = EventFactory(kind=account_events.account_mail.name, told=[entry])
    deliver("email", [DeliveryFactory(event=event, user=user).pk])
    message = mail.outbox[0]
    assert message.to == ["typed@example.org"]
    assert message.subject == "Choose a new password"
    assert "http://testserver/reset/abc" in message.body
    assert 'href="http://testserver/reset/abc"' in message.alternatives[0][0]


def test_deliver_after_its_time_expires_instead() -> None:
    delivery = DeliveryFactory(expires_at=now() - timedelta(seconds=1))
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.EXPIRED
    assert not mail.outbox
    assert not Attempt.objects.exists()


def test_deliver_to_closed_account_is_suppressed() -> None:
    delivery = DeliveryFactory(user__is_active=False)
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.SUPPRESSED
    assert not mail.outbox


def test_deliver_what_was_taken_back_meanwhile_is_suppressed() -> None:
    delivery = DeliveryFactory(event__kind=choosy.name)
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.SUPPRESSED
    assert not mail.outbox


def test_deliver_to_organisation_that_lost_access_is_suppressed() -> None:
    delivery = DeliveryFactory(in_app=True, organisation=OrganisationFactory(kind="partner", ended=True))
    deliver("in_app", [delivery.pk])
    assert state(delivery) == DeliveryState.SUPPRESSED
    assert not Notification.objects.exists()


def test_deliver_before_it_is_due_does_nothing() -> None:
    delivery = DeliveryFactory(due_at=now() + timedelta(minutes=1))
    assert deliver("email", [delivery.pk]) == 0
    assert state(delivery) == DeliveryState.PENDING


def test_deliver_what_another_worker_holds_does_nothing() -> None:
    delivery = DeliveryFactory()
    claims.claim("email", [delivery.pk])
    assert deliver("email", [delivery.pk]) == 0
    assert not mail.outbox


def test_finish_with_a_stale_token_changes_nothing() -> None:
    delivery = DeliveryFactory()
    batch = claims.claim("email", [delivery.pk])
    assert claims.finish(batch.rows, uuid4(), Outcome(DeliveryState.SENT)) == set()
    assert not claims.end_unsent(batch.rows[0], uuid4(), DeliveryState.EXPIRED, "")
    claims.give_back(batch.rows, uuid4())
    assert state(delivery) == DeliveryState.SENDING
    assert not Attempt.objects.exists()


def test_claim_takes_over_when_the_lease_has_ended() -> None:
    delivery = DeliveryFactory()
    first = claims.claim("email", [delivery.pk])
    Delivery.objects.filter(pk=delivery.pk).update(lease_until=now() - timedelta(seconds=1))
    second = claims.claim("email", [delivery.pk])
    assert [row.pk for row in second.rows] == [delivery.pk]
    assert claims.finish(first.rows, first.token, Outcome(DeliveryState.FAILED)) == set()
    assert claims.finish(second.rows, second.token, Outcome(DeliveryState.SENT)) == {delivery.pk}
    assert state(delivery) == DeliveryState.SENT


def test_claim_takes_a_suspicious_row_only_alone_and_buries_it_after_five() -> None:
    suspicious, healthy = DeliveryFactory(claims=2), DeliveryFactory()
    assert {row.pk for row in claims.claim("email", [suspicious.pk, healthy.pk]).rows} == {healthy.pk}
    for _ in range(3):
        assert claims.claim("email", [suspicious.pk]).rows
        Delivery.objects.filter(pk=suspicious.pk).update(lease_until=now() - timedelta(seconds=1))
    assert not claims.claim("email", [suspicious.pk]).rows
    assert state(suspicious) == DeliveryState.DEAD


def test_give_back_makes_rows_due_as_if_never_claimed() -> None:
    delivery = DeliveryFactory(rung_at=now())
    batch = claims.claim("email", [delivery.pk])
    claims.give_back(batch.rows, batch.token)
    assert state(delivery) == DeliveryState.PENDING
    assert (delivery.claims, delivery.rung_at) == (0, None)


def test_deliver_late_in_its_lease_gives_the_rest_back(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DELIVERY_START_WITHIN = -1
    delivery = DeliveryFactory()
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.PENDING
    assert not mail.outbox


@pytest.mark.parametrize("channel", ["email", "in_app"])
def test_deliver_message_that_cannot_be_made_waits_while_the_others_go_out(channel: str) -> None:
    broken = DeliveryFactory(channel=channel, event__kind=account_events.invited.name, event__told=[told("invitee")])  # no token to make a link of
    unknown = DeliveryFactory(channel=channel, event__kind="gone.away")
    good = DeliveryFactory(channel=channel)
    deliver(channel, [broken.pk, unknown.pk, good.pk])
    assert state(unknown) == DeliveryState.PENDING
    assert state(broken) == DeliveryState.PENDING
    assert broken.note == "KeyError while the message was made"
    assert state(good) == DeliveryState.SENT


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ("550 no such mailbox", DeliveryState.BOUNCED),
        ("451 try later", DeliveryState.PENDING),
    ],
)
def test_deliver_email_that_the_server_refuses_ends_or_waits(answer: str, ends: DeliveryState, post_office: PostOffice) -> None:
    post_office.answers = [answer]
    refused, taken = DeliveryFactory(), DeliveryFactory()
    deliver("email", [refused.pk, taken.pk])
    assert state(refused) == ends
    assert (refused.attempts, refused.tries, refused.claims) == (1, 1, 0)
    assert answer in refused.note
    assert (refused.due_at > now()) is (ends == DeliveryState.PENDING)
    assert state(taken) == DeliveryState.SENT
    assert [one.rcpt_tos for one in post_office.mails] == [[taken.user.email]]


def test_deliver_email_keeps_one_connection_for_the_batch(post_office: PostOffice) -> None:
    deliver("email", [DeliveryFactory().pk for _ in range(5)])
    assert (len(post_office.mails), post_office.connections) == (5, 1)


def test_deliver_email_without_a_server_waits_and_gives_up_in_the_end(settings) -> None:  # type: ignore[no-untyped-def]
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    delivery = DeliveryFactory()
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.PENDING
    Delivery.objects.filter(pk=delivery.pk).update(tries=len(settings.EMAIL_RETRIES), due_at=now())
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.FAILED


def test_the_database_refuses_a_step_that_is_not_in_the_table() -> None:
    delivery = DeliveryFactory(state=DeliveryState.SUPPRESSED)
    with pytest.raises(InternalError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.SENT)


def test_deliver_email_to_a_server_that_hangs_up_after_taking_it_repeats_once_with_the_same_id(post_office: PostOffice) -> None:
    delivery = DeliveryFactory()
    assert delivery.user is not None
    post_office.hang_up_after = {delivery.user.email}
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.PENDING
    Delivery.objects.update(due_at=now())
    deliver("email", [delivery.pk])
    assert state(delivery) == DeliveryState.SENT
    assert list(post_office.ids().values()) == [2]
