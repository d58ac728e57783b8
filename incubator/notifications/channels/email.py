"""E-mail over one kept connection per batch: one recipient per mail, text and HTML, a Message-ID that stays the same."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from email.mime.text import MIMEText
from time import monotonic
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address
from django.urls import reverse

from incubator.lib.clock import now
from incubator.notifications import bounces, choosing, deadlines, digests, events, rendering, retries
from incubator.notifications.channels.letters import Letter, Parts, compose
from incubator.notifications.claims import Outcome
from incubator.notifications.models import Delivery
from incubator.notifications.rendering import Message, message
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry


class EmailSender:
    """Answers of 5xx about the mail are final; all else is tried again by the table."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._letters: dict[tuple[object, ...], Letter] = {}
        self._bounced: set[UUID] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._hang_up()

    def may_go_on(self) -> bool:
        return True

    def send(self, delivery: Delivery) -> Outcome:
        parts = parts_of(delivery)
        letter = self._letter(delivery, parts)
        begun = monotonic()
        try:
            self._hand_over(letter, parts, deadlines.attached(delivery))
        except smtplib.SMTPRecipientsRefused as refused:
            code, answer = next(iter(refused.recipients.values()))
            if code in bounces.UNKNOWN_MAILBOX:
                self._bounced.add(delivery.pk)
            return self._refused(delivery, code, answer, begun)
        except smtplib.SMTPAuthenticationError as refused:  # our fault, not the recipient's
            self._hang_up()
            return self._again(delivery, refused.smtp_code, "The mail server refused our sign-in.", begun)
        except smtplib.SMTPResponseException as refused:
            return self._refused(delivery, refused.smtp_code, refused.smtp_error, begun)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return self._again(delivery, None, f"No connection to the mail server ({type(error).__name__}).", begun)
        return Outcome(DeliveryState.SENT, milliseconds=_since(begun))

    def finished(self, delivery: Delivery, outcome: Outcome, *, ours: bool) -> None:
        """Mark an address that does not exist."""
        if ours and delivery.pk in self._bounced:
            bounces.mark(address(delivery), delivery.user, said=outcome.note, at=now())

    def _letter(self, delivery: Delivery, parts: Parts) -> Letter:
        key = (*rendering.key(delivery), bool(parts.off_url))
        if key not in self._letters:
            self._letters[key] = Letter(words_of(delivery), can_be_off=bool(parts.off_url))
        return self._letters[key]

    def _hand_over(self, letter: Letter, parts: Parts, date: MIMEText | None) -> None:
        """To the server. A mail with a date to attach is one of its own; a backend that is no mail server gets Django's message."""
        opened = self._connected()
        if date is None and isinstance(opened, SmtpBackend) and opened.connection is not None:
            to = parts.address if parts.are_plain() else sanitize_address(parts.address, "utf-8")
            opened.connection.sendmail(settings.DEFAULT_FROM_EMAIL, [to], letter.filled(parts))
        else:
            mail = compose(letter.words, parts)
            if date is not None:
                mail.attach(date)
            opened.send_messages([mail])

    def _connected(self) -> BaseEmailBackend:
        if self._connection is None:
            connection = get_connection()
            connection.open()
            self._connection = connection
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.fail_silently = True
            connection.close()

    def _refused(self, delivery: Delivery, code: int, answer: bytes | str, begun: float) -> Outcome:
        said = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        note = " ".join(f"{code} {said}".split())
        if 500 <= code < 600:
            return Outcome(DeliveryState.BOUNCED, note, code, _since(begun))
        self._hang_up()
        return self._again(delivery, code, note, begun)

    def _again(self, delivery: Delivery, code: int | None, note: str, begun: float) -> Outcome:
        return retries.again(settings.EMAIL_RETRIES, delivery.tries, note=note, code=code, milliseconds=_since(begun))


def words_of(delivery: Delivery) -> Message:
    """The words of the mail, with a place-holder for the name; a digest lists what it tells, each with its link."""
    words = message(delivery, delivery.organisation.name if delivery.organisation else "")
    if delivery.kind != events.digest_made.name:
        return words
    told = (message(one, one.organisation.name if one.organisation else "") for one in digests.items(delivery.event_id))
    return replace(words, paragraphs=(*words.paragraphs, *(f"{one.subject}\n{one.link}" for one in told)))


def way_out(delivery: Delivery) -> str:
    """Where the person switches off mails of this kind; empty if they may not be switched off."""
    notice = registry.get(delivery.kind).audiences[delivery.event.told[delivery.told]["audience"]]
    if notice.always or delivery.user_id is None:
        return ""
    return settings.BASE_URL + reverse("notices:off", args=[choosing.link_token(delivery.user_id, delivery.kind)])


def parts_of(delivery: Delivery) -> Parts:
    """What the mail to this recipient has of its own. The id stays the same over all tries."""
    identity = f"<{delivery.pk}@{urlsplit(settings.BASE_URL).hostname}>"
    return Parts(delivery.user.name if delivery.user else "", address(delivery), identity, way_out(delivery))


def address(delivery: Delivery) -> str:
    """Where the mail goes: the address the event names, else the person's present one."""
    told = delivery.event.told[delivery.told]["facts"].get("address")
    if told:
        return str(told)
    return str(delivery.user.email) if delivery.user else ""


def _since(begun: float) -> int:
    return int((monotonic() - begun) * 1_000)
