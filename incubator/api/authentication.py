"""API keys: `Authorization: Bearer spk_<key id>.<secret>`, `spk_test_…` for a sandbox. One statement reads the key and its organisation's access."""

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

from incubator.accounts.models import LIVE_KEY, TEST_KEY, ApiKey
from incubator.api import versions
from incubator.api.problems import Problem
from incubator.api.statements import Slot, statement
from incubator.lib import sealing
from incubator.lib.actor import ActingAs
from incubator.lib.clock import now

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}
REFUSED = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}
# Compared with when no such key exists, so that both answers take as long.
NOBODY = "0:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Credential:
    """A live key and the actor it stands for."""

    id: UUID
    name: str
    key_id: str
    scopes: frozenset[str]
    expires_at: datetime
    pinned: str
    organisation_id: UUID
    organisation_kind: str
    organisation_name: str
    actor: ActingAs


def _lookup() -> models.QuerySet[Any, Any]:
    return ApiKey.objects.filter(key_id=Slot("key_id", models.CharField())).values_list(
        "id",
        "name",
        "key_id",
        "secret_digest",
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


def authenticate(request: HttpRequest, request_id: str) -> Credential:
    """The credential of the request. Raises Problem: 401 for the key itself, 403 for its organisation or address."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        raise Problem("credential_missing", headers=CHALLENGE)
    key_id, dot, secret = token.strip().removeprefix(TEST_KEY).removeprefix(LIVE_KEY).partition(".")
    if not token.startswith(LIVE_KEY) or not dot or not key_id.isalnum() or len(key_id) > 16 or not token.isascii():
        raise Problem("credential_invalid", headers=REFUSED)
    rows = statement("credential", _lookup).run({"key_id": key_id}, limit=1)
    if not sealing.matches(secret, rows[0][3] if rows else NOBODY) or not rows:
        raise Problem("credential_invalid", headers=REFUSED)
    pk, name, key_id, _digest, scopes, networks, pinned, expires_at, revoked_at, organisation_id, kind, house, has_access, until, is_sandbox = rows[0]
    if token.startswith(TEST_KEY) != is_sandbox:
        raise Problem("credential_invalid", headers=REFUSED)
    at = now()
    if revoked_at is not None:
        raise Problem("credential_revoked", headers=REFUSED)
    if expires_at <= at:
        raise Problem("credential_expired", headers=REFUSED)
    if not has_access or (until is not None and until <= at):
        raise Problem("access_ended")
    if networks and not within(client_address(request), networks):
        raise Problem("address_not_allowed")
    actor = ActingAs(
        kind="credential",
        name=name,
        credential_id=pk,
        organisation_id=organisation_id,
        organisation_kind=kind,
        roles=frozenset({kind}),
        scopes=frozenset(scopes),
        request_id=request_id,
        is_sandbox=is_sandbox,
    )
    return Credential(pk, name, key_id, frozenset(scopes), expires_at, pinned, organisation_id, kind, house, actor)


def pin(credential: Credential) -> None:
    """Bind the credential to today's version, at its first call. One statement, then never again."""
    if not credential.pinned:
        ApiKey.objects.filter(pk=credential.id, api_version="").update(api_version=versions.CURRENT)


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
