"""What is done with investor profiles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.accounts.models import Organisation
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from incubator.outbox.operations import Tell, record, transition
from investments.investors import access, events
from investments.investors.models import InvestorProfile
from investments.investors.states import InvestorState

VALID = timedelta(days=365)
REMIND_BEFORE = timedelta(days=30)


class InvestorNotVerified(Refusal):
    """Offers are shown to verified investors only."""

    code = "investor_not_verified"
    message = _("Your organisation is not a verified investor. Fill in the investor profile; the park verifies it, for twelve months at a time.")


def require_verified(organisation_id: UUID, at: datetime) -> None:
    """Raises InvestorNotVerified unless the organisation is verified on that day. One query."""
    if not InvestorProfile.objects.verified(timezone.localdate(at)).filter(organisation_id=organisation_id).exists():
        raise InvestorNotVerified


@transaction.atomic
def register(
    organisation: Organisation,
    *,
    kind: str,
    ground: str,
    by: Actor,
    at: datetime,
    statement: str = "",
    focus_areas: Sequence[str] = (),
    ticket_min: Decimal | None = None,
    ticket_max: Decimal | None = None,
) -> InvestorProfile:
    """Ask to be verified. Locks the organisation. Raises NotAllowed, Invalid, or Refusal `registered_already`."""
    if not access.may_register(by, organisation.pk):
        raise NotAllowed
    _check(kind, ground, ticket_min, ticket_max)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if InvestorProfile.objects.filter(organisation=organisation).exists():
        raise Refusal(_("Your organisation has an investor profile already. Change that one."), code="registered_already")
    profile = InvestorProfile.objects.create(
        organisation=organisation,
        kind=kind,
        ground=ground,
        statement=statement,
        focus_areas=list(focus_areas),
        ticket_min=ticket_min,
        ticket_max=ticket_max,
        created_at=at,
        updated_at=at,
    )
    record(events.registered, profile, by=by, at=at, to_state=profile.status, facts={"ground": ground}, tell=[_to_staff(profile)])
    return profile


def _check(kind: str, ground: str, ticket_min: Decimal | None, ticket_max: Decimal | None) -> None:
    if kind not in InvestorProfile.Kind.values:
        raise Invalid(_("Choose the kind of investor."), field="kind")
    if ground not in InvestorProfile.Ground.values:
        raise Invalid(_("Choose why you count as a professional investor."), field="ground")
    if ticket_min is not None and ticket_max is not None and ticket_max < ticket_min:
        raise Invalid(_("The largest ticket must not be below the smallest."), field="ticket_max")


@transaction.atomic
def edit(
    profile: InvestorProfile,
    *,
    kind: str,
    ground: str,
    by: Actor,
    at: datetime,
    statement: str = "",
    focus_areas: Sequence[str] = (),
    ticket_min: Decimal | None = None,
    ticket_max: Decimal | None = None,
) -> InvestorProfile:
    """Change the profile. While verified, kind and ground stay as verified. Locks it. Raises NotAllowed, Invalid, Refusal."""
    profile = InvestorProfile.objects.locked(profile.pk)
    if not access.may_register(by, profile.organisation_id):
        raise NotAllowed
    _check(kind, ground, ticket_min, ticket_max)
    if profile.status == InvestorState.VERIFIED and (kind, ground) != (profile.kind, profile.ground):
        raise Refusal(_("The park verified your profile with this kind and ground. Write to the park to change them."), code="verified_already", field="ground")
    wanted: dict[str, Any] = {
        "kind": kind,
        "ground": ground,
        "statement": statement,
        "focus_areas": list(focus_areas),
        "ticket_min": ticket_min,
        "ticket_max": ticket_max,
    }
    changed = [name for name, value in wanted.items() if getattr(profile, name) != value]
    if changed:
        for name in changed:
            setattr(profile, name, wanted[name])
        profile.save(update_fields=changed)
        record(events.edited, profile, by=by, at=at, facts={"fields": changed}, tell=[_to_staff(profile)])
    return profile


@transaction.atomic
def verify(profile: InvestorProfile, *, evidence_note: str, by: Actor, at: datetime, until: date | None = None) -> InvestorProfile:
    """The park has seen the evidence; valid twelve months. Raises NotAllowed, IllegalTransition, Invalid without a note."""
    profile = InvestorProfile.objects.locked(profile.pk)
    if not evidence_note.strip():
        raise Invalid(_("Write down which evidence you saw."), field="evidence_note")
    until = until or timezone.localdate(at) + VALID
    if until <= timezone.localdate(at):
        raise Invalid(_("Choose a later day."), field="until")
    tell = [_to_partner(profile, verified_until=until.isoformat())]
    return transition(
        profile,
        InvestorState.VERIFIED,
        by=by,
        at=at,
        event=events.verified,
        changes={"evidence_note": evidence_note.strip(), "verified_until": until},
        tell=tell,
    )


@transaction.atomic
def suspend(profile: InvestorProfile, *, reason: str, by: Actor, at: datetime) -> InvestorProfile:
    """No offers are shown to it any more, at once."""
    profile = InvestorProfile.objects.locked(profile.pk)
    tell = [_to_partner(profile, reason=reason.strip())]
    return transition(profile, InvestorState.SUSPENDED, by=by, at=at, event=events.suspended, reason=reason, tell=tell)


def expire_due(at: datetime) -> int:
    """Record the verifications that have run out; the date had ended them already. Gives the number."""
    due = InvestorProfile.objects.filter(status=InvestorState.VERIFIED, verified_until__lt=timezone.localdate(at))
    return sum(_expire(pk, at) for pk in due.values_list("pk", flat=True)[:500])


@transaction.atomic
def _expire(pk: UUID, at: datetime) -> bool:
    profile = InvestorProfile.objects.locked(pk)
    if profile.status != InvestorState.VERIFIED or profile.is_verified(timezone.localdate(at)):
        return False
    transition(profile, InvestorState.EXPIRED, by=system_actor(), at=at, event=events.expired, tell=[_to_partner(profile)])
    return True


def remind_expiring(at: datetime) -> int:
    """Tell both sides thirty days before a verification runs out, once for each date. Gives the number."""
    today = timezone.localdate(at)
    soon = InvestorProfile.objects.verified(today).filter(verified_until__lte=today + REMIND_BEFORE)
    return sum(_remind(pk, at) for pk in soon.values_list("pk", flat=True)[:500])


@transaction.atomic
def _remind(pk: UUID, at: datetime) -> bool:
    profile = InvestorProfile.objects.locked(pk)
    if not profile.is_verified(timezone.localdate(at)) or profile.verified_until is None:
        return False
    until = profile.verified_until.isoformat()
    if Event.objects.filter(kind=events.expiring.name, subject_id=pk, facts__until=until).exists():
        return False
    tell = [_to_partner(profile, verified_until=until), _to_staff(profile, verified_until=until)]
    record(events.expiring, profile, by=system_actor(), at=at, facts={"until": until}, tell=tell)
    return True


def _to_partner(profile: InvestorProfile, **facts: Any) -> Tell:
    return Tell("partner", facts, organisation=profile.organisation_id, roles=("partner", "investor"))


def _to_staff(profile: InvestorProfile, **facts: Any) -> Tell:
    return Tell("staff", {"organisation": profile.organisation.name, **facts}, organisation_kind="park", roles=("invest",))
