"""Mails made once for many: the bytes of one mail with gaps for what differs from recipient to recipient.

Rendering two templates and composing a mail takes many times as long as handing it to a server. So a mail is composed
by Django once for an event, audience and organisation, with marks where the name, the address, the id and the way out
go; the marks are exchanged in the bytes. Whatever could not be filled in as it stands (a name that does not print, an
address outside ASCII, a subject with the name in it) is composed by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape

from incubator.notifications.rendering import NAME, Message

# In the bodies, which are UTF-8 as they stand; the second in the HTML.
NAME_IN_TEXT, NAME_IN_HTML = "\ue002", "\ue003"
# In headers and bodies: plain letters, so that nothing encodes, escapes or breaks them.
WAY_OUT, ADDRESS, IDENTITY = "q7Zk2WayOutq7Zk2", "q7Zk2.address@q7Zk2.example", "q7Zk2Identityq7Zk2"
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,250}")
LONGEST = 300  # of what is filled in, so that no line grows too long


class Parts(NamedTuple):
    """What differs."""

    name: str
    address: str
    identity: str
    off_url: str

    def are_plain(self) -> bool:
        """Whether they may be put into the bytes as they are."""
        return (
            (not self.name or self.name.isprintable())
            and len(self.name) <= LONGEST
            and len(self.off_url) <= LONGEST
            and PLAIN_ADDRESS.fullmatch(self.address) is not None
            and ".." not in self.address
        )


class Letter:
    """One message with gaps. `can_be_off` says whether its mails carry a way out."""

    def __init__(self, words: Message, *, can_be_off: bool) -> None:
        self.words = words
        self._bytes: bytes | None = None
        if NAME not in words.subject:
            way_out = WAY_OUT if can_be_off else ""
            mail = compose(words, Parts(NAME_IN_TEXT, ADDRESS, IDENTITY, way_out), name_in_html=NAME_IN_HTML)
            made = raw(mail)
            # A body that was encoded, since a line of it is too long, has lost its marks.
            if b"Content-Transfer-Encoding: base64" not in made and b"Content-Transfer-Encoding: quoted-printable" not in made:
                self._bytes = made

    def filled(self, parts: Parts) -> bytes:
        """The mail for one recipient, as it goes to the server."""
        if self._bytes is None or not parts.are_plain():
            return raw(compose(self.words, parts))
        made = self._bytes.replace(NAME_IN_TEXT.encode(), parts.name.encode()).replace(NAME_IN_HTML.encode(), escape(parts.name).encode())
        made = made.replace(ADDRESS.encode(), parts.address.encode()).replace(IDENTITY.encode(), parts.identity.encode())
        return made.replace(WAY_OUT.encode(), parts.off_url.encode())


def compose(words: Message, parts: Parts, *, name_in_html: str = "") -> EmailMultiAlternatives:
    """The whole mail, by Django: text, HTML, an id that stays the same over all tries, and the one-click way out of RFC 8058."""
    own = words.for_person(parts.name)
    headers: Mapping[str, str] = {"Message-ID": parts.identity, "Auto-Submitted": "auto-generated"}
    if parts.off_url:
        headers = {**headers, "List-Unsubscribe": f"<{parts.off_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(own.subject, own.text(parts.off_url), settings.DEFAULT_FROM_EMAIL, [parts.address], headers=dict(headers))
    mail.attach_alternative((words.for_person(name_in_html) if name_in_html else own).html(parts.off_url), "text/html")
    return mail


def raw(mail: EmailMultiAlternatives) -> bytes:
    """As Django's backend hands it to a server."""
    message: Any = mail.message()
    return bytes(message.as_bytes(linesep="\r\n"))
