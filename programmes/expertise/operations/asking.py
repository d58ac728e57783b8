"""A startup asks: drafts a request, sends it with its consent, takes it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import add_working_days
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import begin, record, transition
from incubator.startups.models import Disclosure, Startup
from programmes.expertise import access, events
from programmes.expertise.eligibility import why_not
from programmes.expertise.models import Offering, SupportRequest
from programmes.expertise.operations.telling import to_founder, to_partner, to_staff
from programmes.expertise.states import REQUEST, OfferingState, RequestState

MOST_OPEN = 3
TRIAGE_WORKING_DAYS = 3
FIELDS = ("need", "outcome", "amount", "wished_from", "wished_until", "confidentiality", "level")


class NotOnOffer(Refusal):
    code = "not_on_offer"
    message = _("This is not offered at present: it was paused or retired. Choose another in the catalogue.")


@transaction.atomic
def draft_request(
    offering: Offering,
    startup: Startup,
    *,
    need: str,
    outcome: str,
    by: Actor,
    at: datetime,
    amount: int = 1,
    wished_from: date | None = None,
    wished_until: date | None = None,
    confidentiality: str = SupportRequest.Confidentiality.CONFIDENTIAL,
    level: int = Disclosure.Level.SUMMARY,
) -> SupportRequest:
    """A request that only the startup sees until it is sent. Raises NotAllowed, NotOnOffer, Refusal `not_eligible`, Invalid."""
    if not access.may_ask(by, startup):
        raise NotAllowed
    asked = SupportRequest(
        offering=offering,
        startup=startup,
        asked_by_id=by.user_id,
        need=need.strip(),
        outcome=outcome.strip(),
        amount=1 if offering.is_coded else amount,
        wished_from=wished_from,
        wished_until=wished_until,
        confidentiality=confidentiality,
        level=level,
    )
    _check_offering(asked)
    _check(asked)
    return begin(asked, events.request_drafted, by=by, at=at, tell=[to_founder(asked)])


@transaction.atomic
def edit_request(asked: SupportRequest, *, by: Actor, at: datetime, **changes: Any) -> SupportRequest:
    """Change a draft. Locks it. Raises NotAllowed, Invalid, Refusal `sent_already`."""
    asked = SupportRequest.objects.locked(asked.pk)
    if not access.may_ask(by, asked.startup):
        raise NotAllowed
    if asked.status != RequestState.DRAFT:
        raise Refusal(_("What was sent is not changed any more. Take it back and ask anew."), code="sent_already")
    if unknown := set(changes) - set(FIELDS):
        raise TypeError(f"a request has no {sorted(unknown)} to edit")
    changed = [name for name, value in changes.items() if getattr(asked, name) != value]
    for name in changed:
        setattr(asked, name, changes[name])
    _check(asked)
    if changed:
        asked.save(update_fields=changed)
        record(events.request_edited, asked, by=by, at=at, facts={"fields": sorted(changed)}, tell=[to_founder(asked)])
    return asked


@transaction.atomic
def send(asked: SupportRequest, *, consent: bool, by: Actor, at: datetime) -> SupportRequest:
    """Send the request to the park. `consent` is the founder's word that the partner may see the startup at its level.

    Locks request and startup, so that of many who send, three have open ones. Raises NotAllowed, Invalid without
    consent, NotOnOffer, Refusal `not_eligible` or `too_many_open`.
    """
    asked = SupportRequest.objects.locked(asked.pk)
    REQUEST.edge(asked.status, RequestState.SUBMITTED)
    if not consent:
        raise Invalid(_("Tick that the partner may see this much of your startup once it accepts. Without it nobody can help you."), field="consent")
    Startup.objects.locked(asked.startup_id)
    _check_offering(asked)
    _check(asked)
    if SupportRequest.objects.open().filter(startup=asked.startup_id).count() >= MOST_OPEN:
        message = _("Your startup has %(n)d requests open, which is the most at a time. Finish or take back one of them first.")
        raise Refusal(message % {"n": MOST_OPEN}, code="too_many_open")
    due = add_working_days(timezone.localdate(at), TRIAGE_WORKING_DAYS)
    asked.triage_due_on = due
    changes = {"sent_at": at, "triage_due_on": due}
    tell = [to_founder(asked), to_staff(asked, "officer", "partnership")]
    return transition(asked, RequestState.SUBMITTED, by=by, at=at, event=events.request_sent, facts={"level": asked.level}, changes=changes, tell=tell)


@transaction.atomic
def withdraw(asked: SupportRequest, *, by: Actor, at: datetime) -> SupportRequest:
    """Take it back before it is accepted. A partner that was asked is told, and no longer reads the need."""
    asked = SupportRequest.objects.locked(asked.pk)
    tell = [to_founder(asked), *([to_partner(asked)] if asked.offered_at else [])]
    return transition(asked, RequestState.WITHDRAWN, by=by, at=at, event=events.request_withdrawn, tell=tell)


def _check_offering(asked: SupportRequest) -> None:
    if asked.offering.status != OfferingState.PUBLISHED:
        raise NotOnOffer
    if reason := why_not(asked.offering, asked.startup):
        raise Refusal(reason, code="not_eligible")


def _check(asked: SupportRequest) -> None:
    if len(asked.need.strip()) < 20:
        raise Invalid(_("Say in a sentence or two what you need help with."), field="need")
    if len(asked.outcome.strip()) < 5:
        raise Invalid(_("Say what should have come of it in the end."), field="outcome")
    if not 1 <= asked.amount <= 200:
        raise Invalid(_("Ask for 1 to 200 hours."), field="amount")
    if asked.wished_from and asked.wished_until and asked.wished_until < asked.wished_from:
        raise Invalid(_("The last day cannot come before the first."), field="wished_until")
    if asked.level not in Disclosure.Level.values:
        raise Invalid(_("Choose teaser, summary or full."), field="level")
    if asked.confidentiality not in SupportRequest.Confidentiality.values:
        raise Invalid(_("Choose open or confidential."), field="confidentiality")
