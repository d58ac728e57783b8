"""What is told of announcements: to each kind of people on a page of their own portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Membership
from incubator.accounts.querysets import MembershipQuerySet
from incubator.announcements.states import GROUPS
from incubator.outbox import audiences
from incubator.outbox.models import Event
from incubator.outbox.registry import EMAIL, Notice, register

PORTALS = {"founder": "my", "partner": "partner", "staff": "staff", "reviewer": "review"}


def members(chosen: str, group: str) -> MembershipQuerySet:
    """Those of an audience who belong to one portal."""
    kinds, roles = GROUPS[group]
    found: MembershipQuerySet = Membership.objects.among(audiences.members(chosen))
    return found.filter(organisation__kind__in=kinds, role__in=roles)


def _people(group: str) -> Callable[[Event, Mapping[str, Any]], QuerySet[Any]]:
    return lambda event, facts: members(facts["audience"], group)


def _its_page(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"pk": facts["announcement"]}


drafted = register("announcements.drafted", _("drafted the announcement"))
edited = register("announcements.edited", _("changed the draft"))
scheduled = register("announcements.scheduled", _("scheduled the announcement"))
unscheduled = register("announcements.unscheduled", _("took the announcement back into the drafts"))
discarded = register("announcements.discarded", _("discarded the draft"))
sent = register(
    "announcements.sent",
    _("sent the announcement"),
    audiences={group: Notice(page=f"{portal}:notifications:announcement", people=_people(group)) for group, portal in PORTALS.items()},
)
finished = register("announcements.finished", _("recorded that everybody was told"))
stopped = register("announcements.stopped", _("stopped the sending"))
tried = register(
    "announcements.tried",
    _("sent the announcement to themselves"),
    audiences={"staff": Notice(page="staff:notifications:announcement-edit", page_args=_its_page, channels=(EMAIL,))},
)
