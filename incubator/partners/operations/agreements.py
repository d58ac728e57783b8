"""An agreement's way: drafted, negotiated, signed by both, active, ended. Locks the partner, then the agreement."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.accounts import operations as accounts
from incubator.accounts.actors import system_actor
from incubator.accounts.models import Membership
from incubator.files.models import StoredFile
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.models import Event
from incubator.outbox.operations import Tell, record, transition
from incubator.partners import access, events
from incubator.partners.models import Agreement, Partner
from incubator.partners.states import AGREEMENT, AgreementState, PartnerState

REMIND_DAYS_BEFORE = (30, 60, 90)
NUMBERING_LOCK = 7_403_001
DRAFTS = (AgreementState.DRAFT, AgreementState.NEGOTIATION)


@transaction.atomic
def draft_agreement(
    partner: Partner, *, title: str, starts_on: date, ends_on: date, by: Actor, at: datetime, summary: str = "", document: StoredFile | None = None
) -> Agreement:
    """A new draft under the next reference of the year. Raises NotAllowed, Invalid for wrong dates, Refusal if the partner has ended."""
    if not access.may_keep(by):
        raise NotAllowed
    partner = Partner.objects.locked(partner.pk)
    if partner.status == PartnerState.ENDED:
        raise Refusal(_("The partnership has ended. Add the partner anew to begin again."), code="partner_ended")
    _check_dates(starts_on, ends_on)
    agreement = Agreement.objects.create(
        partner=partner,
        reference=_next_reference(at),
        title=title,
        summary=summary,
        document=document,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
        updated_at=at,
    )
    record(events.agreement_drafted, agreement, by=by, at=at, to_state=agreement.status, facts={"reference": agreement.reference})
    return agreement


def _check_dates(starts_on: date, ends_on: date) -> None:
    if ends_on <= starts_on:
        raise Invalid(_("The end must come after the start."), field="ends_on")


def _next_reference(at: datetime) -> str:
    """MOU-2026-0007. Numbered under a lock of its own until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
    start = f"MOU-{timezone.localdate(at).year}-"
    last = Agreement.objects.filter(reference__startswith=start).order_by("-reference").values_list("reference", flat=True).first()
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"


@transaction.atomic
def edit_agreement(
    agreement: Agreement, *, title: str, starts_on: date, ends_on: date, by: Actor, at: datetime, summary: str = "", document: StoredFile | None = None
) -> Agreement:
    """Change the text before it goes out for signature. Raises NotAllowed, Invalid, or Refusal afterwards."""
    if not access.may_keep(by):
        raise NotAllowed
    agreement = _locked(agreement)
    if agreement.status not in DRAFTS:
        raise Refusal(_("What is out for signature cannot be changed. Take it back into negotiation first."), code="not_a_draft")
    _check_dates(starts_on, ends_on)
    agreement.title, agreement.summary, agreement.starts_on, agreement.ends_on = title, summary, starts_on, ends_on
    agreement.document = document or agreement.document
    agreement.save(update_fields=["title", "summary", "starts_on", "ends_on", "document"])
    record(events.agreement_edited, agreement, by=by, at=at)
    return agreement


@transaction.atomic
def open_negotiation(agreement: Agreement, *, by: Actor, at: datetime) -> Agreement:
    """The draft is with the other side's lawyers."""
    return transition(_locked(agreement), AgreementState.NEGOTIATION, by=by, at=at, event=events.agreement_negotiated)


@transaction.atomic
def send_for_signature(agreement: Agreement, *, by: Actor, at: datetime) -> Agreement:
    """The text is final; both sides are asked to sign. Raises Refusal when it would be over before it begins."""
    agreement = _locked(agreement)
    if agreement.ends_on < timezone.localdate(at):
        raise Refusal(_("The agreement would end before today. Change its dates first."), code="already_over", field="ends_on")
    transition(agreement, AgreementState.PENDING_SIGNATURE, by=by, at=at, event=events.agreement_sent, tell=[_to_partner(agreement)])
    if agreement.partner.status in (PartnerState.PROSPECT, PartnerState.EXPLORING):
        transition(Partner.objects.locked(agreement.partner_id), PartnerState.NEGOTIATING, by=by, at=at, event=events.moved)
    return agreement


@transaction.atomic
def reopen(agreement: Agreement, *, by: Actor, at: datetime, reason: str) -> Agreement:
    """Back into negotiation; a signature already given is void."""
    agreement = _locked(agreement)
    void = {"signed_by_park_at": None, "signed_by_park_name": "", "signed_by_partner_at": None, "signed_by_partner_name": ""}
    tell = [_to_partner(agreement, reason=reason)]
    return transition(agreement, AgreementState.NEGOTIATION, by=by, at=at, event=events.agreement_reopened, reason=reason, changes=void, tell=tell)


@transaction.atomic
def sign(agreement: Agreement, *, name: str, by: Actor, at: datetime) -> Agreement:
    """Sign with the typed name for the actor's side. The second signature makes the agreement active and opens access.

    Locks partner and agreement. Raises NotAllowed, IllegalTransition, Invalid without a name, Refusal `signed_already`.
    """
    agreement = _locked(agreement)
    edge = AGREEMENT.edge(agreement.status, AgreementState.ACTIVE)
    if not edge.roles & agreement.roles_of(by):
        raise NotAllowed
    if len(name.strip()) < 2:
        raise Invalid(_("Type your full name: it is your signature."), field="name")
    side = access.side_of(by)
    if agreement.signed_at(side) is not None:
        raise Refusal(_("Your side has signed already."), code="signed_already")
    signature = {f"signed_by_{side}_at": at, f"signed_by_{side}_name": name.strip()[:120]}
    other = "partner" if side == "park" else "park"
    if agreement.signed_at(other) is not None:
        return _activate(agreement, signature, by=by, at=at)
    Agreement.objects.filter(pk=agreement.pk).update(**signature)
    for field, value in signature.items():
        setattr(agreement, field, value)
    tell = [_to_partner(agreement, name=name.strip(), side=side), _to_staff(agreement, name=name.strip(), side=side)]
    record(events.agreement_signed, agreement, by=by, at=at, facts={"name": name.strip(), "side": side}, tell=tell)
    return agreement


def _activate(agreement: Agreement, signature: dict[str, Any], *, by: Actor, at: datetime) -> Agreement:
    system = system_actor()
    for older in Agreement.objects.filter(partner_id=agreement.partner_id, status=AgreementState.ACTIVE).select_for_update():
        transition(older, AgreementState.RENEWED, by=system, at=at, event=events.agreement_renewed, facts={"successor": agreement.reference})
    tell = [_to_partner(agreement), _to_staff(agreement)]
    transition(agreement, AgreementState.ACTIVE, by=by, at=at, event=events.agreement_activated, changes=signature, tell=tell)
    partner = Partner.objects.locked(agreement.partner_id)
    if partner.status in (PartnerState.NEGOTIATING, PartnerState.DORMANT):
        transition(partner, PartnerState.ACTIVE, by=system, at=at, event=events.moved)
    accounts.set_access(partner.organisation, has_access=True, until=_end_of(agreement.ends_on), by=by, at=at)
    return agreement


@transaction.atomic
def terminate(agreement: Agreement, *, on: date, reason: str, by: Actor, at: datetime) -> Agreement:
    """End an active agreement with the end of a day of notice, today at the earliest; access ends then, without a job."""
    agreement = _locked(agreement)
    if not timezone.localdate(at) <= on <= agreement.ends_on:
        raise Invalid(_("Choose a day from today to the agreed end."), field="on")
    tell = [_to_partner(agreement, reason=reason, terminated_on=on.isoformat())]
    transition(
        agreement,
        AgreementState.TERMINATED,
        by=by,
        at=at,
        event=events.agreement_terminated,
        reason=reason,
        changes={"terminated_on": on},
        tell=tell,
    )
    accounts.set_access(agreement.partner.organisation, has_access=True, until=_end_of(on), by=by, at=at)
    _let_rest(agreement.partner_id, _("The agreement was terminated."), at)
    return agreement


def expire_due(at: datetime) -> int:
    """Record the end of the agreements whose last day is over; access ended with the day itself. Gives the number."""
    due = Agreement.objects.over(timezone.localdate(at)).values_list("pk", flat=True)
    return sum(_expire(pk, at) for pk in due[:500])


@transaction.atomic
def _expire(pk: Any, at: datetime) -> bool:
    agreement = _locked(Agreement.objects.get(pk=pk))
    if agreement.status != AgreementState.ACTIVE or agreement.ends_on >= timezone.localdate(at):
        return False
    tell = [_to_partner(agreement), _to_staff(agreement)]
    transition(agreement, AgreementState.EXPIRED, by=system_actor(), at=at, event=events.agreement_expired, tell=tell)
    _let_rest(agreement.partner_id, _("The agreement expired."), at)
    return True


def _let_rest(partner_id: Any, reason: Any, at: datetime) -> None:
    partner = Partner.objects.locked(partner_id)
    if partner.status == PartnerState.ACTIVE:
        transition(partner, PartnerState.DORMANT, by=system_actor(), at=at, event=events.moved, reason=str(reason))


def remind_expiring(at: datetime) -> int:
    """Tell both sides 90, 60 and 30 days before the end, each once. Gives the number of reminders."""
    today = timezone.localdate(at)
    soon = Agreement.objects.ending_by(today, today + timedelta(days=max(REMIND_DAYS_BEFORE))).values_list("pk", flat=True)
    return sum(_remind(pk, at) for pk in soon[:500])


@transaction.atomic
def _remind(pk: Any, at: datetime) -> bool:
    agreement = _locked(Agreement.objects.get(pk=pk))
    left = (agreement.ends_on - timezone.localdate(at)).days
    step = min((days for days in REMIND_DAYS_BEFORE if left <= days), default=None)
    told = Event.objects.filter(kind=events.agreement_expiring.name, subject_id=agreement.pk, facts__step=step, facts__ends_on=agreement.ends_on.isoformat())
    if agreement.status != AgreementState.ACTIVE or step is None or told.exists():
        return False
    tell = [_to_partner(agreement, days_left=left), _to_staff(agreement, days_left=left)]
    record(events.agreement_expiring, agreement, by=system_actor(), at=at, facts={"step": step, "ends_on": agreement.ends_on}, tell=tell)
    return True


def _locked(agreement: Agreement) -> Agreement:
    Partner.objects.locked(agreement.partner_id)
    return Agreement.objects.locked(agreement.pk)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _facts(agreement: Agreement, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": agreement.reference,
        "title": agreement.title,
        "partner": agreement.partner.organisation.name,
        "starts_on": agreement.starts_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
        **more,
    }


def _to_partner(agreement: Agreement, **more: Any) -> Tell:
    """The partner's representatives by name: an agreement concerns them also while they have no access."""
    organisation_id = agreement.partner.organisation_id
    people = Membership.objects.filter(organisation_id=organisation_id, role="partner").order_by("pk").values_list("user_id", flat=True)[:100]
    return Tell("partner", _facts(agreement, more), users=tuple(people), organisation=organisation_id, roles=("partner",))


def _to_staff(agreement: Agreement, **more: Any) -> Tell:
    return Tell("staff", _facts(agreement, more), organisation_kind="park", roles=("partnership",))
