"""What staff do with the words of messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import User
from incubator.lib import filling
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import Tell, record
from incubator.texts import access, events
from incubator.texts.models import MessageText


@transaction.atomic
def write(kind: str, audience: str, language: str, *, subject: str, body: str, names: Collection[str], by: Actor, at: datetime) -> MessageText:
    """Use these words from the next message on. Locks the text. A second time with the same words changes nothing.

    `names` are the variables that this kind of message has. Raises NotAllowed; Invalid for a name that is none of them
    (the refusal says which), for an empty text, or for a language that the park does not write in.
    """
    _must_write(by)
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    check(subject, body, names)
    if language not in dict(settings.TEXT_LANGUAGES):
        raise Invalid(_("The park does not write in this language."), field="language")
    words = {"subject": subject, "body": body}
    fresh = {**words, "created_at": at, "updated_at": at}
    MessageText.objects.get_or_create(kind=kind, audience=audience, language=language, defaults=fresh)
    row = MessageText.objects.select_for_update().get(kind=kind, audience=audience, language=language)
    if row.version and row.is_used and (row.subject, row.body) == (subject, body):
        return row
    row.subject, row.body, row.is_used = subject, body, True
    row.save(update_fields=["subject", "body", "is_used"])
    record(events.written, row, by=by, at=at, facts=words)
    return row


def check(subject: str, body: str, names: Collection[str]) -> None:
    """Raises Invalid for what cannot be used as the words of a message."""
    for field, text in (("subject", subject), ("body", body)):
        if not text.strip():
            raise Invalid(_("Write something here: a message needs a subject and a text."), field=field)
        if wrong := filling.unknown(text, names):
            raise Invalid(
                _("There is no {{%(name)s}} in this message. Choose one of the names listed, or take the braces away.") % {"name": wrong[0]}, field=field
            )


@transaction.atomic
def reset(text: MessageText, *, by: Actor, at: datetime) -> None:
    """Use the words of the code again; the versions stay. Locks the text. Raises NotAllowed; Refusal if it is not used."""
    _must_write(by)
    text = MessageText.objects.select_for_update().get(pk=text.pk)
    if not text.is_used:
        raise Refusal(_("The text of the code is used already."), code="already_reset")
    text.is_used = False
    text.save(update_fields=["is_used"])
    record(events.reset, text, by=by, at=at)


@transaction.atomic
def send_to_self(kind: str, audience: str, *, subject: str, paragraphs: Sequence[str], by: Actor, at: datetime) -> None:
    """Mail the finished words to whoever acts, through the same way as all messages. Raises NotAllowed."""
    _must_write(by)
    assert by.user_id is not None
    person = User.objects.get_queryset().get(pk=by.user_id)
    facts = {"kind": kind, "audience": audience, "subject": subject, "paragraphs": list(paragraphs)}
    record(events.tried, person, by=by, at=at, tell=[Tell("staff", facts, users=(person.pk,))])


def _must_write(by: Actor) -> None:
    if not access.may_write(by):
        raise NotAllowed
