"""Making actors: from a request in a portal, from a credential, or for the system."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import ApiKey, Membership, Organisation, User
from incubator.accounts.roles import PORTALS
from incubator.lib.actor import ANONYMOUS, ActingAs


def current_request_id() -> str:
    """The id of the request or task under way, as it stands in the logs; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id") or "")[:64]


def system_actor() -> ActingAs:
    """The clock and the workers."""
    return ActingAs(kind="system", name=_("The system"), roles=frozenset({"system"}), request_id=current_request_id())


def acting_for(user: User, organisation: Organisation | None, roles: frozenset[str]) -> ActingAs:
    """A person acting for one organisation with the roles given."""
    return ActingAs(
        kind="user",
        name=user.name or user.email,
        user_id=user.pk,
        organisation_id=organisation.pk if organisation else None,
        organisation_kind=organisation.kind if organisation else None,  # type: ignore[arg-type]
        roles=roles,
        request_id=current_request_id(),
        is_sandbox=organisation.is_sandbox if organisation else False,
    )


def member_of(user: User, organisation: Organisation) -> ActingAs:
    """A person acting for an organisation with all the roles held there. One query."""
    roles = Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True)
    return acting_for(user, organisation, frozenset(roles))


def for_key(key: ApiKey) -> ActingAs:
    """A partner's system. It has its organisation's outside role, narrowed by the key's scopes."""
    organisation = key.organisation
    return ActingAs(
        kind="credential",
        name=key.name,
        credential_id=key.pk,
        organisation_id=organisation.pk,
        organisation_kind=organisation.kind,  # type: ignore[arg-type]
        roles=frozenset({organisation.kind}),
        scopes=frozenset(key.scopes),
        request_id=current_request_id(),
        is_sandbox=organisation.is_sandbox,
    )


def choices(user: User, portal: str) -> QuerySet[Membership]:
    """The memberships that open a portal to a person, with their organisations, by name. One query."""
    kinds, roles = PORTALS[portal]
    return (
        Membership.objects.filter(user=user, organisation__kind__in=kinds, role__in=roles)
        .select_related("organisation")
        .order_by("organisation__name", "organisation_id", "role")
    )


def portals_of(user: User) -> list[str]:
    """The portals that a person's roles open. One query."""
    held = set(Membership.objects.filter(user=user).values_list("organisation__kind", "role"))
    return [name for name, (kinds, roles) in PORTALS.items() if any(kind in kinds and role in roles for kind, role in held)]


def session_key(portal: str) -> str:
    return f"acting_for:{portal}"


def choose(request: HttpRequest, portal: str, organisation_id: UUID) -> bool:
    """Act for this organisation in the portal from now on. False if the person holds no role there."""
    user = request.user
    if not isinstance(user, User):
        return False
    if any(one.organisation_id == organisation_id for one in choices(user, portal)):
        request.session[session_key(portal)] = str(organisation_id)
        return True
    return False


def in_portal(request: HttpRequest, portal: str) -> tuple[ActingAs, Sequence[Membership]]:
    """The signed-in person as they act in a portal, and the memberships to choose from. One query.

    Acts for the organisation chosen in the session, else the first. Without any membership that opens the portal
    the actor has no organisation and no roles.
    """
    user = request.user
    if not isinstance(user, User):
        return ANONYMOUS, ()
    memberships = list(choices(user, portal))
    if not memberships:
        return acting_for(user, None, frozenset()), ()
    chosen = request.session.get(session_key(portal))
    organisation = next((one.organisation for one in memberships if str(one.organisation_id) == chosen), memberships[0].organisation)
    roles = frozenset(one.role for one in memberships if one.organisation_id == organisation.pk)
    return acting_for(user, organisation, roles), memberships
