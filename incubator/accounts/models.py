"""User, Organisation, Membership, Invitation, and what partners' systems sign in with: ApiKey, OAuthApplication."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from incubator.accounts.querysets import (
    ApiKeyQuerySet,
    InvitationQuerySet,
    MembershipQuerySet,
    OAuthApplicationQuerySet,
    OrganisationQuerySet,
    UserManager,
)
from incubator.accounts.roles import OrganisationKind, Role
from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate

LIVE_KEY, TEST_KEY = "spk_", "spk_test_"


class User(AbstractBaseUser, Aggregate):
    """A person, known by an e-mail address. What they may do comes from memberships alone."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Hong_Kong")
    language = models.CharField(_("language of messages"), max_length=10, choices=settings.TEXT_LANGUAGES, default="en", db_default="en")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email",
                violation_error_message=_("Somebody with this e-mail address is known already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    # Django's admin asks for these four. The staff site and its RecordAdmin decide by memberships instead.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class CalendarFeed(models.Model):
    """The secret address of a person's calendar. Whoever has it reads the dates; only its hash is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))

    def __str__(self) -> str:
        return str(self.user_id)


class Organisation(Aggregate):
    """The tenant: the park, a startup, a partner or an investor. All rows point here from below and beside."""

    kind = models.CharField(_("kind"), max_length=16, choices=OrganisationKind.choices)
    name = models.CharField(_("name"), max_length=160)
    access_until = models.DateTimeField(_("access until"), null=True, blank=True, help_text=_("Written from the agreement; empty means no limit."))
    has_access = models.BooleanField(_("has access"), default=True, help_text=_("Off while a partner has no active agreement."))
    is_sandbox = models.BooleanField(_("sandbox"), default=False, editable=False)
    sandbox_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+", help_text=_("Whose invented world it belongs to.")
    )

    objects: ClassVar[OrganisationQuerySet] = OrganisationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_sandbox=False, sandbox_of__isnull=True) | models.Q(is_sandbox=True, sandbox_of__isnull=False),
                name="accounts_organisation_sandbox",
                violation_error_message=_("What is invented belongs to the organisation that tries it out."),
            )
        ]
        indexes = [models.Index(fields=["kind", "name"], name="accounts_org_kind_name")]

    def __str__(self) -> str:
        return self.name

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.pk,)

    def is_open(self) -> bool:
        """Whether its people and keys may come in now; the agreement's dates decide."""
        return self.has_access and (self.access_until is None or self.access_until > now())


class Membership(models.Model):
    """A person's role in an organisation; one row per role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(_("since"), default=now, editable=False)

    objects: ClassVar[MembershipQuerySet] = MembershipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "role"],
                name="accounts_membership_once",
                violation_error_message=_("This person has that role here already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"


class Invitation(Aggregate):
    """A role offered by mail. The link holds 32 random bytes, of which only the hash is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                "role",
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="accounts_invitation_open_once",
                violation_error_message=_("This person has an open invitation for that role already."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)

    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > now()


class ApiKey(Aggregate):
    """A partner system's credential, `spk_<key id>.<secret>`: shown once, stored as a peppered digest.

    One of a sandbox begins with `spk_test_`, so that nobody takes one for the other.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    key_id = models.CharField(_("key id"), max_length=16, unique=True)
    secret_digest = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    allowed_networks = ArrayField(models.CharField(max_length=49), default=list, blank=True, verbose_name=_("allowed addresses"))
    api_version = models.CharField(_("pinned version"), max_length=10, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects: ClassVar[ApiKeyQuerySet] = ApiKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("API key")

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)

    @property
    def start(self) -> str:
        """What of the key is no secret. Reads the organisation."""
        return f"{TEST_KEY if self.organisation.is_sandbox else LIVE_KEY}{self.key_id}"

    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > now()


class OAuthApplication(Aggregate, AbstractApplication):  # type: ignore[misc]
    """A partner system that exchanges its id and secret for ten-minute tokens (RFC 6749, client credentials).

    The toolkit's model, owned by one organisation. The secret is stored as keys' are: a peppered digest.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="oauth_applications")
    name = models.CharField(_("name"), max_length=80)
    client_id = models.CharField(_("client id"), max_length=24, unique=True)
    client_secret = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    allowed_networks = ArrayField(models.CharField(max_length=49), default=list, blank=True, verbose_name=_("allowed addresses"))
    api_version = models.CharField(_("pinned version"), max_length=10, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    # Of the toolkit's fields, those that only other grants use, or that Aggregate has already.
    user = None
    created = None
    updated = None

    objects: ClassVar[OAuthApplicationQuerySet] = OAuthApplicationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("OAuth application")

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id})"

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)

    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > now()
