"""Seats of a cohort: handed out under the lock of its row, so that the last one goes to one applicant only."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from incubator.lib.refusals import Refusal
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.cohorts.models import Cohort

ONBOARDING_TIME = timedelta(days=30)


class NoSeatLeft(Refusal):
    code = "no_seat_left"
    message = _("The cohort is full. Put the application on the waiting list, or free a seat first.")


def locked_cohort(intake: Intake, *, at: datetime) -> Cohort:
    """The intake's cohort, made on first use; its row stays locked until the transaction ends."""
    Cohort.objects.get_or_create(
        intake=intake,
        defaults={
            "title": intake.title,
            "seats": intake.seats,
            "starts_on": intake.decision_on + ONBOARDING_TIME,
            "created_at": at,
            "updated_at": at,
        },
    )
    return Cohort.objects.select_for_update().get(intake=intake)


def seats_free(cohort: Cohort) -> int:
    """Seats neither offered nor taken. One query; right only while the cohort's row is locked."""
    taken = Application.objects.filter(intake_id=cohort.intake_id, status__in=(Status.OFFERED, Status.ACCEPTED)).count()
    return max(cohort.seats - taken, 0)


def take_seat(intake: Intake, *, at: datetime) -> Cohort:
    """Lock the cohort and make sure there is a seat. Raises NoSeatLeft."""
    cohort = locked_cohort(intake, at=at)
    if not seats_free(cohort):
        raise NoSeatLeft
    return cohort
