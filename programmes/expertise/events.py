"""What is told about offerings, requests and sessions. Needs and codes stand on pages only, never in a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, DECISION, IN_APP, Notice, Recipient, register
from programmes.expertise.models import Session, SupportRequest
from programmes.expertise.states import RequestState, SessionState


def _its_request(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"pk": facts["request"]}


def _still_asked(event: Event, recipient: Recipient) -> bool:
    """Nobody is asked for an answer to what was answered or taken back in the meantime."""
    return recipient.audience != "partner" or SupportRequest.objects.filter(pk=event.subject_id, status=RequestState.OFFERED).exists()


def _still_planned(event: Event, recipient: Recipient) -> bool:
    return Session.objects.filter(pk=event.subject_id, status=SessionState.PLANNED).exists()


OFFERING, REQUEST, SESSION = "/api/v1/offerings/{id}", "/api/v1/support-requests/{id}", "/api/v1/sessions/{id}"

of_offering = Notice(page="partner:expertise:offering", resource=OFFERING)
# What the reader's own side did: in their history and to their systems, but no message.
own_offering = Notice(page="partner:expertise:offering", channels=(), resource=OFFERING)
offering_to_staff = Notice(page="staff:expertise:offering", channels=(IN_APP,))

offering_drafted = register("expertise.offering_drafted", _("drafted the offering"), audiences={"partner": own_offering})
offering_edited = register("expertise.offering_edited", _("changed the offering"), audiences={"partner": own_offering})
offering_submitted = register(
    "expertise.offering_submitted", _("sent the offering for approval"), audiences={"partner": own_offering, "staff": offering_to_staff}
)
offering_sent_back = register("expertise.offering_sent_back", _("gave the offering back"), audiences={"partner": of_offering.bound(DECISION)})
offering_published = register("expertise.offering_published", _("published the offering"), audiences={"partner": of_offering.bound(DECISION)})
offering_paused = register("expertise.offering_paused", _("paused the offering"), audiences={"partner": own_offering})
offering_resumed = register("expertise.offering_resumed", _("put the offering up again"), audiences={"partner": own_offering})
offering_retired = register("expertise.offering_retired", _("retired the offering"), audiences={"partner": of_offering})

to_founder = Notice(page="my:expertise:request")
in_founders_inbox = Notice(page="my:expertise:request", channels=(IN_APP,))
own_request = Notice(page="my:expertise:request", channels=())
to_partner = Notice(page="partner:expertise:request", resource=REQUEST)
own_answer = Notice(page="partner:expertise:request", channels=(), resource=REQUEST)
to_staff = Notice(page="staff:expertise:request", channels=(IN_APP,))

request_drafted = register("expertise.request_drafted", _("drafted the request"), audiences={"founder": own_request})
request_edited = register("expertise.request_edited", _("changed the request"), audiences={"founder": own_request})
request_sent = register("expertise.request_sent", _("sent the request"), audiences={"founder": to_founder, "staff": to_staff})
request_late = register("expertise.request_late", _("noticed that nobody has looked at it in time"), audiences={"staff": to_staff.bound(DEADLINE)})
request_triaged = register("expertise.request_triaged", _("read the request"), audiences={"founder": own_request})
request_declined = register("expertise.request_declined", _("declined the request"), audiences={"founder": to_founder.bound(DECISION)})
request_offered = register(
    "expertise.request_offered",
    _("put the request to the partner"),
    audiences={"founder": in_founders_inbox, "partner": to_partner.bound(DEADLINE)},
    still_allowed=_still_asked,
)
request_escalated = register(
    "expertise.request_escalated",
    _("noticed that the partner has not answered in time"),
    audiences={"partner": to_partner.bound(DEADLINE), "staff": to_staff.bound(DEADLINE)},
    still_allowed=_still_asked,
)
request_accepted = register("expertise.request_accepted", _("accepted"), audiences={"founder": to_founder.bound(DECISION), "partner": own_answer})
request_turned_down = register(
    "expertise.request_turned_down", _("declined"), audiences={"founder": to_founder.bound(DECISION), "partner": own_answer, "staff": to_staff}
)
request_expired = register(
    "expertise.request_expired", _("ended it without an answer"), audiences={"founder": to_founder.bound(DECISION), "partner": to_partner, "staff": to_staff}
)
request_withdrawn = register("expertise.request_withdrawn", _("took the request back"), audiences={"founder": own_request, "partner": to_partner})
request_scheduled = register("expertise.request_scheduled", _("began to plan"), audiences={"founder": own_request, "partner": own_answer})
request_started = register("expertise.request_started", _("began the work"), audiences={"founder": own_request, "partner": own_answer})
code_issued = register("expertise.code_issued", _("gave the code"), audiences={"founder": to_founder, "partner": own_answer})
code_shown = register("expertise.code_shown", _("had the code shown"), audiences={"founder": own_request})
request_delivered = register("expertise.request_delivered", _("delivered"), audiences={"founder": to_founder.bound(DEADLINE), "partner": own_answer})
request_unconfirmed = register("expertise.request_unconfirmed", _("reminded the startup to confirm"), audiences={"founder": to_founder.bound(DEADLINE)})
request_closed = register("expertise.request_closed", _("closed the request"), audiences={"founder": own_request, "partner": to_partner, "staff": to_staff})

session_to_founder = Notice(page="my:expertise:request", page_args=_its_request)
own_session_to_founder = Notice(page="my:expertise:request", page_args=_its_request, channels=(IN_APP,))
session_to_partner = Notice(page="partner:expertise:request", page_args=_its_request, resource=SESSION)
own_session = Notice(page="partner:expertise:request", page_args=_its_request, channels=(), resource=SESSION)

session_planned = register("expertise.session_planned", _("planned a session"), audiences={"founder": session_to_founder, "partner": own_session})
session_moved = register("expertise.session_moved", _("moved a session"), audiences={"founder": session_to_founder, "partner": own_session})
session_cancelled = register("expertise.session_cancelled", _("called a session off"), audiences={"founder": session_to_founder, "partner": own_session})
session_held = register("expertise.session_held", _("logged a session"), audiences={"founder": own_session_to_founder, "partner": own_session})
session_missed = register("expertise.session_missed", _("noted that nobody came"), audiences={"founder": session_to_founder, "partner": own_session})
session_near = register(
    "expertise.session_near",
    _("reminded of a session"),
    audiences={"founder": session_to_founder.bound(DEADLINE), "partner": session_to_partner.bound(DEADLINE)},
    still_allowed=_still_planned,
    time_to_live=timedelta(hours=24),
)
session_unlogged = register(
    "expertise.session_unlogged", _("asked for the hours of a session"), audiences={"partner": session_to_partner}, still_allowed=_still_planned
)
