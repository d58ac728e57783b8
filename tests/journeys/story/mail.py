"""The mail that the park sent, as its SMTP server has put it down."""

import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from tests.journeys.story.waiting import eventually


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@dataclass
class Post:
    """A Maildir, and the address under which the park writes its links."""

    folder: Path
    base_url: str

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to this address, oldest first."""
        paths = sorted((self.folder / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        mails = [BytesParser(policy=email.policy.default).parsebytes(path.read_bytes()) for path in paths]
        return [mail for mail in mails if isinstance(mail, EmailMessage) and address.lower() in str(mail["to"]).lower()]

    def await_mail(self, address: str, *words: str) -> EmailMessage:
        """The newest mail to this address that has all the words in its subject or text; waits until it is there."""

        def found() -> EmailMessage | None:
            fitting = [mail for mail in self.to(address) if all(word in f"{mail['subject']}\n{text_of(mail)}" for word in words)]
            return fitting[-1] if fitting else None

        return eventually(found, lambda: f"no mail to {address} with {words}; there are: {[str(mail['subject']) for mail in self.to(address)]}")

    def link(self, mail: EmailMessage) -> str:
        """The link of the mail, which stands alike in text and HTML."""
        link = re.search(re.escape(self.base_url) + r"/\S+", text_of(mail))
        html = mail.get_body(("html",))
        assert link is not None, text_of(mail)
        assert html is not None
        assert link[0] in html.get_content().replace("&amp;", "&")
        return link[0]
