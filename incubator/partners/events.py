"""What is told about partners and their agreements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import IN_APP, Notice, register


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
agreement_sent = register("partners.agreement_sent", _("sent the agreement for signature"), audiences={"partner": to_sign})
agreement_reopened = register("partners.agreement_reopened", _("took the agreement back into negotiation"), audiences={"partner": to_agreements})
agreement_signed = register("partners.agreement_signed", _("signed"), audiences={"partner": to_sign, "staff": to_staff})
agreement_activated = register("partners.agreement_activated", _("signed as the second party: active"), audiences={"partner": to_agreements, "staff": to_staff})
agreement_renewed = register("partners.agreement_renewed", _("replaced it by its successor"))
agreement_expiring = register(
    "partners.agreement_expiring", _("reminded that the agreement ends soon"), audiences={"partner": to_agreements, "staff": to_staff}
)
agreement_expired = register("partners.agreement_expired", _("recorded the end of the agreement"), audiences={"partner": to_agreements, "staff": to_staff})
agreement_terminated = register("partners.agreement_terminated", _("terminated the agreement"), audiences={"partner": to_agreements})
