"""What the startup's profile already says, as answers: nobody types it twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from incubator.lib.refusals import Invalid
from incubator.startups.models import Person, Startup
from programmes.forms.models import Question
from programmes.forms.operations import parse

# The columns of a table of people, under the names forms use for them.
PERSON_COLUMNS = {
    "name": "name",
    "title": "title",
    "role": "title",
    "founder": "is_founder",
    "full_time": "is_full_time",
    "technical": "is_technical",
    "equity": "equity_percent",
}
FIELDS = (
    "name",
    "name_local",
    "pitch",
    "abstract",
    "website",
    "address",
    "jurisdiction",
    "registration_no",
    "incorporated_on",
    "focus_areas",
    "expertise_wanted",
    "stage",
    "trl",
    "team_size",
    "traction",
    "funding_raised",
    "intellectual_property",
    "people",
)


def answers(questions: Iterable[Question], startup: Startup, people: Iterable[Person]) -> dict[str, Any]:
    """The answers that the profile gives, by question key. What does not fit its question is left to be typed."""
    found = {}
    for question in questions:
        if question.profile_field in FIELDS:
            try:
                found[question.key] = parse(question, _raw(question, startup, people))
            except Invalid:
                continue
    return found


def _raw(question: Question, startup: Startup, people: Iterable[Person]) -> Any:
    if question.profile_field == "people":
        return [{column["key"]: _cell(person, column["key"]) for column in question.columns} for person in people]
    value = getattr(startup, question.profile_field)
    if question.profile_field == "funding_raised":
        return {"amount": value, "currency": startup.currency}
    return value.isoformat() if isinstance(value, date) else value


def _cell(person: Person, key: str) -> Any:
    plain = key.replace("-", "_").removeprefix("is_").removesuffix("_percent")
    name = PERSON_COLUMNS.get(plain)
    return getattr(person, name) if name else None
