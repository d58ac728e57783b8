"""The demo's mailbox page: reads real mail from the folder, and does not exist outside the demo."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(settings, tmp_path: Path) -> str:  # type: ignore[no-untyped-def]
    settings.DEMO, settings.MAILDIR = True, tmp_path / "mail"
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = "Grüße <b>", "ann@example.org", "Park <park@example.org>"
    message.set_content("Go to https://example.org/go and see <script>x</script>")
    message.add_alternative("<html><head></head><body><script>alert(1)</script><a href='https://example.org/go'>Go</a></body></html>", subtype="html")
    return str(mailbox.Maildir(settings.MAILDIR).add(message))


def test_mailbox_lists_and_shows_mail(client: Client, key: str) -> None:
    page = client.get("/mailbox/").content.decode()
    assert "Grüße &lt;b&gt;" in page
    mail = client.get(f"/mailbox/{key}/").content.decode()
    assert '<a href="https://example.org/go"' in mail
    assert "<script>x" not in mail


def test_mailbox_searched_by_address_shows_only_its_mail(client: Client, key: str) -> None:
    assert "Grüße" in client.get("/mailbox/", {"to": "ANN@"}).content.decode()
    assert "Grüße" not in client.get("/mailbox/", {"to": "bob@"}).content.decode()


def test_html_of_a_mail_can_do_nothing(client: Client, key: str) -> None:
    answer = client.get(f"/mailbox/{key}/html/")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/mailbox/", "/mailbox/{key}/", "/mailbox/{key}/html/"])
def test_mailbox_outside_the_demo_is_not_found(client: Client, key: str, path: str, settings) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO = False
    assert client.get(path.format(key=key)).status_code == 404


@pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e%2fnew", "."])
def test_mail_that_is_not_there_is_not_found(client: Client, key: str, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO, settings.MAILDIR = True, tmp_path
    assert client.get(f"/mailbox/{key}/").status_code in (301, 404)
