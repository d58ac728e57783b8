"""Which people, organisations and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

from incubator.accounts.roles import OrganisationKind, is_staff
from incubator.lib import sealing
from incubator.lib.actor import Actor, is_park
from incubator.lib.clock import now

if TYPE_CHECKING:
    from uuid import UUID

    from incubator.accounts.models import Organisation, User

Rows = TypeVar("Rows", bound=models.QuerySet[Any, Any])


def for_staff(rows: Rows, actor: Actor, organisation: str = "organisation") -> Rows:
    """What staff see of `rows`: all that is real. Invented worlds are seen by their own keys, and by the system.

    `organisation` is the way from a row to the organisation it belongs to.
    """
    return rows if actor.kind == "system" else rows.filter(**{f"{organisation}__is_sandbox": False})


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, actor: Actor) -> UserQuerySet:
        """Staff see everybody; others the people of their own organisation."""
        if is_staff(actor):
            return self if actor.kind == "system" else self.exclude(memberships__organisation__is_sandbox=True)
        if actor.organisation_id is None:
            return self.filter(pk=actor.user_id) if actor.user_id else self.none()
        return self.filter(memberships__organisation_id=actor.organisation_id).distinct()


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail; `get_by_natural_key` ignores case."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> UserQuerySet:
        return self.get_queryset().visible_to(actor)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def with_access(self) -> OrganisationQuerySet:
        """Those whose people and keys may come in now: the agreement's dates decide, no job."""
        return self.filter(Q(access_until__isnull=True) | Q(access_until__gt=now()), has_access=True)

    def visible_to(self, actor: Actor) -> OrganisationQuerySet:
        if is_staff(actor):
            return self if actor.kind == "system" else self.filter(is_sandbox=False)
        return self.filter(pk=actor.organisation_id) if actor.organisation_id else self.none()

    def twin_of(self, organisation_id: UUID) -> Organisation | None:
        """The organisation that acts for this one in its sandbox, once that was made. One query."""
        return self.filter(sandbox_of=organisation_id, kind__in=(OrganisationKind.PARTNER, OrganisationKind.INVESTOR)).first()

    def park(self) -> OrganisationQuerySet:
        return self.filter(kind=OrganisationKind.PARK)


class MembershipQuerySet(models.QuerySet["Membership"]):  # type: ignore[name-defined]
    def among(self, found: models.QuerySet[Any, Any] | None) -> MembershipQuerySet:
        """Those that somebody else has found; none for nothing."""
        return self.none() if found is None else self.filter(pk__in=found.order_by().values("pk"))

    def for_team(self) -> MembershipQuerySet:
        """By person, with the person: rows of one team page."""
        return self.select_related("user").order_by("user__name", "user_id", "role")

    def visible_to(self, actor: Actor) -> MembershipQuerySet:
        if is_staff(actor):
            return for_staff(self, actor)
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def with_access(self) -> MembershipQuerySet:
        return self.filter(
            Q(organisation__access_until__isnull=True) | Q(organisation__access_until__gt=now()),
            organisation__has_access=True,
            user__is_active=True,
        )


class InvitationQuerySet(models.QuerySet["Invitation"]):  # type: ignore[name-defined]
    def open(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn nor run out."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now())

    def behind(self, token: str) -> InvitationQuerySet:
        """The invitation that a mailed link names, in whatever state it is."""
        return self.select_related("organisation", "invited_by").filter(token_hash=sealing.fingerprint(token))

    def visible_to(self, actor: Actor) -> InvitationQuerySet:
        if is_staff(actor):
            return for_staff(self, actor)
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()


class CredentialQuerySet(models.QuerySet[Any]):
    """What keys and applications share: an organisation, an end, and a moment at which they were revoked."""

    def live(self) -> Self:
        """Neither revoked nor expired, of an organisation with access."""
        return self.filter(
            Q(organisation__access_until__isnull=True) | Q(organisation__access_until__gt=now()),
            organisation__has_access=True,
            revoked_at__isnull=True,
            expires_at__gt=now(),
        )

    def visible_to(self, actor: Actor) -> Self:
        if actor.organisation_kind in (OrganisationKind.PARTNER, OrganisationKind.INVESTOR):
            return self.filter(organisation_id=actor.organisation_id)
        return for_staff(self, actor) if is_park(actor) and actor.roles & {"partnership", "admin"} else self.none()


class ApiKeyQuerySet(CredentialQuerySet):
    pass


class OAuthApplicationQuerySet(CredentialQuerySet):
    pass
