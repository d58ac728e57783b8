"""What a partner sees of a startup because of its requests: opened with the acceptance, taken back with the last of them.

One disclosure stands for all requests between the two, at the highest level of those under way. A founder who takes it
back ends it for all of them; only a new acceptance, which the founder has asked for, opens it again.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from incubator.accounts.actors import system_actor
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure
from programmes.expertise.models import SupportRequest
from programmes.expertise.states import LINKED


def open_for(asked: SupportRequest, *, at: datetime) -> None:
    """The request was accepted: show the startup to the partner at the level that the founder chose, or a higher open one."""
    row = _row(asked)
    level = max(asked.level, row.level) if row else asked.level
    if row is None or row.level < level:
        organisation = asked.offering.organisation
        startups.disclose(asked.startup, organisation=organisation, level=level, source=Disclosure.Source.REQUEST, by=system_actor(), at=at)


def end_for(asked: SupportRequest, *, at: datetime) -> None:
    """The request has ended: narrow what is shown to what others need, or take it back."""
    row = _row(asked)
    if row is None:
        return
    others = SupportRequest.objects.filter(startup=asked.startup_id, offering__organisation=asked.offering.organisation_id, status__in=LINKED)
    level = others.exclude(pk=asked.pk).aggregate(highest=Max("level"))["highest"]
    if level is None:
        startups.revoke(row, by=system_actor(), at=at)
    elif level < row.level:
        organisation = asked.offering.organisation
        startups.disclose(asked.startup, organisation=organisation, level=level, source=Disclosure.Source.REQUEST, by=system_actor(), at=at)


def _row(asked: SupportRequest) -> Disclosure | None:
    rows = Disclosure.objects.filter(startup=asked.startup_id, organisation=asked.offering.organisation_id)
    return rows.filter(source=Disclosure.Source.REQUEST, status="active").first()
