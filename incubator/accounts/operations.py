"""What is done with people, organisations and credentials."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incubator.accounts import access, events
from incubator.accounts.models import ApiKey, Invitation, Membership, OAuthApplication, Organisation, User
from incubator.accounts.roles import ROLES_BY_KIND, Role
from incubator.lib import sealing
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.outbox.operations import Tell, record

INVITATION_VALID = timedelta(days=14)
KEY_VALID_AT_MOST = timedelta(days=180)
LIVE_KEYS_AT_MOST = 2
LIVE_APPLICATIONS_AT_MOST = 5
INVITATIONS_AN_HOUR = 20


@transaction.atomic
def found(*, kind: str, name: str, by: Actor, at: datetime) -> Organisation:
    """A new organisation of a kind; nobody belongs to it yet."""
    organisation = Organisation.objects.create(kind=kind, name=name, created_at=at, updated_at=at)
    record(events.organisation_founded, organisation, by=by, at=at)
    return organisation


@transaction.atomic
def join(user: User, organisation: Organisation, role: str, *, by: Actor, at: datetime) -> Membership:
    """Give a person a role. Doing it twice changes nothing. Raises Invalid for a role of another kind of house."""
    if role not in ROLES_BY_KIND[organisation.kind]:
        raise Invalid(_("This role does not exist in that kind of organisation."), field="role")
    membership, created = Membership.objects.get_or_create(user=user, organisation=organisation, role=role, defaults={"created_at": at})
    if created:
        record(events.joined, organisation, by=by, at=at, facts={"person": user.name, "role": role})
    return membership


@transaction.atomic
def give_role(user: User, organisation: Organisation, role: str, *, by: Actor, at: datetime) -> Membership:
    """Give somebody who has an account a role at once. Raises NotAllowed, also for giving oneself one, or Invalid."""
    if not access.may_give(by, organisation, role) or user.pk == by.user_id:
        raise NotAllowed
    return join(user, organisation, role, by=by, at=at)


@transaction.atomic
def update_profile(user: User, *, name: str, phone: str, time_zone: str, language: str = "", by: Actor, at: datetime) -> User:
    """Change what a person says about themselves; the event names the fields, not their contents."""
    values = {"name": name.strip(), "phone": phone.strip(), "time_zone": time_zone, "language": language or user.language}
    changed = [field for field, value in values.items() if getattr(user, field) != value]
    if changed:
        User.objects.filter(pk=user.pk).update(**values)
        record(events.profile_changed, user, by=by, at=at, facts={"fields": changed})
        user.refresh_from_db(fields=[*values, "version", "updated_at"])
    return user


@transaction.atomic
def leave(membership: Membership, *, by: Actor, at: datetime) -> None:
    """Take a role back. Raises NotAllowed, or Refusal for the last founder or representative."""
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    if not access.may_give(by, organisation, membership.role) and membership.user_id != by.user_id:
        raise NotAllowed
    if membership.role in {"founder", "partner", "admin"}:
        others = Membership.objects.filter(organisation=organisation, role=membership.role).exclude(pk=membership.pk)
        if not others.exists():
            raise Refusal(_("Somebody has to hold this role. Give it to another person first."), code="last_one")
    membership.delete()
    record(events.left, organisation, by=by, at=at, facts={"person": membership.user.name, "role": membership.role})


@transaction.atomic
def invite(organisation: Organisation, *, email: str, role: str, by: Actor, at: datetime) -> Invitation:
    """Offer a role by mail.

    Raises NotAllowed, Invalid for a wrong role, a member or a second open invitation, Refusal after twenty in an hour.
    """
    if role not in ROLES_BY_KIND[organisation.kind]:
        raise Invalid(_("This role does not exist in that kind of organisation."), field="role")
    if not access.may_give(by, organisation, role):
        raise NotAllowed
    if Invitation.objects.filter(organisation=organisation, created_at__gt=at - timedelta(hours=1)).count() >= INVITATIONS_AN_HOUR:
        raise Refusal(_("Your organisation has sent many invitations within an hour. Wait a little, then go on."), code="too_many_invitations")
    email = email.strip().lower()
    if Membership.objects.filter(organisation=organisation, user__email=email, role=role).exists():
        raise Invalid(_("This person has that role here already."), field="email")
    Invitation.objects.filter(organisation=organisation, email=email, role=role, accepted_at=None, revoked_at=None, expires_at__lte=at).update(revoked_at=at)
    token = sealing.new_token()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organisation=organisation,
                email=email,
                role=role,
                token_hash=sealing.fingerprint(token),
                invited_by_id=by.user_id,
                expires_at=at + INVITATION_VALID,
                created_at=at,
                updated_at=at,
            )
    except IntegrityError:
        raise Invalid(_("This person has an open invitation for that role already."), field="email") from None
    record(
        events.invited,
        invitation,
        by=by,
        at=at,
        facts={"email": email, "role": role},
        tell=[
            Tell(
                "invitee",
                {
                    "address": email,
                    "token_sealed": sealing.seal(token, purpose="invitation"),
                    "organisation": organisation.name,
                    "role": str(Role(role).label),
                    "inviter": str(by.name),
                    "expires_at": invitation.expires_at,
                },
            )
        ],
    )
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Withdraw an open invitation; its link is dead at once. Raises NotAllowed; a second call changes nothing."""
    if not access.may_give(by, invitation.organisation, invitation.role):
        raise NotAllowed
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=at):
        record(events.invitation_revoked, invitation, by=by, at=at)


@transaction.atomic
def accept_invitation(token: str, user: User, *, by: Actor, at: datetime) -> Membership:
    """Take up the offered role. Locks the invitation. Raises Refusal if it is used, withdrawn or expired.

    Whoever holds the link may use it, whichever address they signed up with: the mailbox was the proof.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").filter(token_hash=sealing.fingerprint(token)).first()
    if invitation is None or not invitation.is_open():
        raise Refusal(_("This invitation was used, withdrawn or has expired. Ask for a new one."), code="invitation_closed")
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=at, accepted_by=user)
    record(events.invitation_accepted, invitation, by=by, at=at)
    return join(user, invitation.organisation, invitation.role, by=by, at=at)


@transaction.atomic
def issue_key(
    organisation: Organisation,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime,
    by: Actor,
    at: datetime,
    allowed_networks: Sequence[str] = (),
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown this once. Locks the organisation.

    Raises NotAllowed; Refusal at two live keys; Invalid for an expiry in the past or beyond 180 days.
    """
    if not access.may_manage_keys(by, organisation):
        raise NotAllowed
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not at < expires_at <= at + KEY_VALID_AT_MOST:
        raise Invalid(_("A key lives between one day and 180 days. Choose a day in between."), field="expires_at")
    if ApiKey.objects.filter(organisation=organisation).live().count() >= LIVE_KEYS_AT_MOST:
        raise Refusal(_("There are two live keys already. Revoke one, then make the new one."), code="too_many_keys")
    key_id, secret = secrets.token_hex(6), sealing.new_token()
    key = ApiKey.objects.create(
        organisation=organisation,
        name=name,
        key_id=key_id,
        secret_digest=sealing.digest(secret),
        scopes=sorted(set(scopes)),
        allowed_networks=list(allowed_networks),
        created_by_id=by.user_id,
        expires_at=expires_at,
        created_at=at,
        updated_at=at,
    )
    facts = {"name": name, "key_id": key_id, "scopes": key.scopes, "expires_at": expires_at}
    tell = [Tell("partner", facts, organisation=organisation.pk, roles=("partner", "investor"))]
    record(events.key_issued, key, by=by, at=at, facts=facts, tell=tell)
    return key, f"{key.start}.{secret}"


@transaction.atomic
def revoke_key(key: ApiKey, *, by: Actor, at: datetime) -> None:
    """Kill a key at once. Raises NotAllowed; a second call changes nothing."""
    if not access.may_manage_keys(by, key.organisation):
        raise NotAllowed
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        record(events.key_revoked, key, by=by, at=at, facts={"name": key.name, "key_id": key.key_id})


@transaction.atomic
def issue_application(
    organisation: Organisation,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime,
    by: Actor,
    at: datetime,
    allowed_networks: Sequence[str] = (),
) -> tuple[OAuthApplication, str]:
    """A new OAuth application and its secret, which is shown this once. Locks the organisation.

    Raises NotAllowed; Refusal at five live applications; Invalid for an expiry in the past or beyond 180 days.
    """
    if not access.may_manage_keys(by, organisation):
        raise NotAllowed
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not at < expires_at <= at + KEY_VALID_AT_MOST:
        raise Invalid(_("An application lives between one day and 180 days. Choose a day in between."), field="expires_at")
    if OAuthApplication.objects.filter(organisation=organisation).live().count() >= LIVE_APPLICATIONS_AT_MOST:
        raise Refusal(_("There are five live applications already. Revoke one, then make the new one."), code="too_many_applications")
    secret = sealing.new_token()
    application = OAuthApplication.objects.create(
        organisation=organisation,
        name=name,
        client_id=f"{'app_test_' if organisation.is_sandbox else 'app_'}{secrets.token_hex(7)}",
        client_secret=sealing.digest(secret),
        client_type=OAuthApplication.CLIENT_CONFIDENTIAL,
        authorization_grant_type=OAuthApplication.GRANT_CLIENT_CREDENTIALS,
        scopes=sorted(set(scopes)),
        allowed_networks=list(allowed_networks),
        created_by_id=by.user_id,
        expires_at=expires_at,
        created_at=at,
        updated_at=at,
    )
    facts = {"name": name, "client_id": application.client_id, "scopes": application.scopes, "expires_at": expires_at}
    tell = [Tell("partner", facts, organisation=organisation.pk, roles=("partner", "investor"))]
    record(events.application_issued, application, by=by, at=at, facts=facts, tell=tell)
    return application, secret


@transaction.atomic
def revoke_application(application: OAuthApplication, *, by: Actor, at: datetime) -> None:
    """Kill an application and every token it holds, at once. Raises NotAllowed; a second call changes nothing."""
    if not access.may_manage_keys(by, application.organisation):
        raise NotAllowed
    if OAuthApplication.objects.filter(pk=application.pk, revoked_at=None).update(revoked_at=at):
        record(events.application_revoked, application, by=by, at=at, facts={"name": application.name, "client_id": application.client_id})


@transaction.atomic
def set_access(organisation: Organisation, *, has_access: bool, until: datetime | None, by: Actor, at: datetime) -> None:
    """Write down whether and until when an organisation's people and keys may come in; agreements above decide it.

    Its sandbox is as open as it is itself.
    """
    itself_and_its_sandbox = Q(pk=organisation.pk) | Q(sandbox_of=organisation.pk)
    Organisation.objects.filter(itself_and_its_sandbox).update(has_access=has_access, access_until=until)
    organisation.has_access, organisation.access_until = has_access, until
    record(events.access_changed, organisation, by=by, at=at, facts={"has_access": has_access, "until": until})
