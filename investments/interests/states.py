"""An investor's interest in a round, up to the introduction."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class InterestState(TextChoices):
    WATCHING = "watching", _("Watching")
    INDICATED = "indicated", _("Indicated")
    CONSENT_PENDING = "consent_pending", _("Waiting for the founder")
    INTRODUCED = "introduced", _("Introduced")
    DECLINED_BY_STARTUP = "declined_by_startup", _("Declined by the startup")
    PASSED = "passed", _("Passed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


S = InterestState
INTEREST = Machine(
    InterestState,
    edges(S.WITHDRAWN, S.WATCHING, "watch", "investor"),
    edges(S.WATCHING, S.INDICATED, "indicate", "investor"),
    edges(S.INDICATED, S.CONSENT_PENDING, "ask_founder", "system"),
    edges(S.CONSENT_PENDING, S.INTRODUCED, "consent", "founder"),
    edges(S.CONSENT_PENDING, S.DECLINED_BY_STARTUP, "decline", "founder"),
    edges((S.WATCHING, S.INDICATED, S.CONSENT_PENDING, S.INTRODUCED), S.PASSED, "pass_on", "investor", needs_reason=True),
    edges((S.WATCHING, S.INDICATED, S.CONSENT_PENDING), S.WITHDRAWN, "withdraw", "investor"),
    edges((S.WATCHING, S.CONSENT_PENDING), S.LAPSED, "lapse", "system"),
    families={
        S.WATCHING: Family.REST,
        S.INDICATED: Family.UNDER_WAY,
        S.CONSENT_PENDING: Family.WAITING,
        S.INTRODUCED: Family.GOOD,
        S.DECLINED_BY_STARTUP: Family.BAD,
        S.PASSED: Family.REST,
        S.WITHDRAWN: Family.REST,
        S.LAPSED: Family.REST,
    },
    outside={
        "founder": {S.CONSENT_PENDING: _("Waiting for you"), S.DECLINED_BY_STARTUP: _("Declined by you")},
        "partner": {S.CONSENT_PENDING: _("Waiting for the founder"), S.DECLINED_BY_STARTUP: _("Declined by the startup")},
    },
)
