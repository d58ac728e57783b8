"""An announcement from draft to sent."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.accounts.roles import ROLES_BY_KIND, STAFF_ROLES, OrganisationKind
from incubator.lib.machine import Family, Machine, edges


class AnnouncementState(TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    STOPPED = "stopped", _("Stopped")
    DISCARDED = "discarded", _("Discarded")


S = AnnouncementState
AUTHORS = ("officer", "manager", "admin")

ANNOUNCEMENT = Machine(
    AnnouncementState,
    edges(S.DRAFT, S.SCHEDULED, "schedule", *AUTHORS),
    edges(S.SCHEDULED, S.DRAFT, "unschedule", *AUTHORS),
    edges((S.DRAFT, S.SCHEDULED), S.SENDING, "send", "system", *AUTHORS),
    edges(S.SENDING, S.SENT, "finish", "system"),
    edges(S.SENDING, S.STOPPED, "stop", "system", *AUTHORS, needs_reason=True),
    edges(S.DRAFT, S.DISCARDED, "discard", *AUTHORS),
    families={
        S.DRAFT: Family.REST,
        S.SCHEDULED: Family.WAITING,
        S.SENDING: Family.UNDER_WAY,
        S.SENT: Family.GOOD,
        S.STOPPED: Family.BAD,
        S.DISCARDED: Family.REST,
    },
)

# Each portal's people: the kinds of their organisations, and their roles there.
GROUPS: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "founder": ((OrganisationKind.STARTUP,), ROLES_BY_KIND[OrganisationKind.STARTUP]),
    "partner": ((OrganisationKind.PARTNER, OrganisationKind.INVESTOR), frozenset({"partner", "investor"})),
    "staff": ((OrganisationKind.PARK,), STAFF_ROLES),
    "reviewer": ((OrganisationKind.PARK,), frozenset({"reviewer"})),
}
