"""Bounces and complaints that the mail provider tells of: over HTTP, as Postmark sends them."""

import base64
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from incubator.lib.clock import now
from incubator.notifications import choosing
from incubator.notifications.models import Preference, Reach, Rhythm
from incubator.outbox.models import Event
from tests.cast import Member

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "postmark:a-long-password-of-the-webhook"
# As in Postmark's documentation of its bounce and spam complaint webhooks.
BOUNCE = {
    "RecordType": "Bounce", "MessageStream": "outbound", "ID": 4323372036854775807, "Type": "HardBounce", "TypeCode": 1, "Name": "Hard bounce", "Tag": "Test",
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Metadata": {"a_key": "a_value"}, "ServerID": 23,
    "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
    "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.", "Email": "", "From": "sender@example.com",
    "BouncedAt": "2026-11-05T16:33:54.9070259Z", "DumpAvailable": True, "Inactive": True, "CanActivate": True, "Subject": "Test subject", "Content": "<Full dump of bounce>",
}  # fmt: skip
COMPLAINT = {
    **BOUNCE,
    "RecordType": "SpamComplaint",
    "Type": "SpamComplaint",
    "TypeCode": 512,
    "Name": "Spam complaint",
    "Description": "The subscriber explicitly marked this message as spam.",
}


@pytest.fixture
def call(live_server, settings):
    """Post an event as the provider does, with this password; gives the status."""
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": PASSWORD}

    def post(event: dict[str, object], password: str = PASSWORD) -> int:
        headers = {"Content-Type": "application/json", "User-Agent": "Postmark", "Authorization": "Basic " + base64.b64encode(password.encode()).decode()}
        request = urllib.request.Request(f"{live_server.url}/mail/events/", json.dumps(event).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code

    return post


def test_a_hard_bounce_marks_the_address_once_and_a_soft_one_or_a_strangers_does_not(call, founder: Member) -> None:
    assert call({**BOUNCE, "Email": founder.user.email}, password="postmark:guess") == 400
    assert call({**BOUNCE, "Email": founder.user.email, "Type": "Transient"}) == 200
    assert call({**BOUNCE, "Email": founder.user.email, "Type": "ManuallyDeactivated"}) == 200
    assert call({**BOUNCE, "Email": "nobody@example.org"}) == 200
    assert not Reach.objects.filter(refused_at__isnull=False).exists()
    assert [call({**BOUNCE, "Email": founder.user.email.upper()}) for _ in range(2)] == [200, 200]
    reach = Reach.objects.get(refused_at__isnull=False)
    assert (reach.user_id, reach.refused_address) == (founder.user.pk, founder.user.email)
    assert "does not exist" in reach.refused_said
    assert Event.objects.filter(kind="notifications.address_bounced").count() == 1


def test_a_complaint_switches_off_what_may_be_switched_off_and_tells_the_person(call, founder: Member, stranger: Member) -> None:
    assert [call({**COMPLAINT, "Email": founder.user.email}) for _ in range(2)] == [200, 200]
    off = dict(Preference.objects.filter(user=founder.user).values_list("kind", "rhythm"))
    assert set(off.values()) == {str(Rhythm.OFF)}
    assert "applications.submitted" in off
    assert not {"cohorts.offer_made", "accounts.mail_requested"} & set(off)
    assert set(Preference.objects.values_list("channel", flat=True)) == {"email"}
    assert not Preference.objects.filter(user=stranger.user).exists()
    (event,) = Event.objects.filter(kind="notifications.complained")
    assert event.told[0]["users"] == [str(founder.user.pk)]
    choosing.choose(founder.user, {("applications.submitted", "email"): str(Rhythm.IMMEDIATE)}, quiet=None, by=founder.actor, at=now())


def test_without_a_provider_there_is_no_such_page(call, settings, client) -> None:
    settings.MAIL_PROVIDER = ""
    assert call(BOUNCE) == 404
    settings.MAIL_PROVIDER = "postmark"
    assert client.get("/mail/events/").status_code == 405


def test_signals_are_listened_to_in_one_place() -> None:
    root = Path(__file__).parents[3]
    listening = [
        path.name for package in ("incubator", "programmes", "investments") for path in (root / package).rglob("*.py") if "@receiver(" in path.read_text()
    ]
    assert listening == ["tracking.py"]
