"""Who may configure what the park offers."""

from __future__ import annotations

from incubator.lib.actor import Actor
from programmes.catalogue.models import Intake, Programme, Rubric
from programmes.catalogue.states import IntakeState, ProgrammeState

CONFIGURING = frozenset({"officer", "manager", "admin"})

# What may still be changed once a call is scheduled: applicants have read the rest.
CHANGEABLE_WHEN_SCHEDULED = frozenset(
    {"title", "closes_at", "decision_on", "seats", "reviews_per_application", "reviewer_capacity", "review_due_on", "shows_feedback", "offer_valid_days"}
)


def may_configure(actor: Actor) -> bool:
    """Officers prepare programmes and calls; publishing and scheduling is for managers, as the tables of states say."""
    return actor.organisation_kind == "park" and bool(actor.roles & CONFIGURING)


def may_edit_programme(actor: Actor, programme: Programme) -> bool:
    return may_configure(actor) and programme.status != ProgrammeState.RETIRED


def may_edit_intake(actor: Actor, intake: Intake) -> bool:
    """Until the decisions are out; which fields is another question."""
    return may_configure(actor) and intake.status not in (IntakeState.RELEASED, IntakeState.COMPLETED, IntakeState.CANCELLED)


def may_edit_rules(actor: Actor, intake: Intake) -> bool:
    """Only before the call is scheduled: afterwards applicants have checked themselves against the rules."""
    return may_configure(actor) and intake.status == IntakeState.DRAFT


def may_edit_rubric(actor: Actor, rubric: Rubric) -> bool:
    return may_configure(actor) and rubric.frozen_at is None
