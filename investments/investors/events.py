"""What is told about investor profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, DECISION, IN_APP, Notice, register


def _nothing(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


to_partner = Notice(page="partner:investors:profile", page_args=_nothing)
to_staff = Notice(page="staff:investors:detail", channels=(IN_APP,))

registered = register("investors.registered", _("asked to be verified as an investor"), audiences={"staff": to_staff})
edited = register("investors.edited", _("changed the investor profile"), audiences={"staff": to_staff})
verified = register("investors.verified", _("verified the investor"), audiences={"partner": to_partner.bound(DECISION)})
suspended = register("investors.suspended", _("suspended the investor"), audiences={"partner": to_partner.bound(DECISION)})
expiring = register("investors.expiring", _("reminded that the verification ends soon"), audiences={"partner": to_partner.bound(DEADLINE), "staff": to_staff})
expired = register("investors.expired", _("recorded the end of the verification"), audiences={"partner": to_partner.bound(DECISION)})
