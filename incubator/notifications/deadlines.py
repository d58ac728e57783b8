"""The date that a mail asks to keep, for the reader's calendar."""

from __future__ import annotations

from email.mime.text import MIMEText

from incubator.accounts import actors
from incubator.lib import calendars
from incubator.notifications.catalogue import AUDIENCE_OF_PORTAL
from incubator.notifications.models import Delivery
from incubator.outbox import registry
from incubator.outbox.registry import DEADLINE
from incubator.web import waiting

PORTALS = {audience: portal for portal, audience in AUDIENCE_OF_PORTAL.items()}


def attached(delivery: Delivery) -> MIMEText | None:
    """The deadline as a calendar file, as it stands now; none for other mails, and for what is no longer asked. A few queries for those that ask."""
    audience = delivery.event.told[delivery.told]["audience"]
    kind = registry.get(delivery.kind)
    if kind.audiences[audience].always != DEADLINE or audience not in PORTALS or delivery.user is None:
        return None
    held = [one for one in actors.choices(delivery.user, PORTALS[audience]) if delivery.organisation_id in (None, one.organisation_id)]
    for organisation in {one.organisation_id: one.organisation for one in held}.values():
        actor = actors.acting_for(delivery.user, organisation, frozenset(one.role for one in held if one.organisation_id == organisation.pk))
        found = waiting.deadline(actor, PORTALS[audience], app=kind.app, subject_id=delivery.event.subject_id)
        if found is not None:
            return _part(calendars.single(waiting.entry(found)))
    return None


def _part(calendar: bytes) -> MIMEText:
    part = MIMEText(calendar.decode(), "calendar", "utf-8")
    part.set_param("method", "PUBLISH")
    part.add_header("Content-Disposition", "attachment", filename="deadline.ics")
    return part
