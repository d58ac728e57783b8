"""Whom one entry of an event's list means: people, each once, with the organisation they are told for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from incubator.accounts.models import Membership, User
from incubator.accounts.querysets import MembershipQuerySet
from incubator.outbox.models import Event
from incubator.outbox.registry import EMAIL, IN_APP, Kind, Notice

Person = tuple[UUID, UUID | None]


def channels(notice: Notice) -> list[str]:
    """Through which channels its people are told."""
    return [channel for channel in (IN_APP, EMAIL) if channel in notice.channels]


def told(event: Event, kind: Kind, entry: Mapping[str, Any], *, after: UUID | None = None) -> QuerySet[Any, Any]:
    """Rows of (person, organisation) by person, beginning after one. A query that can be cut off anywhere.

    Nobody whose account is closed; nobody whose organisation lost its access, unless that is the news; nobody of a
    sandbox, whose people are invented too.
    """
    notice = kind.audiences[entry["audience"]]
    if not channels(notice):
        return Membership.objects.none().values_list("user_id", "organisation_id")
    if entry["users"]:
        found = User.objects.get_queryset().filter(pk__in=entry["users"], is_active=True)
        organisation = Cast(Value(entry["organisation"]), UUIDField())
        return (found.filter(pk__gt=after) if after else found).order_by("pk").values_list("pk", organisation)
    members = _members(event, notice, entry)
    members = members.filter(user__is_active=True) if notice.despite_no_access else members.with_access()
    members = members.filter(organisation__is_sandbox=False)
    if entry["roles"]:
        members = members.filter(role__in=entry["roles"])
    if after:
        members = members.filter(user_id__gt=after)
    return members.order_by("user_id", "organisation_id").distinct("user_id").values_list("user_id", "organisation_id")


def _members(event: Event, notice: Notice, entry: Mapping[str, Any]) -> MembershipQuerySet:
    everybody: MembershipQuerySet = Membership.objects.all()
    if entry["organisation"]:
        return everybody.filter(organisation_id=entry["organisation"])
    if entry["organisation_kind"]:
        return everybody.filter(organisation__kind=entry["organisation_kind"])
    if notice.people is not None:
        asked: MembershipQuerySet = notice.people(event, entry["facts"])
        return asked
    return everybody.none()
