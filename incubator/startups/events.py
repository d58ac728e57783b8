"""What is told about startups and their disclosures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.outbox.models import Event
from incubator.outbox.registry import DECISION, IN_APP, Notice, Recipient, register
from incubator.startups import access
from incubator.startups.models import Startup


def _still_disclosed(event: Event, recipient: Recipient) -> bool:
    """Whether the organisation may still see the startup, and at no lower level than the words of the message."""
    if recipient.organisation_id is None:
        return False
    organisation = Organisation.objects.get(pk=recipient.organisation_id)
    reader = access.outsider(organisation)
    return Startup.objects.disclosed_to(reader).filter(Q(level__gte=int(recipient.facts.get("level", 1))), pk=event.subject_id).exists()


def _startup_page(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"pk": UUID(str(facts["startup_id"]))}


disclosed = register(
    "startups.disclosed",
    _("showed the startup"),
    audiences={"partner": Notice(page="partner:startups:detail", resource="/api/v1/startups/{id}")},
    still_allowed=_still_disclosed,
)
# No mail to every partner whenever a startup turns its switch: a line in the inbox and the webhook are enough.
visibility_changed = register(
    "startups.visibility_changed",
    _("changed who sees the startup"),
    audiences={"partner": Notice(page="partner:startups:detail", channels=(IN_APP,), resource="/api/v1/startups/{id}")},
    still_allowed=_still_disclosed,
)
# Nobody is written to about a door that closes; systems hear of it, so that they forget what they kept.
disclosure_revoked = register(
    "startups.disclosure_revoked",
    _("took the disclosure back"),
    audiences={"partner": Notice(page="partner:startups:detail", page_args=_startup_page, channels=(), resource="/api/v1/startups/{startup_id}")},
)
park_stage_changed = register("startups.park_stage_changed", _("moved the startup's stage in the park"))

# ── The profile ──
FOUNDER = Notice(page="my:startups:profile", page_args=lambda event, facts: {})
STAFF = Notice(page="staff:startups:detail", channels=(IN_APP,))

created = register("startups.created", _("set the profile up"))
edited = register("startups.edited", _("changed the profile"))
people_changed = register("startups.people_changed", _("changed the people of the team"))
documents_changed = register("startups.documents_changed", _("changed the documents"))
profile_sent = register(
    "startups.profile_sent",
    _("sent the profile for verification"),
    audiences={"founder": Notice(page="my:startups:profile", page_args=lambda event, facts: {}, channels=(IN_APP,)), "staff": STAFF},
)
profile_verified = register("startups.profile_verified", _("verified the profile"), audiences={"founder": FOUNDER})
profile_reverified = register("startups.profile_reverified", _("verified the changes of the profile"))
changes_requested = register("startups.changes_requested", _("asked for changes of the profile"), audiences={"founder": FOUNDER})
profile_suspended = register("startups.profile_suspended", _("suspended the profile"), audiences={"founder": FOUNDER.bound(DECISION)})
profile_reinstated = register("startups.profile_reinstated", _("ended the suspension of the profile"), audiences={"founder": FOUNDER})
profile_archived = register("startups.profile_archived", _("archived the profile"), audiences={"founder": FOUNDER.bound(DECISION)})

area_edited = register("startups.area_edited", _("edited the area"))
