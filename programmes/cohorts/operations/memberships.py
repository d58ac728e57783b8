"""Membership of a cohort, from the acceptance to the active start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.lib.actor import Actor
from incubator.lib.refusals import NotAllowed, Refusal
from incubator.outbox.operations import Tell, record, transition
from incubator.startups import operations as startups
from incubator.startups.states import ParkStage
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.cohorts import access, events
from programmes.cohorts.models import Cohort, CohortMembership
from programmes.cohorts.states import MembershipState

ONBOARDING_STEPS = ("agreement_signed_on", "identity_checked_on", "induction_on", "bank_details_on")


def start_membership(application: Application, *, by: Actor, at: datetime) -> CohortMembership:
    """The membership that an accepted offer creates. Call with cohort and application locked."""
    cohort = Cohort.objects.get(intake_id=application.intake_id)
    membership = CohortMembership.objects.create(
        cohort=cohort,
        startup=application.startup,
        application=application,
        starts_on=cohort.starts_on,
        ends_on=months_later(cohort.starts_on, application.intake.programme.duration_months),
        created_at=at,
        updated_at=at,
    )
    record(events.membership_started, membership, by=by, at=at, to_state=MembershipState.ONBOARDING)
    if application.startup.park_stage in (ParkStage.PROSPECT, ParkStage.APPLICANT):
        startups.set_park_stage(application.startup, ParkStage.INCUBATEE, by=system_actor(), at=at)
    return membership


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on, or the last day of a shorter month."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _tell_founder(membership: CohortMembership, **more: Any) -> Tell:
    facts = {"startup": membership.startup.name, "cohort": membership.cohort.title, **more}
    return Tell("founder", facts, organisation=membership.startup.organisation_id, roles=("founder", "member"))


@transaction.atomic
def record_onboarding(membership: CohortMembership, steps: Mapping[str, date | None], *, by: Actor, at: datetime) -> CohortMembership:
    """Tick off onboarding steps with their dates. Locks the membership. Raises NotAllowed or Refusal once it is active."""
    if not access.may_onboard(by):
        raise NotAllowed
    membership = CohortMembership.objects.locked(membership.pk)
    if membership.status not in (MembershipState.ONBOARDING, MembershipState.DEFERRED):
        raise Refusal(_("The onboarding is over; these dates are part of the record."), code="onboarding_over")
    changed = {name: day for name, day in steps.items() if name in ONBOARDING_STEPS and getattr(membership, name) != day}
    if changed:
        for name, day in changed.items():
            setattr(membership, name, day)
        membership.save(update_fields=[*changed])
        record(events.onboarding_edited, membership, by=by, at=at, facts=changed)
    return membership


def missing_steps(membership: CohortMembership) -> list[str]:
    """The names of the onboarding steps without a date, as a person reads them."""
    return [
        str(CohortMembership._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in ONBOARDING_STEPS
        if getattr(membership, name) is None
    ]


@transaction.atomic
def activate(membership: CohortMembership, *, by: Actor, at: datetime) -> CohortMembership:
    """Onboarding is complete: the membership runs. Locks it. Raises Refusal naming the missing steps."""
    membership = CohortMembership.objects.locked(membership.pk)
    missing = missing_steps(membership)
    if missing:
        raise Refusal(_("Still missing: %(steps)s.") % {"steps": ", ".join(missing)}, code="onboarding_incomplete")
    tell = [_tell_founder(membership, starts_on=membership.starts_on, ends_on=membership.ends_on)]
    return transition(membership, MembershipState.ACTIVE, by=by, at=at, event=events.membership_activated, tell=tell)


@transaction.atomic
def defer(membership: CohortMembership, *, reason: str, by: Actor, at: datetime) -> CohortMembership:
    """Put the start off. Locks the membership."""
    membership = CohortMembership.objects.locked(membership.pk)
    tell = [_tell_founder(membership, reason=reason)]
    return transition(membership, MembershipState.DEFERRED, by=by, at=at, event=events.membership_deferred, reason=reason, tell=tell)


@transaction.atomic
def cancel_membership(membership: CohortMembership, *, reason: str, by: Actor, at: datetime) -> CohortMembership:
    """End a membership that never became active. Locks the membership."""
    membership = CohortMembership.objects.locked(membership.pk)
    tell = [_tell_founder(membership, reason=reason)]
    return transition(membership, MembershipState.CANCELLED, by=by, at=at, event=events.membership_cancelled, reason=reason, tell=tell)


@transaction.atomic
def rescind(application: Application, *, reason: str, by: Actor, at: datetime) -> Application:
    """Withdraw an admission because of a false statement, before the agreement is signed.

    Locks application and membership. Raises NotAllowed, ReasonNeeded, or Refusal once the agreement is signed.
    """
    application = Application.objects.locked(application.pk)
    membership = CohortMembership.objects.select_for_update().get(application=application)
    if membership.agreement_signed_on is not None:
        raise Refusal(_("The agreement is signed; ending the membership is another matter."), code="agreement_signed")
    founder = Tell(
        "founder",
        {
            "application_id": application.pk,
            "reference": application.reference,
            "startup": application.startup.name,
            "programme": application.intake.programme.title,
            "reason": reason,
        },
        organisation=application.startup.organisation_id,
        roles=("founder", "member"),
    )
    transition(application, Status.RESCINDED, by=by, at=at, event=events.rescinded, reason=reason, tell=[founder])
    transition(membership, MembershipState.CANCELLED, by=by, at=at, event=events.membership_cancelled, reason=reason)
    return application
