"""Mails filled into prepared bytes are the mails that Django would have composed."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message as Mail

import pytest

from incubator.notifications.channels.letters import Letter, Parts, compose
from incubator.notifications.rendering import NAME, Message

WORDS = Message("Something new", (f"Dear {NAME}, all is well. Grüße, & so on.", "Second\nline"), "http://testserver/x/", "/x/")


def plain(raw: bytes) -> dict[str, object]:
    """What a reader's program makes of it; when it was composed and where its parts are cut do not matter."""
    mail: Mail = message_from_bytes(raw)
    headers = sorted((name, value) for name, value in mail.items() if name not in ("Date", "Content-Type"))
    parts = [one.get_payload(decode=True) for one in mail.walk() if not one.is_multipart()]
    return {"headers": headers, "parts": parts}


@pytest.mark.parametrize("off_url", ["", "http://testserver/accounts/notices/off/abc:1xyz_-/"])
@pytest.mark.parametrize("name", ["Ann Other", "Zoë O'Brien <i>&amp;", "", "Two\nLines", "陳大文", "x" * 120])
@pytest.mark.parametrize("subject", ["Something new", f"{NAME}, something new"])
def test_filled_letter_reads_as_the_mail_that_django_composes(name: str, off_url: str, subject: str) -> None:
    words = Message(subject, WORDS.paragraphs, WORDS.link, WORDS.path)
    letter = Letter(words, can_be_off=bool(off_url))
    parts = Parts(name, "ann+1@example.org", "<1@testserver>", off_url)
    assert plain(letter.filled(parts)) == plain(compose(words, parts).message().as_bytes(linesep="\r\n"))


def test_letter_is_composed_once_for_all_plain_recipients(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = Letter(WORDS, can_be_off=False)
    monkeypatch.setattr("incubator.notifications.channels.letters.compose", lambda *arguments, **more: pytest.fail("composed again"))
    made = letter.filled(Parts("Ann", "ann@example.org", "<1@testserver>", ""))
    assert b"Dear Ann" in made
    assert b"q7Zk2" not in made


@pytest.mark.parametrize("address", ["ann@bücher.example", "ann\r\nbcc: x@example.org", "a..b@example.org", "ann@example.org, bob@example.org"])
def test_address_that_is_not_plain_is_never_put_into_bytes(address: str) -> None:
    assert not Parts("Ann", address, "<1@testserver>", "").are_plain()
