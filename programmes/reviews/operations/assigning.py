"""Asking reviewers, and taking a review back from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership, User
from incubator.accounts.roles import REVIEW_ROLES
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import record, transition
from incubator.web import times
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.reviews import conflicts, events, states
from programmes.reviews.models import Assignment, Conflict
from programmes.reviews.operations import told
from programmes.reviews.states import AssignmentState

ASSIGNERS = frozenset({"officer", "manager"})


class InConflict(Refusal):
    """The reviewer has a conflict of interest with the application; `reasons` says which."""

    code = "conflict_of_interest"

    def __init__(self, reviewer: User, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        words = {"name": reviewer.name, "reasons": "; ".join(self.reasons)}
        super().__init__(_("%(name)s has a conflict of interest with this application (%(reasons)s) and cannot review it.") % words)


@transaction.atomic
def assign(application: Application, *, reviewer: User, due_on: date, by: Actor, at: datetime) -> Assignment:
    """Ask one person to review one application. They are told once the application is in review.

    Locks the intake (its reviewers' loads are counted under that lock) and the application. Raises NotAllowed,
    InConflict, Invalid (no reviewer of the park, a day that is past), or Refusal (asked already, no capacity left, the
    application is not at that point).
    """
    Intake.objects.locked(application.intake_id)
    application = Application.objects.locked(application.pk)
    if not ASSIGNERS & application.roles_of(by):
        raise NotAllowed
    if application.status not in (Status.SCREENING, Status.IN_REVIEW):
        raise Refusal(_("Reviewers are assigned while an application is screened or in review."), code="illegal_transition")
    if due_on < times.local_day(at):
        raise Invalid(_("Choose a day that is still to come."), field="due_on")
    if not Membership.objects.filter(user=reviewer, organisation__kind="park", role__in=REVIEW_ROLES).exists():
        raise Invalid(_("%(name)s is not a reviewer of the park.") % {"name": reviewer.name}, field="reviewer")
    reasons = conflicts.of(application, reviewer.pk)
    if reasons:
        raise InConflict(reviewer, reasons)
    asked = Assignment.objects.filter(application=application, reviewer=reviewer).first()
    if asked is not None and asked.status not in states.MAY_BE_ASKED_AGAIN:
        raise Refusal(_("%(name)s has been asked about this application already.") % {"name": reviewer.name}, code="asked_already")
    carried = Assignment.objects.filter(application__intake=application.intake_id, reviewer=reviewer, status__in=states.ACTIVE).count()
    if carried >= application.intake.reviewer_capacity:
        words = {"name": reviewer.name, "most": application.intake.reviewer_capacity}
        raise Refusal(_("%(name)s has %(most)d applications of this call already, which is the most.") % words, code="over_capacity")
    assignment = asked or Assignment(application=application, reviewer=reviewer, created_at=at, updated_at=at)
    assignment.application, assignment.reviewer = application, reviewer
    if asked is None:
        assignment.due_on, assignment.assigned_by_id = due_on, by.user_id
        assignment.save(force_insert=True)
        record(events.assigned, assignment, by=by, at=at, facts=told.facts(assignment), to_state=AssignmentState.ASSIGNED)
    else:
        changes = {"due_on": due_on, "assigned_by_id": by.user_id}
        transition(assignment, AssignmentState.ASSIGNED, by=by, at=at, event=events.assigned, facts=told.facts(assignment), changes=changes)
    if application.status == Status.IN_REVIEW:
        request_review(assignment, by=by, at=at)
    return assignment


def request_review(assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """Open the application to the reviewer and tell them. Needs `reviewer` and `application.startup` loaded."""
    applications.allow_reading(assignment.application, user_id=assignment.reviewer_id)
    record(events.review_requested, assignment, by=by, at=at, facts=told.facts(assignment), tell=[told.reviewer(assignment)])


@transaction.atomic
def assign_many(pairs: Iterable[tuple[Application, User]], *, due_on: date, by: Actor, at: datetime) -> list[Assignment]:
    """Assign all pairs or none, each as `assign` does. Locks in the order of ids, so that two officers never wait in a ring."""
    ordered = sorted(pairs, key=lambda pair: (pair[0].intake_id, pair[0].pk, pair[1].pk))
    return [assign(application, reviewer=reviewer, due_on=due_on, by=by, at=at) for application, reviewer in ordered]


@transaction.atomic
def unassign(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """Take the review back, without a conflict. Raises ReasonNeeded, NotAllowed, IllegalTransition."""
    assignment = Assignment.objects.locked(assignment.pk)
    applications.stop_reading(assignment.application, user_id=assignment.reviewer_id)
    tell = [told.reviewer(assignment)] if assignment.application.status == Status.IN_REVIEW else []
    return transition(assignment, AssignmentState.UNASSIGNED, by=by, at=at, event=events.unassigned, reason=reason, facts=told.facts(assignment), tell=tell)


@transaction.atomic
def recuse(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """Exclude the reviewer for a conflict of interest, for good: they see nothing of the application from now on.

    A review sent before no longer counts. Raises ReasonNeeded, NotAllowed, IllegalTransition (locked).
    """
    assignment = Assignment.objects.locked(assignment.pk)
    declared = assignment.status == AssignmentState.COI_DECLARED
    # They may know no more of the application than its number.
    tell = [told.reviewer(assignment, startup="")]
    transition(assignment, AssignmentState.RECUSED, by=by, at=at, event=events.recused, reason=reason, facts=told.facts(assignment), tell=tell)
    applications.bar(assignment.application, user_id=assignment.reviewer_id)
    if not declared:
        Conflict.objects.get_or_create(
            application=assignment.application,
            user_id=assignment.reviewer_id,
            defaults={"source": Conflict.Source.STAFF, "reason": reason.strip()[:500], "recorded_at": at},
        )
    return assignment


@transaction.atomic
def reopen(assignment: Assignment, *, due_on: date, reason: str, by: Actor, at: datetime) -> Assignment:
    """Give a review back to its reviewer for changes; until it is sent again it does not count.

    Raises Invalid for a day that is past, ReasonNeeded, NotAllowed, IllegalTransition.
    """
    assignment = Assignment.objects.locked(assignment.pk)
    if due_on < times.local_day(at):
        raise Invalid(_("Choose a day that is still to come."), field="due_on")
    if assignment.application.status != Status.IN_REVIEW:
        raise Refusal(_("The review of this application is closed."), code="illegal_transition")
    changes = {"due_on": due_on}
    assignment.due_on = due_on
    return transition(
        assignment,
        AssignmentState.REOPENED,
        by=by,
        at=at,
        event=events.reopened,
        reason=reason,
        facts=told.facts(assignment),
        tell=[told.reviewer(assignment, reason=reason.strip())],
        changes=changes,
    )
