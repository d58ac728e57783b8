"""Facts about a startup that apps above write down here: its stage in the park, and who is tied to it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incubator.accounts.models import Organisation, User
from incubator.lib.actor import Actor
from incubator.lib.ids import uuid7
from incubator.lib.prepared import Prepared
from incubator.outbox.operations import transition
from incubator.startups import events
from incubator.startups.models import Startup, Tie
from incubator.startups.states import PARK_STAGE


@transaction.atomic
def set_park_stage(startup: Startup, stage: str, *, by: Actor, at: datetime, reason: str = "") -> Startup:
    """Write down where the startup stands in the park now. Locks it; the same stage again changes nothing.

    Derived from records, so the actor is the system (an officer for «ceased»). Raises IllegalTransition, NotAllowed.
    """
    startup = Startup.objects.locked(startup.pk)
    if startup.park_stage == stage:
        return startup
    return transition(startup, stage, by=by, at=at, event=events.park_stage_changed, reason=reason, machine=PARK_STAGE)


# A bond that is there is opened anew and keeps its note and its first day.
TIE = Prepared(
    """
    INSERT INTO startups_tie (id, startup_id, user_id, organisation_id, kind, note, from_on)
    VALUES (%(id)s, %(startup)s, %(user)s, %(organisation)s, %(kind)s, %(note)s, %(from_on)s)
    ON CONFLICT (startup_id, user_id, organisation_id, kind) DO UPDATE SET until_on = NULL
    RETURNING id, note, from_on
    """,
    {"id": "uuid", "startup": "uuid", "user": "uuid", "organisation": "uuid", "kind": "text", "note": "text", "from_on": "date"},
)


def tie(startup: Startup, *, kind: str, at: datetime, user: User | None = None, organisation: Organisation | None = None, note: str = "") -> Tie:
    """Write down a bond between a person or an organisation and the startup, from this day; conflicts are computed from it.

    The same bond again is opened anew. The operation that calls this records the event. One statement.
    """
    ends = {"startup": startup.pk, "user": user.pk if user else None, "organisation": organisation.pk if organisation else None}
    ((pk, note, from_on),) = TIE.run({"id": uuid7(), **ends, "kind": str(kind), "note": note[:300], "from_on": timezone.localdate(at)})
    return Tie(id=pk, startup=startup, user=user, organisation=organisation, kind=kind, note=note, from_on=from_on)


@transaction.atomic
def untie(startup: Startup, *, kind: str, at: datetime, user: User | None = None, organisation: Organisation | None = None) -> int:
    """End such a bond with this day; the row stays, since a former bond may matter too. Gives the number ended."""
    bonds = Tie.objects.filter(startup=startup, user=user, organisation=organisation, kind=kind, until_on__isnull=True)
    return bonds.update(until_on=timezone.localdate(at))
