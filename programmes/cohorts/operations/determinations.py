"""Recording decisions and drafting their letters. Nothing here is visible outside until the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import record, transition
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue import operations as catalogue
from programmes.catalogue.models import Intake
from programmes.cohorts import access, events
from programmes.cohorts.models import Offer
from programmes.cohorts.operations.offers import open_offer, prepare_offer
from programmes.cohorts.operations.release import release_one, undecided
from programmes.cohorts.operations.seats import locked_cohort, take_seat
from programmes.cohorts.states import OfferState
from programmes.reviews.models import Determination, Review
from programmes.reviews.states import COUNTED

Outcome = Determination.Outcome

STATUS_BY_OUTCOME: Mapping[str, Status] = {
    Outcome.ACCEPTED: Status.OFFERED,
    Outcome.CONDITIONAL: Status.APPROVED_CONDITIONAL,
    Outcome.WAITLIST: Status.WAITLISTED,
    Outcome.REJECTED: Status.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What an applicant will be told."""

    subject: str
    body: str


def draft_letter(
    application: Application,
    outcome: str,
    *,
    feedback: str = "",
    conditions: Sequence[str] = (),
    recipient: str = "",
) -> Letter:
    """The park's standard letter for an outcome, as a first draft. Needs intake.programme and startup loaded."""
    context = {
        "application": application,
        "startup": application.startup,
        "intake": application.intake,
        "programme": application.intake.programme,
        "feedback": feedback if application.intake.shows_feedback else "",
        "conditions": conditions,
        "recipient": recipient,
        "days": application.intake.offer_valid_days,
    }
    subject, _blank, body = render_to_string(f"letters/{outcome}.txt", context).strip().partition("\n")
    return Letter(subject.strip(), body.strip())


def score_snapshot(application: Application) -> dict[str, Any]:
    """The submitted reviews as they stand now: `{"mean", "spread", "count", "reviews"}`. One query."""
    reviews = list(
        Review.objects.filter(assignment__application=application, assignment__status__in=COUNTED, score__isnull=False).values_list("score", "recommendation")
    )
    scores = [float(score) for score, _recommendation in reviews if score is not None]
    return {
        "mean": round(fmean(scores), 2) if scores else None,
        "spread": round(max(scores) - min(scores), 2) if scores else None,
        "count": len(scores),
        "reviews": [{"score": float(score or 0), "recommendation": word} for score, word in reviews],
    }


@transaction.atomic
def determine(
    application: Application,
    *,
    outcome: str,
    reason_code: str,
    reasons: str,
    by: Actor,
    at: datetime,
    feedback: str = "",
    conditions: Sequence[str] = (),
    rank: int | None = None,
    letter: Letter | None = None,
) -> Determination:
    """Record the institution's decision; the application moves, the applicant sees nothing until the release.

    Locks intake, cohort and application. Raises NotAllowed, Invalid (`reasons`, `conditions`), NoSeatLeft,
    IllegalTransition or Stale. After the intake's release a decision is released at once.
    """
    if not access.may_decide(by) or (outcome != Outcome.CONDITIONAL and not access.may_release(by)):
        raise NotAllowed
    if not reasons.strip():
        raise Invalid(_("Write the reasons for the record; they stay inside the park."), field="reasons")
    conditions = [one.strip() for one in conditions if one.strip()]
    if outcome == Outcome.CONDITIONAL and not conditions:
        raise Invalid(_("Name at least one condition, or choose another outcome."), field="conditions")
    intake = Intake.objects.locked(application.intake_id)
    cohort = take_seat(intake, at=at) if outcome == Outcome.ACCEPTED else locked_cohort(intake, at=at)
    application = Application.objects.locked(application.pk)
    if outcome == Outcome.WAITLIST and rank is None:
        rank = _next_rank(intake)
    letter = letter or draft_letter(application, outcome, feedback=feedback, conditions=conditions)
    determination = Determination.objects.filter(application=application).first() or Determination(application=application, created_at=at)
    determination.outcome = outcome
    determination.reason_code = reason_code
    determination.reasons = reasons.strip()
    determination.feedback = feedback.strip()
    determination.conditions = conditions
    determination.conditions_met_at = None
    determination.rank = rank if outcome == Outcome.WAITLIST else None
    determination.letter_subject, determination.letter_body = letter.subject, letter.body
    determination.score_snapshot = score_snapshot(application)
    determination.author_id = by.user_id
    determination.decided_at = determination.updated_at = at
    determination.released_at = None
    determination.save()
    transition(
        application,
        STATUS_BY_OUTCOME[outcome],
        by=by,
        at=at,
        event=events.determined,
        reason=reasons,
        facts={"outcome": outcome, "reason_code": reason_code, "seats": cohort.seats},
    )
    if outcome == Outcome.ACCEPTED:
        prepare_offer(application, by=by, at=at)
    if intake.is_released:
        release_one(application, determination, by=by, at=at, batch=None)
    return determination


def _next_rank(intake: Intake) -> int:
    """The place after the last on the waiting list. Right only while the cohort is locked."""
    last = Determination.objects.filter(application__intake=intake, application__status=Status.WAITLISTED).aggregate(last=Max("rank"))["last"]
    return (last or 0) + 1


@transaction.atomic
def rewrite_letter(determination: Determination, letter: Letter, *, by: Actor, at: datetime) -> Determination:
    """Change a letter that has not gone out. Raises NotAllowed, Invalid, or Refusal once it is released."""
    if not access.may_decide(by):
        raise NotAllowed
    if not letter.subject.strip() or "\n" in letter.subject.strip():
        raise Invalid(_("The subject is one line of text."), field="subject")
    if not letter.body.strip():
        raise Invalid(_("Write the letter; an empty one cannot go out."), field="body")
    determination = Determination.objects.select_for_update().get(pk=determination.pk)
    if determination.released_at is not None:
        raise Refusal(_("This letter has gone out; it cannot be changed any more."), code="released")
    determination.letter_subject, determination.letter_body = letter.subject.strip(), letter.body.strip()
    determination.save(update_fields=["letter_subject", "letter_body"])
    record(events.letter_rewritten, determination, by=by, at=at)
    return determination


@transaction.atomic
def meet_conditions(application: Application, *, by: Actor, at: datetime) -> Determination:
    """All conditions are fulfilled: the conditional approval becomes an offer. Raises NoSeatLeft or IllegalTransition.

    Locks intake, cohort and application.
    """
    if not access.may_release(by):
        raise NotAllowed
    intake = Intake.objects.locked(application.intake_id)
    take_seat(intake, at=at)
    application = Application.objects.locked(application.pk)
    determination = Determination.objects.select_for_update().get(application=application)
    determination.conditions_met_at = at
    determination.save(update_fields=["conditions_met_at"])
    transition(application, Status.OFFERED, by=by, at=at, event=events.conditions_met)
    offer = prepare_offer(application, by=by, at=at)
    if determination.released_at is not None:
        open_offer(offer, application, by=by, at=at, told_by=events.offer_made)
    return determination


@transaction.atomic
def revert_decision(application: Application, *, reason: str, by: Actor, at: datetime) -> Application:
    """Take an unreleased decision back; the application waits for a decision again.

    Locks intake and application. Raises NotAllowed, ReasonNeeded, or Refusal once the applicant has been told.
    """
    if not access.may_release(by):
        raise NotAllowed
    Intake.objects.locked(application.intake_id)
    application = Application.objects.locked(application.pk)
    if Determination.objects.filter(application=application, released_at__isnull=False).exists():
        raise Refusal(_("The applicant has been told; a released decision is not taken back."), code="released")
    transition(application, Status.PENDING_DETERMINATION, by=by, at=at, event=events.decision_reverted, reason=reason)
    offer = Offer.objects.filter(application=application, status=OfferState.PREPARED).first()
    if offer is not None:
        transition(offer, OfferState.CANCELLED, by=by, at=at, event=events.offer_cancelled, reason=reason)
    return application


@transaction.atomic
def close_deliberation(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """All decisions are recorded. Locks the intake. Raises Refusal with the number of applications still open."""
    intake = Intake.objects.locked(intake.pk)
    open_ones = undecided(intake).count()
    if open_ones:
        raise Refusal(
            ngettext_lazy(
                "%(count)s application has no decision yet. Decide it first.",
                "%(count)s applications have no decision yet. Decide them first.",
                open_ones,
            )
            % {"count": open_ones},
            code="undecided",
        )
    return catalogue.decide(intake, by=by, at=at)
