"""What is done with rounds. Each locks the round first, then, where it touches disclosure, the startup."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import Tell, record, transition
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, Startup
from investments.rounds import access, events
from investments.rounds.models import Round
from investments.rounds.states import RoundState

EDITABLE = (
    "title",
    "instrument",
    "target",
    "minimum_ticket",
    "valuation_cap",
    "currency",
    "has_lead",
    "use_of_funds",
    "audience",
    "level",
    "closes_on",
)


@transaction.atomic
def draft(
    startup: Startup,
    *,
    title: str,
    instrument: str,
    target: Decimal,
    minimum_ticket: Decimal,
    use_of_funds: str,
    closes_on: date,
    by: Actor,
    at: datetime,
    valuation_cap: Decimal | None = None,
    currency: str = "HKD",
    has_lead: bool = False,
    audience: str = Round.Audience.PARTNERS,
    level: int = Disclosure.Level.SUMMARY,
) -> Round:
    """A new draft that only the founders see. Raises NotAllowed, Invalid."""
    if not access.may_draft(by, startup):
        raise NotAllowed
    _check(target=target, minimum_ticket=minimum_ticket, closes_on=closes_on, level=level, at=at)
    round = Round.objects.create(
        startup=startup,
        title=title,
        instrument=instrument,
        target=target,
        minimum_ticket=minimum_ticket,
        valuation_cap=valuation_cap,
        currency=currency,
        has_lead=has_lead,
        use_of_funds=use_of_funds,
        audience=audience,
        level=level,
        closes_on=closes_on,
        created_at=at,
        updated_at=at,
    )
    record(events.drafted, round, by=by, at=at, to_state=round.status, tell=[_to_founder(round)])
    return round


def _check(*, target: Decimal, minimum_ticket: Decimal, closes_on: date, level: int, at: datetime) -> None:
    if minimum_ticket <= 0:
        raise Invalid(_("Give a smallest ticket above 0."), field="minimum_ticket")
    if target < minimum_ticket:
        raise Invalid(_("The target must be at least one smallest ticket."), field="target")
    if closes_on <= timezone.localdate(at):
        raise Invalid(_("Choose a closing day after today."), field="closes_on")
    if level not in Disclosure.Level.values:
        raise Invalid(_("Choose teaser, summary or full."), field="level")


@transaction.atomic
def edit(round: Round, *, by: Actor, at: datetime, **changes: Any) -> Round:
    """Change a draft; takes the names of EDITABLE. Locks it. Raises NotAllowed, Invalid, or Refusal once it was sent."""
    round = Round.objects.locked(round.pk)
    if not round.is_draft:
        raise Refusal(_("The round is with the park and cannot be changed. Ask the park to give it back."), code="not_a_draft")
    if not access.may_edit(by, round):
        raise NotAllowed
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ValueError(f"a round has no {sorted(unknown)} to edit")
    changed = [name for name, value in changes.items() if getattr(round, name) != value]
    for name in changed:
        setattr(round, name, changes[name])
    _check(target=round.target, minimum_ticket=round.minimum_ticket, closes_on=round.closes_on, level=round.level, at=at)
    if changed:
        round.save(update_fields=changed)
        record(events.edited, round, by=by, at=at, facts={"fields": changed})
    return round


@transaction.atomic
def send_for_review(round: Round, *, consent: bool, by: Actor, at: datetime) -> Round:
    """Send the draft to the park. `consent` is the founder's word that this audience may see the startup at this level.

    Locks the round. Raises Invalid without consent or with a closing day that has come, Refusal `round_live` while
    another round of the startup is under way.
    """
    round = Round.objects.locked(round.pk)
    Startup.objects.locked(round.startup_id)
    if not consent:
        raise Invalid(_("Tick that you agree to who will see your startup. Without it the round cannot be listed."), field="consent")
    _check(target=round.target, minimum_ticket=round.minimum_ticket, closes_on=round.closes_on, level=round.level, at=at)
    if Round.objects.under_way().filter(startup_id=round.startup_id).exclude(pk=round.pk).exists():
        raise Refusal(_("Your startup has another round under way. Close or cancel that one first."), code="round_live")
    facts = {"audience": round.audience, "level": round.level}
    return transition(
        round,
        RoundState.UNDER_REVIEW,
        by=by,
        at=at,
        event=events.sent_for_review,
        changes={"consented_at": at},
        facts=facts,
        tell=[_to_founder(round), _to_staff(round)],
    )


@transaction.atomic
def return_to_founder(round: Round, *, reason: str, by: Actor, at: datetime) -> Round:
    """Give the round back with what has to change; the consent has to be given anew."""
    round = Round.objects.locked(round.pk)
    tell = [_to_founder(round, reason=reason.strip())]
    return transition(round, RoundState.DRAFT, by=by, at=at, event=events.returned, reason=reason, changes={"consented_at": None}, tell=tell)


@transaction.atomic
def list_round(round: Round, *, by: Actor, at: datetime) -> Round:
    """Open the round to its audience, and the startup with it at the level the founder agreed to, until it closes.

    Locks round and startup. Raises NotAllowed, IllegalTransition, Invalid when the closing day has come.
    """
    round = Round.objects.locked(round.pk)
    if round.closes_on < timezone.localdate(at):
        raise Invalid(_("The closing day is over. Give the round back so that the founder sets another."), field="closes_on")
    tell = [_to_founder(round), *_to_audience(round)]
    transition(round, RoundState.LISTED, by=by, at=at, event=events.listed, changes={"listed_at": at}, tell=tell)
    _open_to_audience(round, by=system_actor(), at=at)
    return round


@transaction.atomic
def pause(round: Round, *, by: Actor, at: datetime) -> Round:
    """Hide the round for a while, and what was shown because of it. Interests already declared go on."""
    round = Round.objects.locked(round.pk)
    transition(round, RoundState.PAUSED, by=by, at=at, event=events.paused, tell=[_to_founder(round)])
    _close_to_audience(round, at=at)
    return round


@transaction.atomic
def resume(round: Round, *, by: Actor, at: datetime) -> Round:
    """List the paused round again, to the same audience at the same level."""
    round = Round.objects.locked(round.pk)
    if round.closes_on < timezone.localdate(at):
        raise Refusal(_("The closing day is over. Close this round and draft another."), code="round_over")
    transition(round, RoundState.LISTED, by=by, at=at, event=events.resumed, tell=[_to_founder(round)])
    _open_to_audience(round, by=by, at=at)
    return round


@transaction.atomic
def close(round: Round, *, by: Actor, at: datetime) -> Round:
    """No more interests; those introduced go on."""
    round = Round.objects.locked(round.pk)
    transition(round, RoundState.CLOSED, by=by, at=at, event=events.closed, tell=[_to_founder(round)])
    _close_to_audience(round, at=at)
    return round


@transaction.atomic
def cancel(round: Round, *, reason: str, by: Actor, at: datetime) -> Round:
    """Call the round off. Interests that wait are ended by the clock within the hour."""
    round = Round.objects.locked(round.pk)
    transition(
        round, RoundState.CANCELLED, by=by, at=at, event=events.cancelled, reason=reason, tell=[_to_founder(round, reason=reason.strip()), _to_staff(round)]
    )
    _close_to_audience(round, at=at)
    return round


def close_due(at: datetime) -> int:
    """Close the rounds whose closing day is over; the date had hidden them already. Gives the number."""
    due = Round.objects.filter(status__in=(RoundState.LISTED, RoundState.PAUSED), closes_on__lt=timezone.localdate(at))
    return sum(_close_if_due(pk, at) for pk in due.values_list("pk", flat=True)[:500])


@transaction.atomic
def _close_if_due(pk: UUID, at: datetime) -> bool:
    round = Round.objects.locked(pk)
    if round.status not in (RoundState.LISTED, RoundState.PAUSED):
        return False
    close(round, by=system_actor(), at=at)
    return True


def _open_to_audience(round: Round, *, by: Actor, at: datetime) -> None:
    ends = timezone.make_aware(datetime.combine(round.closes_on + timedelta(days=1), time.min))
    for audience in round.disclosed_audiences():
        startups.disclose(round.startup, audience=audience, level=round.level, expires_at=ends, source=Disclosure.Source.ROUND, by=by, at=at)


def _close_to_audience(round: Round, *, at: datetime) -> None:
    for row in Disclosure.objects.filter(startup_id=round.startup_id, source=Disclosure.Source.ROUND, status="active"):
        startups.revoke(row, by=system_actor(), at=at)


def _facts(round: Round, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": round.title,
        "startup": round.startup.name,
        "audience": round.get_audience_display(),
        "level": round.get_level_display(),
        "closes_on": round.closes_on.isoformat(),
        **more,
    }


def _to_founder(round: Round, **more: Any) -> Tell:
    return Tell("founder", _facts(round, more), organisation=round.startup.organisation_id, roles=("founder",))


def _to_staff(round: Round, **more: Any) -> Tell:
    return Tell("staff", _facts(round, more), organisation_kind="park", roles=("invest",))


def _to_audience(round: Round) -> list[Tell]:
    """Every organisation of the audience; `still_allowed` keeps those out that are not verified."""
    startup = round.startup
    name = startup.name if round.level >= Disclosure.Level.SUMMARY else startup.listed_name
    facts = {
        "title": round.title,
        "startup": name,
        "instrument": round.get_instrument_display(),
        "minimum_ticket": str(round.minimum_ticket),
        "target": str(round.target),
        "currency": round.currency,
        "closes_on": round.closes_on.isoformat(),
    }
    return [Tell("partner", facts, organisation_kind=kind, roles=(kind,)) for kind in round.audience_kinds()]
