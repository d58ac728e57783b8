"""What is told about interests. Outside the park both sides hear only of their own part in it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, IN_APP, Notice, Recipient, register
from investments.interests.models import Interest
from investments.interests.states import InterestState

RESOURCE = "/api/v1/interests/{id}"


def _still_asked(event: Event, recipient: Recipient) -> bool:
    """Nobody is asked for an answer to what was withdrawn or answered in the meantime."""
    return recipient.audience == "partner" or Interest.objects.filter(pk=event.subject_id, status=InterestState.CONSENT_PENDING).exists()


to_founder = Notice(page="my:interests:detail")
to_partner = Notice(page="partner:interests:detail", resource=RESOURCE)
# What the reader's own side did: in their history and to their systems, but no message.
own_act = Notice(page="partner:interests:detail", channels=(), resource=RESOURCE)
own_answer = Notice(page="my:interests:detail", channels=())
to_staff = Notice(page="staff:interests:detail", channels=(IN_APP,))

watched = register("interests.watched", _("began to watch the round"), audiences={"partner": own_act})
indicated = register("interests.indicated", _("indicated interest"), audiences={"partner": own_act})
asked = register(
    "interests.asked",
    _("asked the founder"),
    audiences={"founder": to_founder.bound(DEADLINE), "partner": own_act, "staff": to_staff},
    still_allowed=_still_asked,
)
reminded = register(
    "interests.reminded", _("reminded the founder"), audiences={"founder": to_founder.bound(DEADLINE), "partner": own_act}, still_allowed=_still_asked
)
introduced = register("interests.introduced", _("agreed: introduced"), audiences={"founder": to_founder, "partner": to_partner, "staff": to_staff})
declined = register("interests.declined", _("declined"), audiences={"founder": own_answer, "partner": to_partner})
passed = register("interests.passed", _("passed"), audiences={"founder": to_founder, "partner": own_act})
withdrawn = register("interests.withdrawn", _("withdrew the interest"), audiences={"founder": to_founder, "partner": own_act})
lapsed = register("interests.lapsed", _("ended without an answer"), audiences={"founder": to_founder, "partner": to_partner})
