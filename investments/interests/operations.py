"""What is done with interests. Each locks the round first, then the interest, then (if need be) the startup."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.accounts.models import Organisation
from incubator.lib.actor import Actor
from incubator.lib.clock import add_working_days
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.lib.statements import Slot, any_credential, instances
from incubator.outbox.operations import begin, record, transition
from incubator.partners import operations as partners
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, Tie
from investments.interests import access, events
from investments.interests.contacts import contacts_for
from investments.interests.models import Interest, Introduction
from investments.interests.states import InterestState
from investments.interests.telling import to_founder, to_partner, to_staff
from investments.investors.models import InvestorProfile
from investments.investors.operations import InvestorNotVerified
from investments.rounds.models import Round
from investments.rounds.states import RoundState

ANSWER_WORKING_DAYS = 10
LAPSE_WORKING_DAYS_AFTER_REMINDER = 5


@transaction.atomic
def watch(round: Round, *, by: Actor, at: datetime) -> Interest:
    """Keep an eye on the round; nobody but the park learns of it. A second call gives the same row.

    Locks the round. Raises NotAllowed, RoundClosed, InvestorNotVerified, or Refusal `already_declared`.
    """
    round, organisation = _open_round(round, by=by, at=at)
    interest = _own(organisation)
    if interest is None:
        interest = Interest(round=round, organisation=organisation, status=InterestState.WATCHING)
        begin(interest, events.watched, by=by, at=at, tell=[to_partner(interest)])
    elif interest.status == InterestState.WITHDRAWN and interest.asked_at is None:
        transition(interest, InterestState.WATCHING, by=by, at=at, event=events.watched, tell=[to_partner(interest)])
    elif interest.status != InterestState.WATCHING:
        raise _declared(interest, by)
    return interest


@transaction.atomic
def indicate(round: Round, *, amount_min: Decimal, amount_max: Decimal, by: Actor, at: datetime, part: str = Interest.Part.FOLLOW, note: str = "") -> Interest:
    """Declare a non-binding interest of this size; the system asks the founder in the same transaction.

    Locks the round, then the interest. Raises NotAllowed, RoundClosed, InvestorNotVerified, Invalid for the amounts or
    the part, or Refusal `already_declared`: of many who try for one organisation, one wins.
    """
    round, organisation = _open_round(round, by=by, at=at)
    _check(round, amount_min, amount_max, part)
    values: dict[str, Any] = {
        "amount_min": amount_min,
        "amount_max": amount_max,
        "currency": round.currency,
        "part": part,
        "note": note,
        "declared_by_id": by.user_id,
    }
    facts = {"amount_min": str(amount_min), "amount_max": str(amount_max), "part": part}
    interest = _own(organisation)
    if interest is None:
        interest = Interest(round=round, organisation=organisation, status=InterestState.INDICATED, **values)
        begin(interest, events.indicated, by=by, at=at, facts=facts, tell=[to_partner(interest)])
    elif interest.status == InterestState.WATCHING:
        transition(interest, InterestState.INDICATED, by=by, at=at, event=events.indicated, changes=values, facts=facts, tell=[to_partner(interest)])
    else:
        raise _declared(interest, by)
    _ask_founder(interest, at=at)
    startups.tie(round.startup, organisation=interest.organisation, kind=Tie.Kind.INTEREST, at=at)
    return interest


def _ask_founder(interest: Interest, *, at: datetime) -> None:
    due = add_working_days(timezone.localdate(at), ANSWER_WORKING_DAYS)
    interest.answer_due_on = due
    transition(
        interest,
        InterestState.CONSENT_PENDING,
        by=system_actor(),
        at=at,
        event=events.asked,
        changes={"asked_at": at, "answer_due_on": due},
        tell=[to_founder(interest), to_partner(interest), to_staff(interest)],
    )


@transaction.atomic
def consent(interest: Interest, *, by: Actor, at: datetime, note: str = "") -> Interest:
    """The founder agrees: names and addresses are exchanged and both are told.

    Locks round, interest and startup. The investor keeps seeing the startup at the level of the round until the
    founder takes that back. Raises NotAllowed, IllegalTransition, or Refusal `round_cancelled` or `no_contact`.
    """
    interest = _locked(interest)
    if interest.round.status == RoundState.CANCELLED:
        raise Refusal(_("The round was cancelled, so there is nobody to introduce."), code="round_cancelled")
    contacts = contacts_for(interest, by)
    transition(
        interest,
        InterestState.INTRODUCED,
        by=by,
        at=at,
        event=events.introduced,
        changes={"answered_at": at, "answer_note": note},
        tell=[
            to_founder(interest, contact_name=contacts.investor_name, contact_email=contacts.investor_email),
            to_partner(interest, named=True, contact_name=contacts.founder_name, contact_email=contacts.founder_email, note=note),
            to_staff(interest),
        ],
    )
    Introduction.objects.create(
        interest=interest,
        founder_name=contacts.founder_name,
        founder_email=contacts.founder_email,
        investor_name=contacts.investor_name,
        investor_email=contacts.investor_email,
        introduced_at=at,
    )
    startup = interest.round.startup
    startups.tie(startup, organisation=interest.organisation, kind=Tie.Kind.INTEREST, at=at)
    startups.disclose(startup, organisation=interest.organisation, level=interest.round.level, source=Disclosure.Source.INTEREST, by=by, at=at)
    words = _("Introduction to %(startup)s") % {"startup": startup.name}
    partners.credit(interest.organisation_id, kind="investment", unit="introductions", evidence=interest, words=str(words), by=by, at=at)
    return interest


@transaction.atomic
def decline(interest: Interest, *, by: Actor, at: datetime, note: str = "") -> Interest:
    """The founder says no; no contact data leaves the park. The investor reads the note."""
    interest = _locked(interest)
    changes = {"answered_at": at, "answer_note": note}
    tell = [to_partner(interest, note=note), to_founder(interest)]
    transition(interest, InterestState.DECLINED_BY_STARTUP, by=by, at=at, event=events.declined, changes=changes, tell=tell)
    _untie(interest, at=at)
    return interest


@transaction.atomic
def withdraw(interest: Interest, *, by: Actor, at: datetime) -> Interest:
    """The investor takes the interest back before the introduction; a founder who was asked is told."""
    interest = _locked(interest)
    tell = [to_partner(interest), *([to_founder(interest)] if interest.asked_at else [])]
    transition(interest, InterestState.WITHDRAWN, by=by, at=at, event=events.withdrawn, tell=tell)
    _untie(interest, at=at)
    return interest


@transaction.atomic
def pass_on(interest: Interest, *, reason: str, by: Actor, at: datetime, note: str = "") -> Interest:
    """The investor says no for a reason (a value of Interest.PassReason); a founder who was asked is told.

    After an introduction the founder's disclosure to the investor ends with it.
    """
    interest = _locked(interest)
    if reason not in Interest.PassReason.values:
        raise Invalid(_("Choose why you pass."), field="reason")
    label = str(Interest.PassReason(reason).label)
    words = f"{label}: {note.strip()}" if note.strip() else label
    tell = [to_partner(interest, reason=words), *([to_founder(interest, reason=words)] if interest.asked_at else [])]
    transition(interest, InterestState.PASSED, by=by, at=at, event=events.passed, reason=words, changes={"pass_reason": reason}, tell=tell)
    _untie(interest, at=at)
    rows = Disclosure.objects.filter(
        startup_id=interest.round.startup_id, organisation_id=interest.organisation_id, source=Disclosure.Source.INTEREST, status="active"
    )
    for row in rows:
        startups.revoke(row, by=system_actor(), at=at)
    return interest


def follow_up_due(at: datetime) -> int:
    """Remind founders whose answer is due, and end what stays unanswered or whose round is over. Gives the number."""
    return sum(_follow_up(pk, at) for pk in Interest.objects.to_follow_up(timezone.localdate(at)).values_list("pk", flat=True)[:500])


@transaction.atomic
def _follow_up(pk: UUID, at: datetime) -> bool:
    interest = _locked(Interest.objects.get(pk=pk))
    today = timezone.localdate(at)
    if interest.is_moot(today):
        _lapse(interest, _("The round is over."), at=at)
    elif interest.status != InterestState.CONSENT_PENDING or interest.answer_due_on is None or interest.answer_due_on >= today:
        return False
    elif interest.reminded_at is None:
        Interest.objects.filter(pk=pk).update(reminded_at=at)
        record(events.reminded, interest, by=system_actor(), at=at, tell=[to_founder(interest, lapses_on=_lapses_on(at)), to_partner(interest)])
    elif add_working_days(timezone.localdate(interest.reminded_at), LAPSE_WORKING_DAYS_AFTER_REMINDER) < today:
        _lapse(interest, _("The founder did not answer in time."), at=at)
    else:
        return False
    return True


def _lapses_on(at: datetime) -> str:
    return add_working_days(timezone.localdate(at), LAPSE_WORKING_DAYS_AFTER_REMINDER).isoformat()


def _lapse(interest: Interest, reason: Any, *, at: datetime) -> None:
    words = str(reason)
    tell = [to_partner(interest, reason=words), *([to_founder(interest, reason=words)] if interest.asked_at else [])]
    transition(interest, InterestState.LAPSED, by=system_actor(), at=at, event=events.lapsed, reason=words, tell=tell)
    _untie(interest, at=at)


class RoundClosed(Refusal):
    """No interest can be declared in this round by this organisation now."""

    code = "round_closed"
    message = _("This round takes no interests now: it was closed, paused or is no longer shown to you.")


def _open_round(round: Round, *, by: Actor, at: datetime) -> tuple[Round, Any]:
    """The round, locked, open and visible to the actor, and the actor's organisation, which is verified."""
    if not access.may_declare(by) or by.organisation_id is None:
        raise NotAllowed
    try:
        round = Round.objects.locked(round.pk)
    except Round.DoesNotExist:
        raise RoundClosed from None
    declaring = _declaring(round, by=by, at=at)
    if not round.is_open(timezone.localdate(at)) or not declaring.sees_round:
        raise RoundClosed
    if not declaring.is_verified:
        raise InvestorNotVerified
    return round, declaring


def _declaring(round: Round, *, by: Actor, at: datetime) -> Any:
    """The actor's organisation, and what decides whether it may declare: read when the round is locked, not before."""

    def build() -> Any:
        organisation, asked = Slot("organisation", models.UUIDField()), Slot("round", models.UUIDField())
        profiles = InvestorProfile.objects.verified(cast(date, Slot("day", models.DateField())))
        return Organisation.objects.filter(pk=organisation).annotate(
            sees_round=Exists(Round.objects.visible_to(any_credential(by)).filter(pk=asked)),
            is_verified=Exists(profiles.filter(organisation_id=organisation)),
            own_interest=Subquery(Interest.objects.filter(round_id=asked, organisation_id=organisation).values("pk")),
        )

    values = {"organisation": by.organisation_id, "round": round.pk, "day": timezone.localdate(at)}
    return instances(("interests.declaring", by.organisation_kind, by.is_sandbox), build).one(values)


def _check(round: Round, amount_min: Decimal, amount_max: Decimal, part: str) -> None:
    smallest = f"{round.currency} {round.minimum_ticket:,.0f}"
    if amount_min < round.minimum_ticket:
        raise Invalid(_("The smallest ticket of this round is %(smallest)s. Give at least that.") % {"smallest": smallest}, field="amount_min")
    if amount_max < amount_min:
        raise Invalid(_("The upper end must not be below the lower."), field="amount_max")
    if amount_max > round.target:
        raise Invalid(_("The upper end is above what the round raises."), field="amount_max")
    if part not in Interest.Part.values:
        raise Invalid(_("Choose lead or follow."), field="part")


def _own(organisation: Any) -> Interest | None:
    """Its interest in the round that it declares for, locked."""
    return Interest.objects.locked(organisation.own_interest) if organisation.own_interest else None


def _declared(interest: Interest, by: Actor) -> Refusal:
    message = _("Your organisation has declared an interest in this round already. Open it to see where it stands.")
    return Refusal(message, code="already_declared", allowed=interest.verbs_for(by))


def _locked(interest: Interest) -> Interest:
    Round.objects.locked(interest.round_id)
    return Interest.objects.locked(interest.pk)


def _untie(interest: Interest, *, at: datetime) -> None:
    startups.untie(interest.round.startup, organisation=interest.organisation, kind=Tie.Kind.INTEREST, at=at)
