"""Writing answers, and freezing them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.lib.refusals import NotAllowed, Stale
from incubator.outbox.operations import record
from programmes.forms import access, events, sheets
from programmes.forms.models import Answer, AnswerSet, FormVersion, Question, Revision
from programmes.forms.posting import Field, mark, name_of, raw, read_state, typed, was_on_page
from programmes.forms.sheets import Line, Section, Sheet
from programmes.forms.sheets import of as sheet
from programmes.forms.sheets import of_revision as sheet_of_revision
from programmes.forms.validation import clean_text, parse

# What other apps use of this one: they import operations, models and querysets only.
__all__ = [
    "Field",
    "Line",
    "Section",
    "Sheet",
    "StaleAnswer",
    "begin",
    "clean_text",
    "copy_version",
    "fingerprint",
    "freeze",
    "mark",
    "name_of",
    "parse",
    "raw",
    "read_state",
    "save_answer",
    "sheet",
    "sheet_of_revision",
    "typed",
    "was_on_page",
]


class StaleAnswer(Stale):
    """Somebody saved another answer since this one was read. Carries both, so that nobody's text is lost."""

    code = "stale_answer"
    message = _("Somebody else changed this answer in the meantime. Choose which one to keep.")

    def __init__(self, question: Question, *, mine: Any, theirs: Answer) -> None:
        super().__init__(field=question.key)
        self.question = question
        self.mine = mine
        self.theirs = theirs


@transaction.atomic
def copy_version(form_version: FormVersion, *, by: Actor, at: datetime) -> FormVersion:
    """A new version that can be changed, with the same sections and questions. Locks all versions of that name."""
    if not access.may_configure(by):
        raise NotAllowed
    numbers = list(FormVersion.objects.select_for_update().filter(name=form_version.name).values_list("number", flat=True))
    copy = FormVersion.objects.create(name=form_version.name, number=max(numbers) + 1, sections=form_version.sections, created_at=at, updated_at=at)
    questions = list(form_version.questions.all())
    for question in questions:
        question.pk, question.form_version = uuid7(), copy
        question._state.adding = True
    Question.objects.bulk_create(questions)
    record(events.copied, copy, by=by, at=at, facts={"from": str(form_version)})
    return copy


@transaction.atomic
def begin(form_version: FormVersion, organisation: Organisation, *, answers: Mapping[str, Any], by: Actor, at: datetime) -> AnswerSet:
    """A new set of answers, filled in beforehand with `answers` by question key. Three statements."""
    answer_set = AnswerSet.objects.create(form_version=form_version, organisation=organisation, created_at=at)
    questions = {question.key: question for question in form_version.questions.all()}
    Answer.objects.bulk_create(
        Answer(answer_set=answer_set, question=questions[key], value=value, updated_at=at, updated_by_id=by.user_id)
        for key, value in answers.items()
        if key in questions and value is not None
    )
    return answer_set


@transaction.atomic
def save_answer(answer_set: AnswerSet, question: Question, value: Any, *, version: int, by: Actor, at: datetime) -> Answer:
    """Store a parsed value over the answer that was read as `version` (0: there was none).

    Locks the set. Raises StaleAnswer if another version is stored by now with another value; nothing is changed then.
    Storing the value that is there already changes nothing, so that a save may be repeated.
    """
    AnswerSet.objects.locked(answer_set.pk)
    answer = Answer.objects.filter(answer_set=answer_set, question=question).first()
    if answer is None:
        return Answer.objects.create(answer_set=answer_set, question=question, value=value, updated_at=at, updated_by_id=by.user_id)
    if answer.value == value:
        return answer
    if answer.version != version:
        raise StaleAnswer(question, mine=value, theirs=answer)
    answer.value, answer.version, answer.updated_at, answer.updated_by_id = value, version + 1, at, by.user_id
    answer.save(update_fields=["value", "version", "updated_at", "updated_by"])
    return answer


@transaction.atomic
def freeze(answer_set: AnswerSet, *, by: Actor, at: datetime) -> Revision:
    """Keep the answers as they are now, for ever, under their hash. Locks the set. Asks nothing about completeness."""
    answer_set = AnswerSet.objects.locked(answer_set.pk)
    answers = sheets.of(answer_set).values
    last = Revision.objects.filter(answer_set=answer_set).aggregate(last=Max("number"))["last"] or 0
    return Revision.objects.create(
        answer_set=answer_set,
        number=last + 1,
        answers=answers,
        sha256=fingerprint(answers),
        frozen_at=at,
        frozen_by_id=by.user_id,
    )


def fingerprint(answers: Mapping[str, Any]) -> str:
    """SHA-256 of the answers written as JSON with sorted keys."""
    return hashlib.sha256(orjson.dumps(answers, option=orjson.OPT_SORT_KEYS)).hexdigest()
