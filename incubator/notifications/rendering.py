"""The words of a message: what staff wrote for its kind, audience and language, else the template of the code.

The template is plain text: its first line is the subject, then paragraphs. HTML is made from the finished text, so
that nothing in the facts can ever be markup. A message is rendered once per event, audience and language; the recipient's name
is filled in afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.urls import Resolver404, resolve, reverse
from django.utils.html import escape

from incubator.lib import sealing
from incubator.lib.filling import fill
from incubator.notifications import wording
from incubator.notifications.models import Delivery
from incubator.outbox import registry
from incubator.outbox.models import Event
from incubator.texts.models import MessageText
from incubator.web import times

NAME, BREAK = "\ue000", "\ue001"  # stand for the recipient's name and for a line break inside a fact
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
LINKS_OF_ACCOUNT_MAILS = ("activate_url", "password_reset_url", "signup_url")
PORTALS = frozenset({"my", "partner", "review", "staff"})


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered message. `link` is absolute; `path` the same without the host; both empty for a mail without a page."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str
    path: str

    def for_person(self, name: str) -> Message:
        return Message(_one_line(self.subject.replace(NAME, name)), tuple(one.replace(NAME, name) for one in self.paragraphs), self.link, self.path)

    def text(self, off_url: str = "") -> str:
        """The plain text of the mail. `off_url` is where mails of its kind are switched off, if they may be."""
        return _fill("messages/layout.txt", {"message": self, "off_url": off_url}, escaped=False)

    def html(self, off_url: str = "") -> str:
        """The HTML of the mail: our layout around the same words."""
        return _fill("messages/layout.html", {"message": self, "off_url": off_url}, escaped=True)

    def portal(self) -> str:
        """The portal that the page is in; empty for others."""
        try:
            namespaces = resolve(self.path).namespaces
        except Resolver404:
            return ""
        return namespaces[0] if namespaces and namespaces[0] in PORTALS else ""


def key(delivery: Delivery) -> tuple[object, ...]:
    """Deliveries with the same key have the same words, but for the recipient's name."""
    return delivery.event_id, delivery.told, delivery.organisation_id, language_of(delivery)


def language_of(delivery: Delivery) -> str:
    return delivery.user.language if delivery.user else settings.LANGUAGE_CODE


def message(delivery: Delivery, organisation_name: str) -> Message:
    """The words of a delivery, with a place-holder for the recipient's name: finish with `for_person`.

    Opens what is sealed: call it to send, never to show. Raises Unregistered or what the template raises.
    """
    event, told = delivery.event, delivery.event.told[delivery.told]
    kind, audience = registry.get(event.kind), told["audience"]
    facts = _opened(told["facts"])
    link, path = _link(event, kind.audiences[audience], told["facts"], facts)
    own = None if "template" in facts else MessageText.objects.for_reader(kind.name, audience, language_of(delivery))
    words = (own.subject, own.body) if own else None
    return compose(kind, audience, facts, organisation_name=organisation_name, link=link, path=path, own=words)


def compose(
    kind: registry.Kind,
    audience: str,
    facts: Mapping[str, Any],
    *,
    organisation_name: str,
    link: str,
    path: str = "",
    own: tuple[str, str] | None = None,
) -> Message:
    """The message that these facts make: in staff's `own` words (subject and text), else in those of the template."""
    variables = {
        **_in_words(dict(facts)),
        "recipient_name": NAME,
        "park_name": settings.PARK_NAME,
        "link": link,
        "organisation_name": organisation_name,
    }
    if own is not None:
        return _of_staff(own, wording.built_in(kind.message_template(audience)).names, variables, link, path)
    if "template" in facts:
        variables["mail"] = f"messages/accounts/mail_requested/{mail_name(facts)}.txt"
    words = _fill(kind.message_template(audience), {"mail": "", **variables}, escaped=False)
    subject, _, body = words.strip().partition("\n")
    paragraphs = (" ".join(one.split()).replace(BREAK, "\n") for one in re.split(r"\n\s*\n", body) if one.strip())
    return Message(_one_line(subject.replace(BREAK, " ")), tuple(paragraphs), link, path)


def _of_staff(own: tuple[str, str], names: Iterable[str], variables: Mapping[str, Any], link: str, path: str) -> Message:
    """The words that staff wrote: lines stay lines, a name without a fact says nothing, and a paragraph with nothing to say is left out."""
    values = {**dict.fromkeys(names, ""), **{name: _as_text(value) for name, value in variables.items()}}
    subject = fill(own[0], values)
    paragraphs = (fill(one.strip().replace("\n", BREAK), values) for one in re.split(r"\n[ \t]*\n", own[1]))
    lines = (BREAK.join(" ".join(line.split()) for line in one.split(BREAK)).strip(BREAK) for one in paragraphs)
    return Message(_one_line(subject.replace(BREAK, " ")), tuple(one.replace(BREAK, "\n") for one in lines if one), link, path)


def _as_text(value: Any) -> str:
    """A fact in a text of staff: a list is a line for each, nothing is nothing."""
    if isinstance(value, list):
        return BREAK.join(f"– {_as_text(one)}" for one in value)
    return "" if value is None or isinstance(value, bool | dict) else str(value)


def mail_name(facts: Mapping[str, Any]) -> str:
    """`account/email/password_reset_key` -> `password_reset_key`: the file of an account mail. Letters and _ only."""
    return re.sub(r"\W", "", str(facts["template"]).rpartition("/")[2])


def _link(event: Event, notice: registry.Notice, sealed: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, str]:
    if "template" in facts:
        link = next((str(facts[name]) for name in LINKS_OF_ACCOUNT_MAILS if facts.get(name)), "")
        return link, urlsplit(link).path
    path = reverse(notice.page, kwargs=dict(notice.page_args(event, sealed)))
    return f"{settings.BASE_URL}{path}", path


def _opened(facts: Mapping[str, Any]) -> dict[str, Any]:
    opened = {name: value for name, value in facts.items() if name not in ("sealed", "token_sealed")}
    if "sealed" in facts:
        opened.update(json.loads(sealing.unseal(facts["sealed"], purpose="account-mail")))
    return opened


def _in_words(value: Any) -> Any:
    """Facts as text: instants and days in the park's words, line breaks kept out of the way until paragraphs are made."""
    if isinstance(value, dict):
        return {str(name): _in_words(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_in_words(one) for one in value]
    if not isinstance(value, str):
        return value
    if INSTANT.fullmatch(value):
        return times.moment(datetime.fromisoformat(value))
    if DAY.fullmatch(value):
        return times.day(date.fromisoformat(value))
    return re.sub(r"\r\n?|\n", BREAK, value)


def _one_line(text: str) -> str:
    """A subject: one line, no control characters, not endless."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:180]


@lru_cache(maxsize=256)
def _compiled(name: str) -> Template:
    return get_template(name).template  # type: ignore[attr-defined, no-any-return]


def _fill(name: str, variables: Mapping[str, Any], *, escaped: bool) -> str:
    return _compiled(name).render(Context({**variables, "park_name": settings.PARK_NAME, "base_url": settings.BASE_URL}, autoescape=escaped))


def resource_url(event: Event, told: Mapping[str, Any]) -> str:
    """The API address of the thing, for webhooks."""
    resource = registry.get(event.kind).audiences[told["audience"]].resource
    values = {**told["facts"], "id": event.subject_id}
    return settings.BASE_URL + re.sub(r"\{(\w+)\}", lambda found: escape(str(values[found[1]])), resource)
