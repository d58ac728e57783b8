"""Who may configure forms."""

from __future__ import annotations

from incubator.lib.actor import Actor
from programmes.forms.models import FormVersion

CONFIGURING = frozenset({"officer", "manager", "admin"})


def may_configure(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and bool(actor.roles & CONFIGURING)


def may_edit(actor: Actor, form_version: FormVersion) -> bool:
    """Until a call with it is scheduled."""
    return may_configure(actor) and form_version.frozen_at is None
