"""What is told about partners and their agreements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, DECISION, IN_APP, Kind, Notice, Recipient, Words, register
from incubator.partners.models import Commitment


def _nothing(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


# Access comes and goes with the agreement, so these reach people who have none yet, or none any more.
to_agreements = Notice(page="partner:partners:agreement", page_args=_nothing, despite_no_access=True)
to_sign = Notice(page="partner:partners:sign", despite_no_access=True)
to_staff = Notice(page="staff:partners:agreement", channels=(IN_APP,))

added = register("partners.added", _("added the partner"))
edited = register("partners.edited", _("changed the partner's record"))
moved = register("partners.moved", _("moved the partner on"))

agreement_drafted = register("partners.agreement_drafted", _("drafted the agreement"))
agreement_edited = register("partners.agreement_edited", _("changed the draft"))
agreement_negotiated = register("partners.agreement_negotiated", _("opened the negotiation"))
agreement_sent = register("partners.agreement_sent", _("sent the agreement for signature"), audiences={"partner": to_sign.bound(DEADLINE)})
agreement_reopened = register("partners.agreement_reopened", _("took the agreement back into negotiation"), audiences={"partner": to_agreements})
agreement_signed = register("partners.agreement_signed", _("signed"), audiences={"partner": to_sign, "staff": to_staff})
agreement_activated = register("partners.agreement_activated", _("signed as the second party: active"), audiences={"partner": to_agreements, "staff": to_staff})
agreement_renewed = register("partners.agreement_renewed", _("replaced it by its successor"))
agreement_expiring = register(
    "partners.agreement_expiring", _("reminded that the agreement ends soon"), audiences={"partner": to_agreements.bound(DEADLINE), "staff": to_staff}
)
agreement_expired = register(
    "partners.agreement_expired", _("recorded the end of the agreement"), audiences={"partner": to_agreements.bound(DECISION), "staff": to_staff}
)
agreement_terminated = register("partners.agreement_terminated", _("terminated the agreement"), audiences={"partner": to_agreements.bound(DECISION)})


def _still_readable(event: Event, recipient: Recipient) -> bool:
    """A partner hears of a commitment only while it may read its agreement: the park may propose under a draft."""
    return recipient.audience != "partner" or Commitment.objects.out_of_drafting().filter(pk=event.subject_id).exists()


def _commitment(name: str, sentence: Words, audiences: Mapping[str, Notice] | None = None) -> Kind:
    """Each side hears what the other has done, and both hear what is late."""
    return register(name, sentence, audiences=audiences or BOTH, still_allowed=_still_readable)


to_partner_side = Notice(page="partner:partners:commitment", resource="/api/v1/commitments/{id}")
to_park_side = Notice(page="staff:partners:commitment", channels=(IN_APP,))
BOTH = {"partner": to_partner_side, "staff": to_park_side}

workstream_added = register("partners.workstream_added", _("added a workstream"))
commitment_proposed = _commitment("partners.commitment_proposed", _("proposed the commitment"))
commitment_revised = _commitment("partners.commitment_revised", _("made another proposal"))
commitment_agreed = _commitment("partners.commitment_agreed", _("agreed to the commitment"))
commitment_started = register("partners.commitment_started", _("began the work"))
commitment_credited = register("partners.commitment_credited", _("entered what was done"))
commitment_delivered = _commitment("partners.commitment_delivered", _("delivered"))
commitment_accepted = _commitment("partners.commitment_accepted", _("accepted what was delivered"))
commitment_disputed = _commitment("partners.commitment_disputed", _("disputed what was delivered"))
commitment_resumed = register("partners.commitment_resumed", _("took the work up again"))
commitment_asked = _commitment("partners.commitment_asked", _("asked the other side to defer or cancel it"))
commitment_refused = _commitment("partners.commitment_refused", _("refused to defer or cancel it"))
commitment_deferred = _commitment("partners.commitment_deferred", _("agreed to defer it"))
commitment_cancelled = _commitment("partners.commitment_cancelled", _("agreed to cancel it"))
commitment_overdue = _commitment("partners.commitment_overdue", _("noticed that it is overdue"), {side: one.bound(DEADLINE) for side, one in BOTH.items()})
