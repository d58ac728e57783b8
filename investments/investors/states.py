"""Whether the park has verified an organisation as an investor."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class InvestorState(TextChoices):
    PENDING = "pending", _("Waiting for verification")
    VERIFIED = "verified", _("Verified")
    EXPIRED = "expired", _("Expired")
    SUSPENDED = "suspended", _("Suspended")


S = InvestorState
INVESTOR = Machine(
    InvestorState,
    edges((S.PENDING, S.EXPIRED, S.SUSPENDED), S.VERIFIED, "verify", "invest"),
    edges(S.VERIFIED, S.EXPIRED, "expire", "system"),
    edges((S.PENDING, S.VERIFIED), S.SUSPENDED, "suspend", "invest", needs_reason=True),
    families={S.PENDING: Family.WAITING, S.VERIFIED: Family.GOOD, S.EXPIRED: Family.REST, S.SUSPENDED: Family.BAD},
)
