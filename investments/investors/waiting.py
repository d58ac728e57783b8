"""What waits about investor profiles: to be verified, and to be renewed in time."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.web.waiting import Item, Work, register
from investments.investors.models import InvestorProfile
from investments.investors.states import InvestorState

SOON = timedelta(days=60)


def _verified(actor: Actor) -> QuerySet[InvestorProfile]:
    rows = InvestorProfile.objects.visible_to(actor).filter(status=InvestorState.VERIFIED, verified_until__gte=today())
    return rows.select_related("organisation").order_by("verified_until", "pk")


def _own(row: InvestorProfile) -> Item:
    return Item(row.organisation.name, reverse("partner:investors:profile"), due=row.verified_until)


TITLE = _("Your verification as an investor ends")
register(
    Work(
        "investors.renew",
        "partner",
        TITLE,
        lambda actor: _verified(actor).filter(verified_until__lte=today() + SOON),
        _own,
        icon="certificate",
        in_calendar=False,
    ),
    Work("investors.renew", "partner", TITLE, _verified, _own, to_do=False),
    Work(
        "investors.verify",
        "staff",
        _("Investors to verify"),
        lambda actor: (
            InvestorProfile.objects.visible_to(actor).filter(status=InvestorState.PENDING).select_related("organisation").order_by("updated_at", "pk")
        ),
        lambda row: Item(row.organisation.name, reverse("staff:investors:detail", args=[row.pk]), since=row.updated_at),
        roles=frozenset({"invest"}),
        icon="certificate",
        all_page="staff:investors:index",
        badge="investors",
    ),
)
