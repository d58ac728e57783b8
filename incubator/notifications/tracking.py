"""What the mail provider finds out later: bounces and complaints, by its webhooks.

django-anymail reads the webhooks of each provider and hands their events on by a signal: the one place in the house
where a signal is listened to, since the library offers nothing else.
"""

from __future__ import annotations

from typing import Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.dispatch import receiver

from incubator.accounts.models import User
from incubator.lib.clock import now
from incubator.notifications import bounces, choosing

log = structlog.get_logger(__name__)

# The address does not exist, or its server said no for good. What the provider itself held back may be about us.
GONE = frozenset({RejectReason.BOUNCED, RejectReason.INVALID})


@receiver(tracking)
def note(sender: object, event: AnymailTrackingEvent, esp_name: str = "", **kwargs: Any) -> None:
    """A hard bounce marks the address, a complaint switches off what may be switched off. Twice is once.

    Anything else, and what concerns nobody with an account, changes nothing. An error makes the provider ask again.
    """
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED, EventType.COMPLAINED):
        return
    person = User.objects.get_queryset().filter(email__iexact=str(event.recipient or ""), is_active=True).first()
    log.info("mail_event", provider=esp_name, event_type=event.event_type, reason=event.reject_reason, user_id=str(person.pk) if person else None)
    if person is None:
        return
    if event.event_type == EventType.COMPLAINED:
        choosing.complain(person, at=now())
    elif event.reject_reason in GONE:
        said = " ".join(str(event.mta_response or event.description or event.reject_reason).split())
        bounces.mark(person.email, person, said=said, at=now())
