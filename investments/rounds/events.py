"""What is told about rounds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.outbox.models import Event
from incubator.outbox.registry import IN_APP, Notice, Recipient, register
from incubator.startups.access import outsider
from investments.investors.models import InvestorProfile
from investments.rounds.models import Round


def _still_offered(event: Event, recipient: Recipient) -> bool:
    """Only a verified investor is told of an offer, and only while the round is open to it."""
    if recipient.organisation_id is None:
        return False
    organisation = Organisation.objects.get(pk=recipient.organisation_id)
    is_open = Round.objects.visible_to(outsider(organisation)).filter(pk=event.subject_id).exists()
    return is_open and InvestorProfile.objects.verified(event.at.date()).filter(organisation=organisation).exists()


to_founder = Notice(page="my:rounds:detail")
# What the founders did themselves: in the round's history, but no message.
own_act = Notice(page="my:rounds:detail", channels=())
to_staff = Notice(page="staff:rounds:detail", channels=(IN_APP,))
to_partner = Notice(page="partner:rounds:detail", resource="/api/v1/rounds/{id}")

drafted = register("rounds.drafted", _("drafted the round"), audiences={"founder": own_act})
edited = register("rounds.edited", _("changed the draft"))
sent_for_review = register(
    "rounds.sent_for_review", _("sent the round to the park and agreed to who will see it"), audiences={"founder": own_act, "staff": to_staff}
)
returned = register("rounds.returned", _("gave the round back"), audiences={"founder": to_founder})
listed = register(
    "rounds.listed",
    _("listed the round"),
    audiences={"founder": to_founder, "partner": to_partner},
    still_allowed=lambda event, to: to.audience != "partner" or _still_offered(event, to),
)
paused = register("rounds.paused", _("paused the round"), audiences={"founder": to_founder})
resumed = register("rounds.resumed", _("listed the round again"), audiences={"founder": own_act})
closed = register("rounds.closed", _("closed the round"), audiences={"founder": to_founder})
cancelled = register("rounds.cancelled", _("cancelled the round"), audiences={"founder": own_act, "staff": to_staff})
