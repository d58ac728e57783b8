"""An offering's way: drafted by the partner, approved by the park, up or paused, retired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import begin, record, transition
from incubator.startups.models import Area, Startup
from programmes.expertise import access, events
from programmes.expertise.models import Offering
from programmes.expertise.operations.telling import offering_to_partner, offering_to_staff
from programmes.expertise.states import OfferingState

FIELDS = ("title", "area", "kind", "serves", "capacity", "lead_days", "focus_areas", "stages", "description")
# What may change without the park's approval, which was given to everything else.
FREE = ("capacity", "lead_days")


@transaction.atomic
def draft_offering(
    organisation: Organisation,
    *,
    title: str,
    area: str,
    kind: str,
    capacity: int,
    description: str,
    by: Actor,
    at: datetime,
    serves: str = Offering.Serves.BOTH,
    lead_days: int = 5,
    focus_areas: Sequence[str] = (),
    stages: Sequence[str] = (),
) -> Offering:
    """A new draft of a partner. Raises NotAllowed for anybody else, Invalid for what the park does not know."""
    if not access.may_offer(by) or by.organisation_id != organisation.pk:
        raise NotAllowed
    offering = Offering(
        organisation=organisation,
        title=title.strip(),
        area=area,
        kind=kind,
        serves=serves,
        capacity=capacity,
        lead_days=lead_days,
        focus_areas=list(focus_areas),
        stages=list(stages),
        description=description.strip(),
    )
    _check(offering)
    return begin(offering, events.offering_drafted, by=by, at=at, tell=[offering_to_partner(offering)])


@transaction.atomic
def edit_offering(offering: Offering, *, by: Actor, at: datetime, **changes: Any) -> Offering:
    """Change a draft; of what the park has approved, capacity and lead time only.

    Locks the offering. Raises NotAllowed, Invalid, Refusal `approved_already`.
    """
    offering = Offering.objects.locked(offering.pk)
    if "partner" not in offering.roles_of(by):
        raise NotAllowed
    if unknown := set(changes) - set(FIELDS):
        raise TypeError(f"an offering has no {sorted(unknown)} to edit")
    changed = [name for name, value in changes.items() if getattr(offering, name) != value]
    fixed = [name for name in changed if name not in FREE]
    if changed and not access.may_edit(by, offering):
        raise Refusal(_("An offering is changed while it is a draft, or up; its capacity and lead time also while it is paused."), code="not_editable")
    if fixed and offering.status != OfferingState.DRAFT:
        raise Refusal(
            _("The park has approved this text. Change capacity and lead time only, or draft another offering."), code="approved_already", field=fixed[0]
        )
    for name in changed:
        setattr(offering, name, changes[name])
    _check(offering)
    if changed:
        offering.save(update_fields=changed)
        facts = {"fields": sorted(changed)}
        record(events.offering_edited, offering, by=by, at=at, facts=facts, tell=[offering_to_partner(offering)])
    return offering


def _check(offering: Offering) -> None:
    if len(offering.title.strip()) < 3:
        raise Invalid(_("Give a title of three letters or more."), field="title")
    if len(offering.description.strip()) < 20:
        raise Invalid(_("Describe in a sentence or two what startups get."), field="description")
    if not 1 <= offering.capacity <= 1000:
        raise Invalid(_("Give a capacity from 1 to 1000 a month."), field="capacity")
    if not 0 <= offering.lead_days <= 180:
        raise Invalid(_("Give a lead time from 0 to 180 days."), field="lead_days")
    if offering.kind not in Offering.Kind.values:
        raise Invalid(_("Choose what is offered."), field="kind")
    if offering.serves not in Offering.Serves.values:
        raise Invalid(_("Choose whom it is for."), field="serves")
    if offering.area not in Area.objects.names(Area.Kind.EXPERTISE):
        raise Invalid(_("Choose one of the park's areas of expertise."), field="area")
    if set(offering.focus_areas) - set(Area.objects.names(Area.Kind.FOCUS)) or len(offering.focus_areas) != len(set(offering.focus_areas)):
        raise Invalid(_("Choose focus areas of the park, each once; none for all."), field="focus_areas")
    if set(offering.stages) - set(Startup.Stage.values) or len(offering.stages) != len(set(offering.stages)):
        raise Invalid(_("Choose stages that startups have, each once; none for all."), field="stages")


@transaction.atomic
def submit(offering: Offering, *, by: Actor, at: datetime) -> Offering:
    """Send the draft to the park."""
    offering = Offering.objects.locked(offering.pk)
    tell = [offering_to_partner(offering), offering_to_staff(offering)]
    return transition(offering, OfferingState.PENDING_APPROVAL, by=by, at=at, event=events.offering_submitted, tell=tell)


@transaction.atomic
def send_back(offering: Offering, *, reason: str, by: Actor, at: datetime) -> Offering:
    """The park gives it back with what has to change."""
    offering = Offering.objects.locked(offering.pk)
    tell = [offering_to_partner(offering, reason=reason.strip())]
    return transition(offering, OfferingState.DRAFT, by=by, at=at, event=events.offering_sent_back, reason=reason, tell=tell)


@transaction.atomic
def publish(offering: Offering, *, by: Actor, at: datetime) -> Offering:
    """The park approves: founders find it in their catalogue."""
    offering = Offering.objects.locked(offering.pk)
    return _move(offering, OfferingState.PUBLISHED, "publish", events.offering_published, by=by, at=at, changes={"published_at": at})


@transaction.atomic
def pause(offering: Offering, *, by: Actor, at: datetime) -> Offering:
    """Out of the catalogue for a while. Requests sent already go on."""
    return _move(Offering.objects.locked(offering.pk), OfferingState.PAUSED, "pause", events.offering_paused, by=by, at=at)


@transaction.atomic
def resume(offering: Offering, *, by: Actor, at: datetime) -> Offering:
    """Back into the catalogue."""
    return _move(Offering.objects.locked(offering.pk), OfferingState.PUBLISHED, "resume", events.offering_resumed, by=by, at=at)


@transaction.atomic
def retire(offering: Offering, *, by: Actor, at: datetime) -> Offering:
    """For good. Requests sent already go on."""
    return _move(Offering.objects.locked(offering.pk), OfferingState.RETIRED, "retire", events.offering_retired, by=by, at=at)


def _move(offering: Offering, to: str, verb: str, event: Any, *, by: Actor, at: datetime, changes: dict[str, Any] | None = None) -> Offering:
    """Publishing and resuming lead to the same state: the verb has to be one that leaves where the offering stands."""
    Offering.machine.step(offering.status, verb)
    return transition(offering, to, by=by, at=at, event=event, changes=changes, tell=[offering_to_partner(offering)])
