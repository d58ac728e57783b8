"""Offers: prepared with the decision, opened by the release, answered by the founder or by time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from incubator.outbox.operations import Tell, record, transition
from incubator.outbox.registry import Kind
from incubator.web import times
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.catalogue.models import Intake
from programmes.cohorts import access, events
from programmes.cohorts.models import CohortMembership, Offer
from programmes.cohorts.operations.memberships import start_membership
from programmes.cohorts.operations.seats import locked_cohort, seats_free
from programmes.cohorts.states import OfferState
from programmes.reviews.models import Determination

REMIND_BEFORE = (timedelta(days=3), timedelta(days=1))
STAFF_ROLES_TOLD = ("officer", "manager")


class OfferClosed(Refusal):
    code = "offer_closed"
    message = _("This offer is closed: it was answered before, or its time has run out.")


def facts_for_founder(application: Application, **more: Any) -> dict[str, Any]:
    """What the founder may know with every message about a decision. Needs intake.programme and startup loaded."""
    return {
        "application_id": application.pk,
        "reference": application.reference,
        "startup": application.startup.name,
        "programme": application.intake.programme.title,
        "intake": application.intake.title,
        **more,
    }


def tell_founder(application: Application, facts: Mapping[str, Any]) -> Tell:
    return Tell("founder", facts, organisation=application.startup.organisation_id, roles=("founder", "member"))


def tell_staff(application: Application, **more: Any) -> Tell:
    facts = {**facts_for_founder(application), "intake_id": application.intake_id, **more}
    return Tell("staff", facts, organisation_kind="park", roles=STAFF_ROLES_TOLD)


def prepare_offer(application: Application, *, by: Actor, at: datetime) -> Offer:
    """The offer that goes with a positive decision; invisible outside. A cancelled one is replaced.

    Call with the cohort and the application locked.
    """
    Offer.objects.filter(application=application, status=OfferState.CANCELLED).delete()
    terms = render_to_string(
        "letters/terms.txt",
        {"startup": application.startup, "programme": application.intake.programme, "intake": application.intake},
    ).strip()
    offer = Offer.objects.create(
        application=application,
        terms=terms,
        terms_sha256=hashlib.sha256(terms.encode()).hexdigest(),
        created_at=at,
        updated_at=at,
    )
    record(events.offer_prepared, offer, by=by, at=at, to_state=OfferState.PREPARED)
    return offer


def open_offer(offer: Offer, application: Application, *, by: Actor, at: datetime, told_by: Kind | None = None) -> Offer:
    """Start the founder's time to answer. With `told_by` an event of that kind tells the founder by itself."""
    expires_at = at + timedelta(days=application.intake.offer_valid_days)
    transition(offer, OfferState.OPEN, by=by, at=at, event=events.offer_opened, changes={"expires_at": expires_at})
    if told_by is not None:
        facts = facts_for_founder(application, answer_by=times.moment(expires_at))
        record(told_by, application, by=by, at=at, facts=facts, tell=[tell_founder(application, facts)])
    return offer


def _locked_offer(offer: Offer, *, at: datetime) -> tuple[Offer, Application]:
    """Lock cohort, application and offer, in that order."""
    locked_cohort(offer.application.intake, at=at)
    application = Application.objects.locked(offer.application_id)
    return Offer.objects.locked(offer.pk), application


@transaction.atomic
def accept(offer: Offer, *, signed_name: str, terms_sha256: str, address: str | None, by: Actor, at: datetime) -> CohortMembership:
    """The founder signs the terms by typed name and joins the cohort.

    Locks cohort, application and offer. Raises NotAllowed for anyone but the founder, OfferClosed, or Invalid when the
    name is missing or the terms are not those that were shown.
    """
    offer, application = _locked_offer(offer, at=at)
    if not access.may_answer_offer(by, application):
        raise NotAllowed
    if not _is_answerable(offer, application, at):
        raise OfferClosed
    if not signed_name.strip():
        raise Invalid(_("Type your full name; that is your signature."), field="signed_name")
    if terms_sha256 != offer.terms_sha256:
        raise Invalid(_("The terms have changed since you opened the page. Read them again."), field="terms")
    transition(
        offer,
        OfferState.ACCEPTED,
        by=by,
        at=at,
        event=events.offer_accepted,
        facts={"signed_name": signed_name.strip(), "terms_sha256": offer.terms_sha256},
        tell=[tell_founder(application, facts_for_founder(application)), tell_staff(application)],
        changes={
            "answered_at": at,
            "signed_name": signed_name.strip()[:120],
            "signed_by_id": by.user_id,
            "signed_from": address,
        },
    )
    transition(application, Status.ACCEPTED, by=by, at=at, event=events.application_decided, facts={"offer": str(offer.pk)})
    return start_membership(application, by=by, at=at)


@transaction.atomic
def decline(offer: Offer, *, reason: str, by: Actor, at: datetime) -> Offer:
    """The founder turns the place down; the first on the waiting list gets it at once.

    Locks cohort, application and offer. Raises NotAllowed or OfferClosed.
    """
    offer, application = _locked_offer(offer, at=at)
    if not access.may_answer_offer(by, application):
        raise NotAllowed
    if not _is_answerable(offer, application, at):
        raise OfferClosed
    transition(
        offer,
        OfferState.DECLINED,
        by=by,
        at=at,
        event=events.offer_declined,
        reason=reason,
        tell=[tell_staff(application)],
        changes={"answered_at": at, "decline_reason": reason.strip()[:500]},
    )
    transition(application, Status.DECLINED, by=by, at=at, event=events.application_decided)
    _promote(application.intake, at=at)
    return offer


def _is_answerable(offer: Offer, application: Application, at: datetime) -> bool:
    in_time = offer.expires_at is not None and at < offer.expires_at
    return offer.status == OfferState.OPEN and application.status == Status.OFFERED and in_time


def _promote(intake: Intake, *, at: datetime) -> list[Application]:
    """Offer each free seat to the next on the waiting list. Call with the cohort locked."""
    system = system_actor()
    promoted: list[Application] = []
    cohort = locked_cohort(intake, at=at)
    for _seat in range(seats_free(cohort)):
        following = (
            Determination.objects.filter(application__intake=intake, application__status=Status.WAITLISTED)
            .order_by("rank", "decided_at", "pk")
            .values_list("application_id", flat=True)
            .first()
        )
        if following is None:
            break
        application = Application.objects.locked(following)
        transition(application, Status.OFFERED, by=system, at=at, event=events.application_decided)
        offer = prepare_offer(application, by=system, at=at)
        if intake.is_released:
            open_offer(offer, application, by=system, at=at, told_by=events.offer_made)
        promoted.append(application)
    return promoted


@transaction.atomic
def fill_free_seats(intake: Intake, *, at: datetime) -> list[Application]:
    """Cancel the offers of withdrawn applications and promote from the waiting list. Locks the cohort. Idempotent."""
    locked_cohort(intake, at=at)
    orphans = Offer.objects.filter(
        application__intake=intake,
        application__status=Status.WITHDRAWN,
        status__in=(OfferState.PREPARED, OfferState.OPEN),
    ).order_by("pk")
    for offer in orphans:
        transition(offer, OfferState.CANCELLED, by=system_actor(), at=at, event=events.offer_cancelled)
    return _promote(Intake.objects.select_related("programme").get(pk=intake.pk), at=at)


def lapse_expired_offers(*, at: datetime) -> int:
    """Record the lapse of offers whose time has run out, each in its own transaction. Idempotent. Gives how many."""
    lapsed = 0
    for offer in Offer.objects.expired(at).select_related("application__intake").order_by("expires_at", "pk")[:500]:
        lapsed += _lapse(offer, at=at)
    return lapsed


@transaction.atomic
def _lapse(offer: Offer, *, at: datetime) -> bool:
    offer, application = _locked_offer(offer, at=at)
    if offer.status != OfferState.OPEN or application.status != Status.OFFERED:
        return False
    system = system_actor()
    facts = facts_for_founder(application)
    transition(
        offer,
        OfferState.LAPSED,
        by=system,
        at=at,
        event=events.offer_lapsed,
        tell=[tell_founder(application, facts), tell_staff(application)],
    )
    transition(application, Status.OFFER_LAPSED, by=system, at=at, event=events.application_decided)
    _promote(application.intake, at=at)
    return True


def remind_of_offers(*, at: datetime) -> int:
    """Remind founders 3 days and 1 day before an offer ends, once each. Gives how many were reminded."""
    reminded = 0
    soon = Offer.objects.filter(status=OfferState.OPEN, expires_at__gt=at, expires_at__lte=at + max(REMIND_BEFORE)).select_related(
        "application__startup", "application__intake__programme"
    )
    for offer in soon.order_by("expires_at", "pk")[:500]:
        reminded += _remind(offer, at=at)
    return reminded


@transaction.atomic
def _remind(offer: Offer, *, at: datetime) -> bool:
    offer = Offer.objects.locked(offer.pk)
    if offer.status != OfferState.OPEN or offer.expires_at is None:
        return False
    due = min(before for before in REMIND_BEFORE if offer.expires_at - before <= at)
    key, until = f"{due.days}d", offer.expires_at.isoformat()
    if Event.objects.filter(subject_id=offer.pk, kind=events.offer_expiring.name, facts__before=key, facts__until=until).exists():
        return False
    application = offer.application
    facts = facts_for_founder(application, answer_by=times.moment(offer.expires_at))
    record(
        events.offer_expiring,
        offer,
        by=system_actor(),
        at=at,
        facts={"before": key, "until": until},
        tell=[tell_founder(application, facts)],
    )
    return True
