"""The release of an intake: all decisions become visible and all letters go out in one batch."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from incubator.accounts.actors import system_actor
from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.lib.refusals import NotAllowed
from incubator.outbox.operations import Tell, record
from incubator.web import times
from programmes.applications.models import Application
from programmes.applications.querysets import ApplicationQuerySet
from programmes.applications.states import TERMINAL, Status
from programmes.catalogue import operations as catalogue
from programmes.catalogue.models import Intake
from programmes.catalogue.states import IntakeState
from programmes.cohorts import access, events
from programmes.cohorts.models import Offer
from programmes.cohorts.operations.offers import STAFF_ROLES_TOLD, facts_for_founder, open_offer, tell_founder
from programmes.cohorts.operations.seats import locked_cohort
from programmes.cohorts.states import OfferState
from programmes.reviews.models import Determination

DECIDED = TERMINAL | {Status.OFFERED, Status.APPROVED_CONDITIONAL, Status.WAITLISTED}


def undecided(intake: Intake) -> ApplicationQuerySet:
    """Applications of the intake that still need a decision. Drafts do not: they lapse with the call."""
    return Application.objects.filter(intake=intake).exclude(status__in=[*DECIDED, Status.DRAFT])


@transaction.atomic
def release(intake: Intake, *, by: Actor, at: datetime) -> int:
    """Lift the embargo: one event per decided application, under one batch id; offers start to run. Gives the number.

    Locks intake, cohort and every decided application. Raises NotAllowed, or IllegalTransition unless it is decided.
    """
    if not access.may_release(by):
        raise NotAllowed
    intake = Intake.objects.locked(intake.pk)
    locked_cohort(intake, at=at)
    batch = uuid7()
    waiting = list(
        Determination.objects.filter(application__intake=intake, released_at__isnull=True)
        .exclude(application__status=Status.PENDING_DETERMINATION)
        .select_related("application__startup", "application__intake__programme")
        .select_for_update(of=("self", "application"))
        .order_by("application_id")
    )
    catalogue.release(intake, batch=batch, by=by, at=at)
    intake.refresh_from_db()
    told = {"intake": intake.title, "intake_id": intake.pk, "letters": len(waiting)}
    record(
        events.letters_sent,
        intake,
        by=by,
        at=at,
        facts={"letters": len(waiting)},
        tell=[Tell("staff", told, organisation_kind="park", roles=STAFF_ROLES_TOLD)],
        batch=batch,
    )
    offers = {offer.application_id: offer for offer in Offer.objects.filter(application__intake=intake, status=OfferState.PREPARED).select_for_update()}
    for determination in waiting:
        application = determination.application
        application.intake = intake
        release_one(application, determination, by=by, at=at, batch=batch, offer=offers.get(application.pk))
    return len(waiting)


def release_one(
    application: Application,
    determination: Determination,
    *,
    by: Actor,
    at: datetime,
    batch: UUID | None,
    offer: Offer | None = None,
) -> None:
    """Tell one applicant the decision and open the offer, if there is one. Call with the application locked."""
    offer = offer or Offer.objects.filter(application=application, status=OfferState.PREPARED).first()
    if offer is not None:
        open_offer(offer, application, by=by, at=at)
    Determination.objects.filter(pk=determination.pk).update(released_at=at)
    if application.status == Status.WITHDRAWN:
        return  # nobody is written to about an application that they took back
    facts = facts_for_founder(
        application,
        outcome=determination.outcome,
        letter_subject=determination.letter_subject,
        letter_body=determination.letter_body,
        answer_by=times.moment(offer.expires_at) if offer is not None and offer.expires_at else "",
    )
    record(
        events.decision_released,
        application,
        by=by,
        at=at,
        facts={"outcome": determination.outcome},
        tell=[tell_founder(application, facts)],
        batch=batch,
    )


def complete_intakes(*, at: datetime) -> int:
    """Record that released intakes are over once no offer or waiting list is open. Idempotent. Gives how many."""
    open_ones = Application.objects.filter(
        intake_id=OuterRef("pk"),
        status__in=(Status.OFFERED, Status.APPROVED_CONDITIONAL, Status.WAITLISTED),
    )
    finished = Intake.objects.filter(~Exists(open_ones), status=IntakeState.RELEASED).order_by("pk")
    done = 0
    for intake in finished[:100]:
        with transaction.atomic():
            intake = Intake.objects.locked(intake.pk)
            if intake.status == IntakeState.RELEASED:
                catalogue.complete(intake, by=system_actor(), at=at)
                done += 1
    return done
