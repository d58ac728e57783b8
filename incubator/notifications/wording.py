"""The words of a kind of message as the code ships them and as staff may write them: names, defaults, examples."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from incubator.notifications.catalogue import Entry, entries
from incubator.outbox.models import Event
from incubator.outbox.registry import EMAIL, IN_APP, Kind
from incubator.web.parts import Words

STANDARD = ("recipient_name", "organisation_name", "park_name", "link")
# One kind, many mails: each is chosen by the step of signing in that it belongs to.
MANY_IN_ONE = "accounts.mail_requested"
LOOP = re.compile(r"\{% for (\w+) in (\w+) %\}.*?\{% endfor %\}", re.DOTALL)
CASE = re.compile(r"\{% if [^%]*%\}((?:(?!\{% (?:if|endif) ?).)*?)\{% endif %\}", re.DOTALL)
SAMPLES: dict[str, Any] = {
    "startup": "Lumen Pay",
    "intake": "Fintech Incubation, spring 2027",
    "programme": "Fintech Incubation",
    "reference": "FIN3-0042",
    "organisation": "Meridian Technologies",
    "round": "Seed round",
    "title": "Advisory hours over seven areas",
    "asks": ["Your articles of association", "The share of founders who work full time"],
    "due_on": "2026-12-15",
    "answer_by": "15 December 2026, 17:00 HKT",
}


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """The code's words in the notation of staff. `is_exact` is False where the code's words change with the case."""

    subject: str
    body: str
    names: tuple[str, ...]
    is_exact: bool


def find(kind: str, audience: str) -> Entry | None:
    """The kind as this audience is told it, if people are."""
    return next((one for one in entries() if one.kind.name == kind and one.audience == audience and {IN_APP, EMAIL} & set(one.channels)), None)


def why_not(kind: Kind) -> Words:
    """Why staff may not write this kind's words; empty if they may."""
    return _("This kind is many mails in one, each of them about the safety of an account. Their words stand in the code.") if kind.name == MANY_IN_ONE else ""


@lru_cache(maxsize=512)
def built_in(template: str) -> BuiltIn:
    """What the code says: its conditions and loops are put as plain variables, which are left out where there is nothing to say."""
    source = get_template(template).template.source  # type: ignore[attr-defined]
    inner = {loop[1] for loop in LOOP.finditer(source)}
    text, is_exact = LOOP.sub(r"{{\2}}\n", source), True
    while case := CASE.search(text):
        first, *others = re.split(r"\{% (?:else|elif [^%]*) ?%\}", case[1])
        is_exact = is_exact and not others
        text = text[: case.start()] + first + text[case.end() :]
    text = re.sub(r'\{% translate "(.*?)" %\}', r"\1", text)
    text = re.sub(r"\{\{\s*(\w+)[^}]*\}\}", r"{{\1}}", re.sub(r"\{%.*?%\}", "", text))
    used = re.findall(r"\{\{\s*(\w+)", f"{source}{text}")
    names = dict.fromkeys([*(one for one in used if one not in inner and one not in STANDARD), *STANDARD])
    subject, _sep, body = text.strip().partition("\n")
    paragraphs = ("\n".join(" ".join(line.split()) for line in one.strip().splitlines()) for one in re.split(r"\n\s*\n", body))
    return BuiltIn(" ".join(subject.split()), "\n\n".join(one for one in paragraphs if one), tuple(names), is_exact)


def of(entry: Entry) -> BuiltIn:
    return built_in(entry.kind.message_template(entry.audience))


def example(entry: Entry) -> tuple[Mapping[str, Any], bool]:
    """Facts to show a message with: those of the latest event of this kind, else invented ones; and whether they are real. One query.

    What is secret is never shown.
    """
    invented = {name: SAMPLES.get(name, f"[{name.replace('_', ' ')}]") for name in of(entry).names if name not in STANDARD}
    if not entry.kind.secret:
        last = Event.objects.told_to(entry.audience).filter(kind=entry.kind.name).order_by("-at").first()
        if last is not None:
            return {**invented, **next(one["facts"] for one in last.told if one["audience"] == entry.audience)}, True
    return invented, False


def difference(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Line by line: what stays (a space), goes (-) and comes (+)."""
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[0] in " -+":
            yield line[0], line[2:]
