"""The park looks at a request: words it for the partner, puts it to the partner, or declines it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import add_working_days
from incubator.lib.refusals import Invalid
from incubator.outbox.operations import transition
from programmes.expertise import events
from programmes.expertise.models import SupportRequest
from programmes.expertise.operations.telling import to_founder, to_partner
from programmes.expertise.states import REQUEST, RequestState

ANSWER_WORKING_DAYS = 5


@transaction.atomic
def triage(asked: SupportRequest, *, brief: str, confidentiality: str, by: Actor, at: datetime, amount: int | None = None) -> SupportRequest:
    """Word the need as the partner will read it, set who may know of it, and the hours. Raises Invalid."""
    asked = SupportRequest.objects.locked(asked.pk)
    REQUEST.edge(asked.status, RequestState.TRIAGED)
    amount = asked.amount if amount is None or asked.offering.is_coded else amount
    if len(brief.strip()) < 20:
        raise Invalid(_("Write in a sentence or two what the partner has to know."), field="brief")
    if confidentiality not in SupportRequest.Confidentiality.values:
        raise Invalid(_("Choose open or confidential."), field="confidentiality")
    if not 1 <= amount <= 200:
        raise Invalid(_("Give 1 to 200 hours."), field="amount")
    changes = {"brief": brief.strip(), "confidentiality": confidentiality, "amount": amount}
    return transition(asked, RequestState.TRIAGED, by=by, at=at, event=events.request_triaged, changes=changes, tell=[to_founder(asked)])


@transaction.atomic
def decline(asked: SupportRequest, *, reason: str, alternative: str, by: Actor, at: datetime) -> SupportRequest:
    """Say no, why, and what helps instead; the founder reads both. Raises ReasonNeeded, Invalid without an alternative."""
    asked = SupportRequest.objects.locked(asked.pk)
    REQUEST.edge(asked.status, RequestState.DECLINED)
    if len(alternative.strip()) < 5:
        raise Invalid(_("Say what the startup can do instead."), field="alternative")
    tell = [to_founder(asked, reason=reason.strip(), alternative=alternative.strip())]
    changes = {"alternative": alternative.strip()}
    return transition(asked, RequestState.DECLINED, by=by, at=at, event=events.request_declined, reason=reason, changes=changes, tell=tell)


@transaction.atomic
def offer(asked: SupportRequest, *, by: Actor, at: datetime) -> SupportRequest:
    """Put it to the partner, who has five working days to answer."""
    asked = SupportRequest.objects.locked(asked.pk)
    due = add_working_days(timezone.localdate(at), ANSWER_WORKING_DAYS)
    asked.answer_due_on = due
    changes = {"offered_at": at, "answer_due_on": due}
    tell = [to_founder(asked), to_partner(asked)]
    return transition(asked, RequestState.OFFERED, by=by, at=at, event=events.request_offered, changes=changes, tell=tell)
