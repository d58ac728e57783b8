"""Steps of a call that reach into its reviews: opening it again, and opening the deliberation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.lib.actor import Actor
from incubator.lib.refusals import Refusal
from programmes.applications import operations as applications
from programmes.catalogue import operations as catalogue
from programmes.catalogue.models import Intake
from programmes.reviews.models import Assignment
from programmes.reviews.operations.clockwork import lock_reviews
from programmes.reviews.states import COUNTED


class ReviewHasBegun(Refusal):
    """A review is in: new applications would be judged beside half a ranking."""

    code = "review_has_begun"
    message = _("A review of this call has been submitted, so it cannot be opened again. Announce another call instead.")


@transaction.atomic
def reopen_call(intake: Intake, *, closes_at: datetime, reason: str, by: Actor, at: datetime) -> int:
    """Take applications again until `closes_at`; drafts that lapsed come back. Gives back how many.

    Locks the intake. Raises ReviewHasBegun, Invalid for a time that is past, IllegalTransition or NotAllowed.
    """
    intake = Intake.objects.locked(intake.pk)
    if Assignment.objects.filter(application__intake=intake, status__in=COUNTED).exists():
        raise ReviewHasBegun
    intake = catalogue.reopen(intake, closes_at=closes_at, reason=reason, by=by, at=at)
    return applications.revive_drafts(intake, by=system_actor(), at=at)


@transaction.atomic
def begin_deliberation(intake: Intake, *, by: Actor, at: datetime) -> Intake:
    """The call leaves review: the panel meets, and the reviews that were sent can no longer be changed.

    Locks the intake and its reviews. Raises IllegalTransition or NotAllowed.
    """
    intake = catalogue.deliberate(intake, by=by, at=at)
    lock_reviews(intake, by=system_actor(), at=at)
    return intake
