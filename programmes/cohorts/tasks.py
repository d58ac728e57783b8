"""What the clock does about offers and cohorts. Each run is safe to repeat."""

from celery import shared_task

from incubator.lib.clock import now
from programmes.catalogue.models import Intake
from programmes.cohorts import operations as cohorts


@shared_task(name="cohorts.follow_the_calendar")
def follow_the_calendar() -> int:
    """Record lapsed offers, fill the seats they and withdrawals free, remind founders, close finished intakes."""
    at = now()
    done = cohorts.lapse_expired_offers(at=at)
    for intake in Intake.objects.filter(status="released").select_related("programme").order_by("pk")[:100]:
        done += len(cohorts.fill_free_seats(intake, at=at))
    return done + cohorts.remind_of_offers(at=at) + cohorts.complete_intakes(at=at)
