"""What is done with programmes and intakes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import Tell, record
from incubator.outbox.operations import transition as step
from incubator.partners import operations as partners
from incubator.web import times
from programmes.catalogue import access, events, readiness
from programmes.catalogue.models import Criterion, Intake, Programme, Rubric
from programmes.catalogue.states import IntakeState, ProgrammeState
from programmes.forms.models import FormVersion

TOLD_ROLES = ("officer", "manager")


class NotReady(Refusal):
    """The call cannot be scheduled yet; `lacking` says in words what is missing."""

    code = "not_ready"

    def __init__(self, lacking: Iterable[readiness.Words]) -> None:
        self.lacking = tuple(lacking)
        super().__init__(" ".join(str(line) for line in self.lacking))


def told_to_staff(intake: Intake) -> Tell:
    """The officers and managers, with what the message about a call needs."""
    facts = {
        "intake": intake.title,
        "programme": intake.programme.title,
        "opens": times.moment(intake.opens_at),
        "closes": times.moment(intake.closes_at),
        "decision": times.day(intake.decision_on),
    }
    return Tell("staff", facts, organisation_kind="park", roles=TOLD_ROLES)


# ── Programmes ────────────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def publish(programme: Programme, *, by: Actor, at: datetime) -> Programme:
    """Show the programme to everybody, for the first time or after a pause."""
    programme = step(Programme.objects.locked(programme.pk), ProgrammeState.PUBLISHED, by=by, at=at, event=events.programme_published)
    if programme.partner_id is not None:
        partners.credit(programme.partner_id, kind="programme", unit="programmes", evidence=programme, words=programme.title, by=by, at=at)
    return programme


@transaction.atomic
def pause(programme: Programme, *, by: Actor, at: datetime) -> Programme:
    """Keep the programme's page and take no new applications. Raises Refusal while a call is open or scheduled."""
    programme = Programme.objects.locked(programme.pk)
    _must_have_no_live_call(programme, at)
    return step(programme, ProgrammeState.PAUSED, by=by, at=at, event=events.programme_paused)


@transaction.atomic
def retire(programme: Programme, *, reason: str, by: Actor, at: datetime) -> Programme:
    """End the programme for good; its page goes. Raises Refusal while a call is open or scheduled."""
    programme = Programme.objects.locked(programme.pk)
    _must_have_no_live_call(programme, at)
    return step(programme, ProgrammeState.RETIRED, by=by, at=at, event=events.programme_retired, reason=reason)


def _must_have_no_live_call(programme: Programme, at: datetime) -> None:
    live = programme.intakes.filter(status__in=(IntakeState.SCHEDULED, IntakeState.OPEN), closes_at__gt=at).first()
    if live is not None:
        message = _("“%(call)s” is scheduled or open. Close or cancel that call first.") % {"call": live.title}
        raise Refusal(message, code="call_is_live")


# ── Intakes: the window ───────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def schedule(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """Announce the call; its form and its rubric freeze here.

    Locks the intake. Raises NotReady with everything that is missing, IllegalTransition or NotAllowed.
    """
    intake = Intake.objects.locked(intake.pk)
    missing = readiness.lacking(intake, at)
    if missing:
        raise NotReady(missing)
    intake = step(intake, IntakeState.SCHEDULED, by=by, at=at, event=events.intake_scheduled, tell=[told_to_staff(intake)])
    form, rubric = intake.form_version, intake.rubric
    assert form is not None, "readiness.lacking() lets no call without a form through"
    assert rubric is not None, "readiness.lacking() lets no call without a rubric through"
    FormVersion.objects.filter(pk=form.pk, frozen_at=None).update(frozen_at=at, updated_at=at)
    if Rubric.objects.filter(pk=rubric.pk, frozen_at=None).update(frozen_at=at, updated_at=at):
        record(events.rubric_frozen, rubric, by=by, at=at, facts={"intake": intake.title})
    return intake


@transaction.atomic
def open(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """Record that the call has opened: the date decided it. Raises Refusal before that date."""
    intake = Intake.objects.locked(intake.pk)
    if at < intake.opens_at:
        raise Refusal(_("The call opens later."), code="too_early")
    return step(intake, IntakeState.OPEN, by=by, at=at, event=events.intake_opened, tell=[told_to_staff(intake)])


@transaction.atomic
def close(intake: Intake, *, by: Actor, at: datetime, reason: str = "") -> Intake:
    """Record that the call is over, or end it early: then this moment becomes its closing time.

    Locks the intake. Raises Refusal when the system is asked before the closing time.
    """
    intake = Intake.objects.locked(intake.pk)
    early = at < intake.closes_at
    if early and by.kind == "system":
        raise Refusal(_("The call closes later."), code="too_early")
    changes = {"closes_at": at} if early else {}
    facts = {"early": early}
    return step(intake, IntakeState.CLOSED, by=by, at=at, event=events.intake_closed, reason=reason, changes=changes, facts=facts, tell=[told_to_staff(intake)])


@transaction.atomic
def reopen(intake: Intake, *, closes_at: datetime, reason: str, by: Actor, at: datetime) -> Intake:
    """Take applications again until `closes_at`. Raises Invalid for a time that is past.

    Whether a review has begun, and which drafts come back, is known above: `reviews` asks for this.
    """
    intake = Intake.objects.locked(intake.pk)
    if closes_at <= at:
        raise Invalid(_("Choose a closing time that lies ahead."), field="closes_at")
    changes = {"closes_at": closes_at}
    intake.closes_at = closes_at
    return step(intake, IntakeState.OPEN, by=by, at=at, event=events.intake_reopened, reason=reason, changes=changes, tell=[told_to_staff(intake)])


# ── Intakes: the judging ──────────────────────────────────────────────────────────────────────────────────────────────
def start_review(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """Hand the call to its reviewers."""
    return step(intake, IntakeState.IN_REVIEW, by=by, at=at, event=events.review_started)


def deliberate(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """Let the panel meet: all reviews there will be are in."""
    return step(intake, IntakeState.DELIBERATION, by=by, at=at, event=events.deliberation_started)


def decide(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """Declare all decided. That every application is, `reviews` and `cohorts` have checked."""
    return step(intake, IntakeState.DECIDED, by=by, at=at, event=events.intake_decided)


def reopen_deliberation(intake: Intake, *, reason: str, by: Actor, at: datetime) -> Intake:
    """Go one step back, before the decisions are out."""
    return step(intake, IntakeState.DELIBERATION, by=by, at=at, event=events.deliberation_reopened, reason=reason)


def release(intake: Intake, *, batch: UUID, by: Actor, at: datetime) -> Intake:
    """Lift the embargo. `cohorts` writes one event per application under the same batch in this transaction."""
    changes = {"released_at": at, "release_batch": batch}
    return step(intake, IntakeState.RELEASED, by=by, at=at, event=events.intake_released, changes=changes, batch=batch)


def complete(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """Put the call away: every offer is answered or lapsed, which `cohorts` has checked."""
    return step(intake, IntakeState.COMPLETED, by=by, at=at, event=events.intake_completed)


@transaction.atomic
def cancel(intake: Intake, *, reason: str, by: Actor, at: datetime, applicants: Iterable[UUID] = ()) -> Intake:
    """Call the intake off before its decisions are out. `applicants` are the organisations to tell. Locks the intake."""
    intake = Intake.objects.locked(intake.pk)
    facts = {"intake": intake.title, "programme": intake.programme.title, "programme_slug": intake.programme.slug, "reason": reason}
    founders = [Tell("founder", facts, organisation=organisation) for organisation in applicants]
    return step(intake, IntakeState.CANCELLED, by=by, at=at, event=events.intake_cancelled, reason=reason, tell=[told_to_staff(intake), *founders])


# ── The clock ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def follow_the_calendar(*, by: Actor, at: datetime) -> int:
    """Record every opening and closing whose time has come; gives back how many. One transaction per call.

    Safe to run twice at once: rows that another run holds are left to it.
    """
    done = 0
    for pk in Intake.objects.due_to_open(at).values_list("pk", flat=True):
        done += _if_still_due(pk, IntakeState.SCHEDULED, by=by, at=at)
    for pk in Intake.objects.due_to_close(at).values_list("pk", flat=True):
        done += _if_still_due(pk, IntakeState.OPEN, by=by, at=at)
    return done


@transaction.atomic
def _if_still_due(pk: UUID, status: IntakeState, *, by: Actor, at: datetime) -> int:
    intake = Intake.objects.filter(pk=pk, status=status).select_for_update(skip_locked=True).first()
    if intake is None:
        return 0
    if status == IntakeState.SCHEDULED:
        open(intake, by=by, at=at)
    else:
        close(intake, by=by, at=at)
    return 1


# ── Rubrics ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def copy_rubric(rubric: Rubric, *, by: Actor, at: datetime) -> Rubric:
    """A new version that can be changed, with the same criteria. Locks all versions of that name."""
    if not access.may_configure(by):
        raise NotAllowed
    numbers = list(Rubric.objects.select_for_update().filter(name=rubric.name).values_list("number", flat=True))
    copy = Rubric.objects.create(name=rubric.name, number=max(numbers) + 1, created_at=at, updated_at=at)
    Criterion.objects.bulk_create(
        Criterion(rubric=copy, position=one.position, title=one.title, description=one.description, weight=one.weight, anchors=one.anchors)
        for one in rubric.criteria.all()
    )
    record(events.rubric_copied, copy, by=by, at=at, facts={"from": str(rubric)})
    return copy
