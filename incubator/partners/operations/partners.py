"""A partner's way: added, explored, negotiated with, active, resting, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts import operations as accounts
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import record, transition
from incubator.partners import access, events
from incubator.partners.models import Agreement, Partner
from incubator.partners.states import AgreementState, PartnerState


@transaction.atomic
def add(*, name: str, by: Actor, at: datetime, summary: str = "", website: str = "", expertise_areas: Sequence[str] = ()) -> Partner:
    """A new partner and its organisation, which has no access before an agreement is active. Raises NotAllowed, Invalid."""
    if not access.may_keep(by):
        raise NotAllowed
    if not name.strip():
        raise Invalid(_("Give the partner's name."), field="name")
    organisation = accounts.found(kind="partner", name=name.strip(), by=by, at=at)
    accounts.set_access(organisation, has_access=False, until=None, by=by, at=at)
    partner = Partner.objects.create(
        organisation=organisation, summary=summary, website=website, expertise_areas=list(expertise_areas), created_at=at, updated_at=at
    )
    record(events.added, partner, by=by, at=at, to_state=partner.status, facts={"name": organisation.name})
    return partner


@transaction.atomic
def edit(
    partner: Partner,
    *,
    summary: str,
    website: str,
    expertise_areas: Sequence[str],
    webhook_domains: Sequence[str],
    by: Actor,
    at: datetime,
) -> Partner:
    """Change the partner's record. Locks it. Raises NotAllowed."""
    if not access.may_keep(by):
        raise NotAllowed
    partner = Partner.objects.locked(partner.pk)
    wanted = {"summary": summary, "website": website, "expertise_areas": list(expertise_areas), "webhook_domains": list(webhook_domains)}
    changed = [name for name, value in wanted.items() if getattr(partner, name) != value]
    if changed:
        for name in changed:
            setattr(partner, name, wanted[name])
        partner.save(update_fields=changed)
        record(events.edited, partner, by=by, at=at, facts={"fields": changed})
    return partner


def explore(partner: Partner, *, by: Actor, at: datetime, reason: str = "") -> Partner:
    """Talks have begun."""
    return _move(partner, PartnerState.EXPLORING, by=by, at=at, reason=reason)


def negotiate(partner: Partner, *, by: Actor, at: datetime, reason: str = "") -> Partner:
    """An agreement is being negotiated."""
    return _move(partner, PartnerState.NEGOTIATING, by=by, at=at, reason=reason)


@transaction.atomic
def activate(partner: Partner, *, by: Actor, at: datetime, reason: str = "") -> Partner:
    """The partnership is live (again). Raises Refusal `no_agreement` without an active agreement."""
    if not Agreement.objects.filter(partner=partner, status=AgreementState.ACTIVE).exists():
        raise Refusal(_("There is no active agreement. Draft one and have both sides sign it; the partner is active then."), code="no_agreement")
    return _move(partner, PartnerState.ACTIVE, by=by, at=at, reason=reason)


def rest(partner: Partner, *, by: Actor, at: datetime, reason: str) -> Partner:
    """Nothing is going on at present. The agreement, and so the access, stays as it is."""
    return _move(partner, PartnerState.DORMANT, by=by, at=at, reason=reason)


@transaction.atomic
def end(partner: Partner, *, by: Actor, at: datetime, reason: str) -> Partner:
    """The partnership is over for good; its people and keys are out at once. Raises Refusal while an agreement is active."""
    partner = Partner.objects.locked(partner.pk)
    if Agreement.objects.filter(partner=partner, status=AgreementState.ACTIVE).exists():
        raise Refusal(_("An agreement is still active. A manager has to terminate it first."), code="agreement_active")
    partner = _move(partner, PartnerState.ENDED, by=by, at=at, reason=reason)
    accounts.set_access(partner.organisation, has_access=False, until=partner.organisation.access_until, by=by, at=at)
    return partner


@transaction.atomic
def _move(partner: Partner, to: PartnerState, *, by: Actor, at: datetime, reason: str) -> Partner:
    partner = Partner.objects.locked(partner.pk)
    return transition(partner, to, by=by, at=at, event=events.moved, reason=reason)
