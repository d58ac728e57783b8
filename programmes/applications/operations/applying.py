"""Applying: what a startup's people do, from the first draft to sending in, and afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incubator.accounts.actors import system_actor
from incubator.files import operations as files
from incubator.files.models import StoredFile
from incubator.lib.actor import Actor
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, Refusal
from incubator.outbox.operations import Tell, record, transition
from incubator.startups import operations as startups
from incubator.startups.models import Startup
from incubator.startups.states import ParkStage, Profile
from incubator.web import times
from programmes.applications import events, prefill
from programmes.applications.eligibility import RuleResult, evaluate
from programmes.applications.models import Application
from programmes.applications.states import HIDDEN_UNTIL_RELEASE, TERMINAL, Status
from programmes.catalogue.models import Intake
from programmes.forms import operations as forms
from programmes.forms.models import Answer, Question
from programmes.forms.operations import Line, Sheet

APPLICANTS = ("founder", "member")
STAFF = ("officer", "manager")


class AlreadyApplied(Refusal):
    """The startup has a live application to this call; it is in `application`."""

    code = "already_applied"
    message = _("Your startup has an application to this call already.")

    def __init__(self, application: Application) -> None:
        super().__init__()
        self.application = application


class Closed(Refusal):
    code = "closed"
    message = _("This application cannot be changed any more: the call is closed, or it was sent in. Nothing was saved.")


class Incomplete(Refusal):
    """Required answers are missing or need checking; `gaps` are their lines."""

    code = "incomplete"

    def __init__(self, gaps: Sequence[Line]) -> None:
        n = len(gaps)
        super().__init__(ngettext("%(n)d answer is still missing or needs checking.", "%(n)d answers are still missing or need checking.", n) % {"n": n})
        self.gaps = tuple(gaps)


class NotEligible(Refusal):
    """The answers fail a rule of the call that leaves nothing to judge; `results` are those."""

    code = "not_eligible"

    def __init__(self, results: Sequence[RuleResult]) -> None:
        rules = "; ".join(result.title for result in results)
        super().__init__(_("By your answers this call is not open to you: %(rules)s. Check those answers.") % {"rules": rules})
        self.results = tuple(results)


def told_to_applicant(application: Application, **facts: object) -> Tell:
    """Everybody of the startup, with what a message about an application needs."""
    known = {"reference": application.reference, "intake": application.intake.title, "startup": application.startup.name}
    return Tell("founder", {**known, **facts}, organisation=application.startup.organisation_id, roles=APPLICANTS)


def told_to_staff(application: Application) -> Tell:
    facts = {"reference": application.reference, "intake": application.intake.title, "startup": application.startup.name}
    return Tell("staff", facts, organisation_kind="park", roles=STAFF)


def self_check(application: Application, sheet: Sheet, at: datetime) -> list[RuleResult]:
    """The rules of the call against the answers as they are. One query."""
    return evaluate(application.intake.rules.order_by("position", "pk"), sheet.values, times.local_day(at))


@transaction.atomic
def start(intake: Intake, startup: Startup, *, by: Actor, at: datetime) -> Application:
    """A new draft, filled in from the profile as far as that goes.

    Locks the startup. Raises Closed, NotAllowed, AlreadyApplied (with the application there is), or Refusal for a
    profile that is suspended or archived.
    """
    startup = Startup.objects.locked(startup.pk)
    if not startup.roles_of(by) & frozenset(APPLICANTS):
        raise NotAllowed
    if not intake.is_accepting(at) or intake.form_version is None:
        raise Closed(_("This call does not take applications now."))
    if startup.profile in (Profile.SUSPENDED, Profile.ARCHIVED):
        raise Refusal(_("Your startup's profile is suspended. Ask the park before you apply."), code="profile_suspended")
    live = Application.objects.filter(startup=startup, intake=intake).exclude(status__in=TERMINAL - {Status.ACCEPTED}).first()
    if live is not None:
        raise AlreadyApplied(live)
    form = intake.form_version
    given = prefill.answers(form.questions.all(), startup, startup.people.order_by("pk"))
    application = Application.objects.create(
        intake=intake,
        startup=startup,
        answer_set=forms.begin(form, startup.organisation, answers=given, by=by, at=at),
        created_by_id=by.user_id,
        created_at=at,
        updated_at=at,
    )
    record(events.started, application, by=by, at=at, to_state=Status.DRAFT, tell=[told_to_applicant(application)])
    return application


# ── Writing ─────────────────────────────────────────────────────────────────
def _to_write_in(application: Application, by: Actor, at: datetime) -> Application:
    application = Application.objects.locked(application.pk)
    if not application.roles_of(by) & frozenset(APPLICANTS):
        raise NotAllowed
    if not application.is_editable(at):
        raise Closed
    return application


@transaction.atomic
def save_answer(application: Application, question: Question, value: Any, *, version: int, by: Actor, at: datetime) -> Answer:
    """Keep one parsed answer. Locks the application. Raises Closed, NotAllowed, or forms.StaleAnswer with both texts."""
    application = _to_write_in(application, by, at)
    return forms.save_answer(application.answer_set, question, value, version=version, by=by, at=at)


@transaction.atomic
def attach(application: Application, question: Question, upload: files.Upload, *, version: int, by: Actor, at: datetime) -> Answer:
    """Check and keep a file as the answer. Locks the application. Raises as `save_answer` and `files.store` do."""
    application = _to_write_in(application, by, at)
    try:
        stored = files.store(upload, by=by, at=at, room=_room(application, question))
    except Invalid as refusal:
        refusal.field = question.key
        raise
    value = {"file": str(stored.pk), "name": stored.name, "size": stored.size, "content_type": stored.content_type}
    return forms.save_answer(application.answer_set, question, value, version=version, by=by, at=at)


def _room(application: Application, question: Question) -> int:
    """The bytes that are left of what one application may carry, not counting the file that is replaced."""
    kept = Answer.objects.filter(answer_set=application.answer_set_id, question__kind=Question.Kind.FILE).exclude(question=question)
    used: int = sum(answer.value["size"] for answer in kept if answer.value)
    return max(0, settings.APPLICATION_FILES_MAX_BYTES - used)


# ── Sending in ──────────────────────────────────────────────────────────────
@transaction.atomic
def submit(application: Application, *, by: Actor, at: datetime) -> Application:
    """Send the draft in: its answers freeze as revision 1, it gets its reference, and both sides are told.

    Locks the intake, the application, then the startup. Raises Closed, Incomplete, NotEligible, NotAllowed,
    IllegalTransition, or Refusal (address not confirmed; another exclusive programme). Nothing is changed then.
    """
    intake = Intake.objects.locked(application.intake_id)
    application = Application.objects.locked(application.pk)
    if application.status != Status.DRAFT:
        raise IllegalTransition(_("This application was sent in already."))
    if not application.is_editable(at):
        raise Closed
    if not EmailAddress.objects.filter(user_id=by.user_id, verified=True).exists():
        raise Refusal(_("Confirm your e-mail address first: we have sent you a message with a link."), code="address_not_confirmed")
    startup = Startup.objects.locked(application.startup_id)
    _must_not_compete(application, startup)
    results = _must_be_ready(application, at)
    intake.last_reference += 1
    intake.save(update_fields=["last_reference"])
    application.reference = f"{intake.reference_prefix}-{intake.last_reference:04}"
    revision = forms.freeze(application.answer_set, by=by, at=at)
    application = transition(
        application,
        Status.SUBMITTED,
        by=by,
        at=at,
        event=events.submitted,
        facts={"revision": revision.number, "sha256": revision.sha256},
        changes={
            "reference": application.reference,
            "revision_id": revision.pk,
            "submitted_at": at,
            "eligibility": [result.as_json() for result in results],
        },
        tell=[
            told_to_applicant(application, sent_at=times.moment(at), sender=str(by.name), decision_on=times.day(intake.decision_on)),
            told_to_staff(application),
        ],
    )
    if startup.park_stage == ParkStage.PROSPECT:
        startups.set_park_stage(startup, ParkStage.APPLICANT, by=system_actor(), at=at)
    return application


def _must_be_ready(application: Application, at: datetime) -> list[RuleResult]:
    sheet = forms.sheet(application.answer_set)
    if sheet.gaps:
        raise Incomplete(sheet.gaps)
    results = self_check(application, sheet, at)
    failed = [result for result in results if result.passed is False and not result.needs_judgement]
    if failed:
        raise NotEligible(failed)
    return results


def _must_not_compete(application: Application, startup: Startup) -> None:
    """One exclusive programme at a time. Decisions that are not out yet count like a review that goes on."""
    if not application.intake.programme.is_exclusive:
        return
    undecided = Q(status__in=[one for one in Status if one not in TERMINAL and one != Status.DRAFT])
    hidden = Q(status__in=HIDDEN_UNTIL_RELEASE, intake__released_at__isnull=True)
    others = Application.objects.filter(undecided | hidden, startup=startup, intake__programme__is_exclusive=True).exclude(pk=application.pk)
    other = others.select_related("intake").first()
    if other is not None:
        message = _("Your startup has applied to “%(call)s” (%(reference)s), and one may be in one of these programmes at a time. Withdraw that first.")
        raise Refusal(message % {"call": other.intake.title, "reference": other.reference}, code="exclusive_programme")


@transaction.atomic
def answer_request(application: Application, *, note: str, by: Actor, at: datetime) -> Application:
    """Answer what the park asked: the answers freeze anew, screening goes on, the waiting is counted as the applicant's.

    Locks the application. Raises IllegalTransition, Incomplete, Invalid (the note), NotAllowed.
    """
    application = Application.objects.locked(application.pk)
    if application.status != Status.INFO_REQUESTED:
        raise IllegalTransition
    sheet = forms.sheet(application.answer_set)
    if sheet.gaps:
        raise Incomplete(sheet.gaps)
    request = application.info_requests.get(answered_at__isnull=True)
    request.answered_at = at
    request.answer_note = forms.clean_text(note, limit=4000) or ""
    request.save(update_fields=["answered_at", "answer_note"])
    revision = forms.freeze(application.answer_set, by=by, at=at)
    results = evaluate(application.intake.rules.order_by("position", "pk"), revision.answers, times.local_day(application.submitted_at or at))
    return transition(
        application,
        Status.SCREENING,
        by=by,
        at=at,
        event=events.request_answered,
        facts={"revision": revision.number, "sha256": revision.sha256, "note": request.answer_note},
        changes={
            "revision_id": revision.pk,
            "waited_on_applicant": application.waited_on_applicant + (at - request.asked_at),
            "eligibility": [result.as_json() for result in results],
        },
        tell=[told_to_applicant(application, sent_at=times.moment(at)), told_to_staff(application)],
    )


@transaction.atomic
def withdraw(application: Application, *, by: Actor, at: datetime, reason: str = "") -> Application:
    """Take the application back for good. Locks it. Raises Refusal once a decision is out, NotAllowed, IllegalTransition."""
    application = Application.objects.locked(application.pk)
    if application.intake.is_released and application.status in (Status.OFFERED, Status.REJECTED):
        raise IllegalTransition(_("The decision is out. An offer is accepted or declined on its own page."))
    tell = [told_to_applicant(application, withdrawn_at=times.moment(at))]
    if application.submitted_at:
        tell.append(told_to_staff(application))
    return transition(application, Status.WITHDRAWN, by=by, at=at, event=events.withdrawn, reason=reason, tell=tell)


def file_of(application: Application, file_id: UUID) -> StoredFile | None:
    """A file that is, or in a frozen revision was, an answer of this application. Two queries at most.

    Asks nothing about permission: the caller found the application through `visible_to`.
    """
    wanted = str(file_id)
    in_answers = Answer.objects.filter(answer_set=application.answer_set_id, value__file=wanted).exists()
    if not in_answers:
        revisions = application.answer_set.revisions.values_list("answers", flat=True)
        if not any(isinstance(value, dict) and value.get("file") == wanted for answers in revisions for value in answers.values()):
            return None
    return StoredFile.objects.filter(pk=file_id).first()
