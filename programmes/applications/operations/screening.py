"""Screening: the park checks what was sent in, asks for what is missing, and finds who cannot be considered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, ReasonNeeded, Refusal
from incubator.outbox.operations import Tell, record, transition
from incubator.web import times
from programmes.applications import events
from programmes.applications.eligibility import RuleResult, evaluate
from programmes.applications.models import Application, Finding, InfoRequest
from programmes.applications.states import Status
from programmes.catalogue.models import EligibilityRule

MOST_ASKS = 10
SCREENERS = frozenset({"officer", "manager"})


def _tell_applicant(application: Application, **facts: object) -> Tell:
    known = {"reference": application.reference, "intake": application.intake.title, "startup": application.startup.name}
    return Tell("founder", {**known, **facts}, organisation=application.startup.organisation_id, roles=("founder", "member"))


def check_eligibility(application: Application) -> list[RuleResult]:
    """The intake's rules against the frozen answers; ages count to the day of sending in. One query, two without `revision` loaded."""
    rules = application.intake.rules.order_by("position", "pk")
    sent = application.submitted_at or application.created_at
    return evaluate(rules, application.revision.answers if application.revision else {}, times.local_day(sent))


@transaction.atomic
def start_screening(application: Application, *, by: Actor, at: datetime) -> Application:
    """Take up what was sent in: the clock starts and the rules are evaluated. The applicant hears nothing.

    Locks the application. Raises IllegalTransition or NotAllowed.
    """
    application = Application.objects.locked(application.pk)
    application.machine.step(application.status, "start_screening")
    results = check_eligibility(application)
    changes = {"screening_started_at": at, "eligibility": [result.as_json() for result in results]}
    facts = {"failed": [result.title for result in results if result.passed is False]}
    return transition(application, Status.SCREENING, by=by, at=at, event=events.screening_started, facts=facts, changes=changes)


@transaction.atomic
def ask_for_information(application: Application, *, asks: Sequence[str], due_on: date, by: Actor, at: datetime, note: str = "") -> InfoRequest:
    """Ask the applicant for something, until a day. The clock stands still until they answer.

    Locks the application. Raises Invalid (nothing asked, too much, a day that is past), IllegalTransition, NotAllowed.
    """
    application = Application.objects.locked(application.pk)
    wanted = [text.strip() for text in asks if text.strip()]
    if not wanted:
        raise Invalid(_("Write at least one thing to ask for."), field="asks")
    if len(wanted) > MOST_ASKS:
        raise Invalid(_("Ask for at most %(most)d things at once.") % {"most": MOST_ASKS}, field="asks")
    if due_on <= times.local_day(at):
        raise Invalid(_("Choose a day after today, so that the applicant has time to answer."), field="due_on")
    tell = _tell_applicant(application, asks=wanted, note=note.strip(), due_on=times.day(due_on))
    transition(
        application,
        Status.INFO_REQUESTED,
        by=by,
        at=at,
        event=events.information_requested,
        facts={"asks": wanted, "due_on": due_on, "note": note.strip()},
        tell=[tell],
    )
    return InfoRequest.objects.create(application=application, asks=wanted, note=note.strip(), due_on=due_on, asked_by_id=by.user_id, asked_at=at)


@transaction.atomic
def resume_screening(application: Application, *, reason: str, by: Actor, at: datetime) -> Application:
    """Go on without the answer that was asked for; the request is closed and the applicant told.

    Locks the application. Raises ReasonNeeded, IllegalTransition, NotAllowed.
    """
    application = Application.objects.locked(application.pk)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    application.machine.step(application.status, "answer_request")
    request = application.info_requests.get(answered_at__isnull=True)
    request.answered_at = at
    request.save(update_fields=["answered_at"])
    return transition(
        application,
        Status.SCREENING,
        by=by,
        at=at,
        event=events.screening_resumed,
        reason=reason,
        changes={"waited_on_applicant": application.waited_on_applicant + (at - request.asked_at)},
        tell=[_tell_applicant(application)],
    )


@transaction.atomic
def find_ineligible(application: Application, *, rule: EligibilityRule, reason: str, by: Actor, at: datetime) -> Finding:
    """Find that the application fails a rule of its intake.

    A rule that needs no judgement ends the application at once, and the applicant is told. One that does is recorded
    as a proposal, which another officer confirms or dismisses. Locks the application. Raises Invalid (a rule of
    another intake), Refusal (a proposal is open already), ReasonNeeded, IllegalTransition, NotAllowed.
    """
    application = Application.objects.locked(application.pk)
    if rule.intake_id != application.intake_id:
        raise Invalid(_("This rule belongs to another call."), field="rule")
    _must_screen(application, by)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    if application.findings.filter(closed_at__isnull=True).exists():
        raise Refusal(_("Another officer has proposed this already. Confirm or dismiss that proposal first."), code="proposal_open")
    finding = Finding.objects.create(application=application, rule=rule, reason=reason.strip(), proposed_by_id=by.user_id, proposed_at=at)
    if rule.needs_judgement:
        facts = {"rule": rule.title, "reference": application.reference}
        tell = [Tell("staff", {**facts, "startup": application.startup.name}, organisation_kind="park", roles=("officer", "manager"))]
        record(events.ineligibility_proposed, application, by=by, at=at, reason=reason.strip(), facts=facts, tell=tell)
        return finding
    return _end_as_ineligible(finding, application, by=by, at=at)


@transaction.atomic
def confirm_finding(finding: Finding, *, by: Actor, at: datetime) -> Finding:
    """Confirm another officer's proposal: the application ends as not eligible and the applicant is told.

    Locks the application. Raises NotAllowed when it is the actor's own proposal, Refusal when it is closed already.
    """
    application = Application.objects.locked(finding.application_id)
    finding = _open_finding(finding)
    _must_screen(application, by)
    if finding.proposed_by_id == by.user_id:
        raise NotAllowed(_("Nobody confirms their own proposal. Another officer has to do it."))
    return _end_as_ineligible(finding, application, by=by, at=at)


@transaction.atomic
def dismiss_finding(finding: Finding, *, reason: str, by: Actor, at: datetime) -> Finding:
    """Dismiss a proposal: the screening goes on. Locks the application. Raises ReasonNeeded, NotAllowed, Refusal."""
    application = Application.objects.locked(finding.application_id)
    finding = _open_finding(finding)
    _must_screen(application, by)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    finding.closed_at, finding.closed_by_id, finding.is_confirmed = at, by.user_id, False
    finding.save(update_fields=["closed_at", "closed_by", "is_confirmed"])
    record(events.ineligibility_dismissed, application, by=by, at=at, reason=reason.strip(), facts={"rule": finding.rule.title})
    return finding


@transaction.atomic
def extend_deadline(application: Application, *, until: datetime, reason: str, by: Actor, at: datetime) -> Application:
    """Give one applicant more time than the call gives everybody. A draft that lapsed comes back (a manager does that).

    Locks the application. Raises Invalid when the new deadline is past or not later than the call's, ReasonNeeded,
    NotAllowed, or IllegalTransition when it was sent in already.
    """
    application = Application.objects.locked(application.pk)
    if not application.roles_of(by) & SCREENERS:
        raise NotAllowed
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    if until <= at or until <= application.intake.closes_at:
        raise Invalid(_("Choose a time that is still to come and later than the deadline of the call."), field="until")
    tell = [_tell_applicant(application, until=times.moment(until))]
    facts = {"until": until}
    if application.status == Status.LAPSED:
        changes = {"extended_until": until}
        return transition(application, Status.DRAFT, by=by, at=at, event=events.deadline_extended, reason=reason, facts=facts, changes=changes, tell=tell)
    if application.status != Status.DRAFT:
        raise Refusal(_("This application was sent in already; its deadline no longer matters."), code="illegal_transition")
    Application.objects.filter(pk=application.pk).update(extended_until=until)
    application.extended_until = until
    record(events.deadline_extended, application, by=by, at=at, reason=reason.strip(), facts=facts, tell=tell)
    return application


def _must_screen(application: Application, by: Actor) -> None:
    """Refuse what only screening allows: another state, or somebody without the role."""
    edge = application.machine.step(application.status, "find_ineligible")
    if not edge.roles & application.roles_of(by):
        raise NotAllowed


def _open_finding(finding: Finding) -> Finding:
    found = Finding.objects.select_related("rule").get(pk=finding.pk)
    if found.closed_at is not None:
        raise Refusal(_("This proposal was decided already."), code="proposal_closed")
    return found


def _end_as_ineligible(finding: Finding, application: Application, *, by: Actor, at: datetime) -> Finding:
    transition(
        application,
        Status.INELIGIBLE,
        by=by,
        at=at,
        event=events.found_ineligible,
        reason=finding.reason,
        facts={"rule": finding.rule.title},
        tell=[_tell_applicant(application, rule=finding.rule.title, reason=finding.reason)],
    )
    finding.closed_at, finding.closed_by_id, finding.is_confirmed = at, by.user_id, True
    finding.save(update_fields=["closed_at", "closed_by", "is_confirmed"])
    return finding
