"""What a call still lacks before it can be scheduled, in words that say what to do."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.catalogue.models import EligibilityRule, Intake
from programmes.catalogue.states import ProgrammeState

Words = str | Promise
HUNDRED = 100

TABLE_OPERATORS = frozenset(
    {
        EligibilityRule.Operator.COUNT_GTE,
        EligibilityRule.Operator.SHARE_GTE,
        EligibilityRule.Operator.SUM_GT,
        EligibilityRule.Operator.SUM_GTE,
    }
)


def lacking(intake: Intake, at: datetime) -> list[Words]:
    """What has to be put right before the call can be scheduled; empty when all is well. At most five queries."""
    return [*_dates(intake, at), *_programme(intake), *_panel(intake), *_rubric(intake), *_form_and_rules(intake)]


def _programme(intake: Intake) -> list[Words]:
    if intake.programme.status == ProgrammeState.PUBLISHED:
        return []
    return [_("The programme is not published. Publish it first.")]


def _dates(intake: Intake, at: datetime) -> list[Words]:
    found: list[Words] = []
    if intake.closes_at <= at:
        found.append(_("The call would be over already. Choose a closing time that lies ahead."))
    if intake.closes_at <= intake.opens_at:
        found.append(_("The call must close after it opens."))
    closing_day = timezone.localdate(intake.closes_at)
    if intake.decision_on <= closing_day:
        found.append(_("Applicants would hear before the call closes. Choose a later day for “applicants hear by”."))
    if intake.review_due_on and not closing_day < intake.review_due_on <= intake.decision_on:
        found.append(_("The reviews have to be due after the call closes and before applicants hear."))
    return found


def _panel(intake: Intake) -> list[Words]:
    found: list[Words] = []
    if intake.reviews_per_application < 1:
        found.append(_("Say how many reviews each application gets: at least one."))
    if intake.reviewer_capacity < 1:
        found.append(_("Say how many applications one reviewer takes: at least one."))
    if intake.seats < 1:
        found.append(_("Say how many seats the cohort has: at least one."))
    return found


def _rubric(intake: Intake) -> list[Words]:
    if intake.rubric is None:
        return [_("Choose a rubric.")]
    total = sum(intake.rubric.criteria.values_list("weight", flat=True))
    if total != HUNDRED:
        return [_("The weights of the rubric add up to %(total)s, not to 100. Correct the weights.") % {"total": total}]
    return []


def _form_and_rules(intake: Intake) -> list[Words]:
    if intake.form_version is None:
        return [_("Choose a form.")]
    questions = {question.key: question for question in intake.form_version.questions.all()}
    found: list[Words] = []
    if not questions:
        found.append(_("The form has no questions. Add some, or choose another form."))
    rules = list(intake.rules.all())
    if not rules:
        found.append(_("Add at least one eligibility rule."))
    for rule in rules:
        question = questions.get(rule.question_key)
        if question is None:
            found.append(_("The rule “%(rule)s” asks about “%(key)s”, which the form does not contain.") % {"rule": rule.title, "key": rule.question_key})
        elif rule.operator in TABLE_OPERATORS and rule.column not in {column.get("key") for column in question.columns}:
            found.append(_("The rule “%(rule)s” names the column “%(key)s”, which its table does not have.") % {"rule": rule.title, "key": rule.column})
    return found
