"""Verified investors as an audience."""

from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership
from incubator.lib.clock import today
from incubator.outbox.audiences import Audience, register
from investments.investors.models import InvestorProfile

register(
    Audience(
        "investors",
        _("People of verified investors"),
        lambda choice: Membership.objects.filter(organisation__in=InvestorProfile.objects.verified(today()).values("organisation_id")),
    )
)
