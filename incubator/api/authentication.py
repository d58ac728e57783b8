"""`Authorization: Bearer` with an API key, `spk_<key id>.<secret>` (`spk_test_…` for a sandbox), or an access token of an OAuth application, `spt_…`.

One statement reads the credential and its organisation's access.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from oauth2_provider.models import AccessToken

from incubator.accounts.models import LIVE_KEY, TEST_KEY, ApiKey, OAuthApplication
from incubator.api import versions
from incubator.api.problems import Problem
from incubator.lib import sealing
from incubator.lib.actor import ActingAs
from incubator.lib.clock import now
from incubator.lib.statements import Slot, statement

ACCESS_PREFIX = "spt_"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}
REFUSED = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}
ACCESS_EXPIRED = "An access token lives ten minutes. Fetch a new one from /api/v1/oauth/token."
APPLICATION_ENDED = "The application has expired. Make a new one on the developers page and use it instead."
# Compared with when no such key exists, so that both answers take as long.
NOBODY = "0:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Credential:
    """A live key or token and the actor it stands for. `id` is the key's or the application's, whichever token it holds."""

    id: UUID
    kind: type[ApiKey | OAuthApplication]
    name: str
    key_id: str
    scopes: frozenset[str]
    expires_at: datetime
    pinned: str
    organisation_id: UUID
    organisation_kind: str
    organisation_name: str
    actor: ActingAs


def _columns(path: str = "") -> list[str]:
    """What is read of a key, or by a path of an application, in the order in which `_admitted` takes it."""
    names = (
        "id",
        "name",
        "scopes",
        "allowed_networks",
        "api_version",
        "expires_at",
        "revoked_at",
        "organisation_id",
        "organisation__kind",
        "organisation__name",
        "organisation__has_access",
        "organisation__access_until",
        "organisation__is_sandbox",
    )
    return [f"{path}{name}" for name in names]


def _key() -> models.QuerySet[Any, Any]:
    return ApiKey.objects.filter(key_id=Slot("key_id", models.CharField())).values_list("key_id", "secret_digest", *_columns())


def _token() -> models.QuerySet[Any, Any]:
    rows: models.QuerySet[Any, Any] = AccessToken.objects.filter(token_checksum=Slot("checksum", models.CharField()))
    return rows.values_list("application__client_id", "scope", "expires", *_columns("application__"))


def authenticate(request: HttpRequest, request_id: str) -> Credential:
    """The credential of the request. Raises Problem: 401 for the key itself, 403 for its organisation or address."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        raise Problem("credential_missing", headers=CHALLENGE)
    if token.startswith(ACCESS_PREFIX):
        return _by_token(request, token.strip(), request_id)
    return _by_key(request, token.strip(), request_id)


def _by_key(request: HttpRequest, token: str, request_id: str) -> Credential:
    key_id, dot, secret = token.removeprefix(TEST_KEY).removeprefix(LIVE_KEY).partition(".")
    if not token.startswith(LIVE_KEY) or not dot or not key_id.isalnum() or len(key_id) > 16 or not token.isascii():
        raise Problem("credential_invalid", headers=REFUSED)
    rows = statement("credential", _key).run({"key_id": key_id}, limit=1)
    if not sealing.matches(secret, rows[0][1] if rows else NOBODY) or not rows:
        raise Problem("credential_invalid", headers=REFUSED)
    key_id, _digest, *found = rows[0]
    if token.startswith(TEST_KEY) != found[-1]:  # whether the organisation is a sandbox
        raise Problem("credential_invalid", headers=REFUSED)
    return _admitted(request, ApiKey, key_id, found, request_id)


def _by_token(request: HttpRequest, token: str, request_id: str) -> Credential:
    """Only a token's fingerprint is stored, and 32 random bytes cannot be guessed: finding the row is the proof."""
    rows = statement("access token", _token).run({"checksum": sealing.fingerprint(token)}, limit=1) if token.isascii() else []
    if not rows:
        raise Problem("credential_invalid", headers=REFUSED)
    client_id, scope, expires, *found = rows[0]
    if expires <= now():
        raise Problem("credential_expired", ACCESS_EXPIRED, headers=REFUSED)
    return _admitted(request, OAuthApplication, client_id, found, request_id, token_scopes=scope.split(), token_expires=expires)


def _admitted(
    request: HttpRequest,
    kind: type[ApiKey | OAuthApplication],
    key_id: str,
    found: Sequence[Any],
    request_id: str,
    *,
    token_scopes: Sequence[str] | None = None,
    token_expires: datetime | None = None,
) -> Credential:
    """What a key and an application are both held to. A token has scopes and an end of its own."""
    pk, name, scopes, networks, pinned, expires_at, revoked_at, organisation_id, organisation_kind, house, has_access, until, is_sandbox = found
    at = now()
    if revoked_at is not None:
        raise Problem("credential_revoked", headers=REFUSED)
    if expires_at <= at:
        raise Problem("credential_expired", APPLICATION_ENDED if token_expires else "", headers=REFUSED)
    if not has_access or (until is not None and until <= at):
        raise Problem("access_ended")
    if networks and not within(client_address(request), networks):
        raise Problem("address_not_allowed")
    held = frozenset(scopes if token_scopes is None else token_scopes)
    actor = ActingAs(
        kind="credential",
        name=name,
        credential_id=pk,
        organisation_id=organisation_id,
        organisation_kind=organisation_kind,
        roles=frozenset({organisation_kind}),
        scopes=held,
        request_id=request_id,
        is_sandbox=is_sandbox,
    )
    return Credential(pk, kind, name, key_id, held, token_expires or expires_at, pinned, organisation_id, organisation_kind, house, actor)


def pin(credential: Credential) -> None:
    """Bind the credential to today's version, at its first call. One statement, then never again."""
    if not credential.pinned:
        credential.kind._default_manager.filter(pk=credential.id, api_version="").update(api_version=versions.CURRENT)


def client_address(request: HttpRequest) -> str:
    """Where the call comes from. Forwarded addresses count only as far as our own proxies wrote them."""
    hops = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if hops:
        forwarded = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
        if len(forwarded) >= hops:
            return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def within(address: str, networks: Sequence[str]) -> bool:
    """Whether the address lies in one of the networks. What cannot be read lies in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    for network in networks:
        try:
            inside = ipaddress.ip_network(network, strict=False)
        except ValueError:
            continue
        if parsed in inside or (mapped is not None and mapped in inside):
            return True
    return False
