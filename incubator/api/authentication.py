"""`Authorization: Bearer` with an API key, `spk_<key id>.<secret>` (`spk_test_…` for a sandbox), or an access token of an OAuth application, `spt_…`.

One statement reads the credential and its organisation's access. What it read is kept in the process, to be trusted only
as far as the statement of the answer confirms it.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
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
from incubator.lib.statements import Slot, Verbatim, statement

ACCESS_PREFIX = "spt_"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}
REFUSED = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}
ACCESS_EXPIRED = "An access token lives ten minutes. Fetch a new one from /api/v1/oauth/token."
APPLICATION_ENDED = "The application has expired. Make a new one on the developers page and use it instead."
# Compared with when no such key exists, so that both answers take as long.
NOBODY = "0:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Proof:
    """What the rows behind a credential were when they were read. `PROOFS[kind]` finds a row while they still are that."""

    kind: str
    id: UUID | int
    digest: str

    def values(self) -> dict[str, Any]:
        return {f"proof_{self.kind}": self.id, "proof_digest": self.digest}


def _fingerprint(*tables: str) -> str:
    """SQL for that of whole rows: what is added to a table later counts as well."""
    return f"encode(sha256(convert_to({' || '.join(f'{table}::text' for table in tables)}, 'UTF8')), 'hex')"


KEY_ROWS = _fingerprint("accounts_apikey", "accounts_organisation")
APPLICATION_ROWS = _fingerprint("oauth2_provider_accesstoken", "accounts_oauthapplication", "accounts_organisation")
PROOFS = {
    "": "SELECT 1",  # it was read for this very request
    "key": f"""SELECT 1 FROM accounts_apikey JOIN accounts_organisation ON accounts_organisation.id = accounts_apikey.organisation_id
        WHERE accounts_apikey.id = %(proof_key)s AND {KEY_ROWS} = %(proof_digest)s""",  # noqa: S608 - constants of this module
    "token": f"""SELECT 1 FROM oauth2_provider_accesstoken
        JOIN accounts_oauthapplication ON accounts_oauthapplication.id = oauth2_provider_accesstoken.application_id
        JOIN accounts_organisation ON accounts_organisation.id = accounts_oauthapplication.organisation_id
        WHERE oauth2_provider_accesstoken.id = %(proof_token)s AND {APPLICATION_ROWS} = %(proof_digest)s""",  # noqa: S608 - constants of this module
}
PROOF_TYPES = {"proof_key": "uuid", "proof_token": "bigint", "proof_digest": "text"}


@dataclass(frozen=True, slots=True)
class Known:
    """A credential as it was read: enough to admit its next request, which then has to prove that it is still so."""

    kind: type[ApiKey | OAuthApplication]
    key_id: str
    found: Sequence[Any]
    proof: Proof
    token_scopes: Sequence[str] | None = None
    token_expires: datetime | None = None


# By the fingerprint of what was sent: the secret itself is not kept. Never true by itself, see `known`.
_known: OrderedDict[str, Known] = OrderedDict()
KNOWN_MOST = 1_000
_lock = Lock()


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
    proof: Proof


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
    return ApiKey.objects.filter(key_id=Slot("key_id", models.CharField())).values_list("pk", Verbatim(KEY_ROWS), "key_id", "secret_digest", *_columns())


def _token() -> models.QuerySet[Any, Any]:
    rows: models.QuerySet[Any, Any] = AccessToken.objects.filter(token_checksum=Slot("checksum", models.CharField()))
    return rows.values_list("pk", Verbatim(APPLICATION_ROWS), "application__client_id", "scope", "expires", *_columns("application__"))


def authenticate(request: HttpRequest, request_id: str) -> Credential:
    """The credential of the request. Raises Problem: 401 for the key itself, 403 for its organisation or address."""
    token = _bearer(request)
    if token is None:
        raise Problem("credential_missing", headers=CHALLENGE)
    fingerprint = sealing.fingerprint(token)
    with _lock:
        _known.pop(fingerprint, None)
    read = _by_token(token) if token.startswith(ACCESS_PREFIX) else _by_key(token)
    credential = _admitted(request, read, request_id)
    with _lock:
        _known[fingerprint] = read
        if len(_known) > KNOWN_MOST:
            _known.popitem(last=False)
    return credential


def known(request: HttpRequest, request_id: str) -> Credential | None:
    """The credential as it was when it was last read; None if it was not, or would not be admitted now.

    Whoever uses it shows nothing, changes nothing and refuses nothing before its `proof` has held in the database.
    """
    read = _known.get(sealing.fingerprint(_bearer(request) or ""))
    try:
        return _admitted(request, read, request_id) if read else None
    except Problem:
        return None


def _bearer(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if token and scheme.lower() == "bearer" else None


def _by_key(token: str) -> Known:
    key_id, dot, secret = token.removeprefix(TEST_KEY).removeprefix(LIVE_KEY).partition(".")
    if not token.startswith(LIVE_KEY) or not dot or not key_id.isalnum() or len(key_id) > 16 or not token.isascii():
        raise Problem("credential_invalid", headers=REFUSED)
    rows = statement("credential", _key).run({"key_id": key_id}, limit=1)
    if not sealing.matches(secret, rows[0][3] if rows else NOBODY) or not rows:
        raise Problem("credential_invalid", headers=REFUSED)
    pk, rows_digest, key_id, _digest, *found = rows[0]
    if token.startswith(TEST_KEY) != found[-1]:  # whether the organisation is a sandbox
        raise Problem("credential_invalid", headers=REFUSED)
    return Known(ApiKey, key_id, found, Proof("key", pk, rows_digest))


def _by_token(token: str) -> Known:
    """Only a token's fingerprint is stored, and 32 random bytes cannot be guessed: finding the row is the proof."""
    rows = statement("access token", _token).run({"checksum": sealing.fingerprint(token)}, limit=1) if token.isascii() else []
    if not rows:
        raise Problem("credential_invalid", headers=REFUSED)
    pk, rows_digest, client_id, scope, expires, *found = rows[0]
    return Known(OAuthApplication, client_id, found, Proof("token", pk, rows_digest), scope.split(), expires)


def _admitted(request: HttpRequest, read: Known, request_id: str) -> Credential:
    """What a key and an application are both held to. A token has scopes and an end of its own."""
    pk, name, scopes, networks, pinned, expires_at, revoked_at, organisation_id, organisation_kind, house, has_access, until, is_sandbox = read.found
    at = now()
    if read.token_expires and read.token_expires <= at:
        raise Problem("credential_expired", ACCESS_EXPIRED, headers=REFUSED)
    if revoked_at is not None:
        raise Problem("credential_revoked", headers=REFUSED)
    if expires_at <= at:
        raise Problem("credential_expired", APPLICATION_ENDED if read.token_expires else "", headers=REFUSED)
    if not has_access or (until is not None and until <= at):
        raise Problem("access_ended")
    if networks and not within(client_address(request), networks):
        raise Problem("address_not_allowed")
    held = frozenset(scopes if read.token_scopes is None else read.token_scopes)
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
    ends_at = read.token_expires or expires_at
    return Credential(pk, read.kind, name, read.key_id, held, ends_at, pinned, organisation_id, organisation_kind, house, actor, read.proof)


def pinned(request: HttpRequest, credential: Credential) -> Credential:
    """Bind the credential to today's version, at its first call, and read what it is then. Two statements, never again."""
    if credential.pinned:
        return credential
    credential.kind._default_manager.filter(pk=credential.id, api_version="").update(api_version=versions.CURRENT)
    return authenticate(request, credential.actor.request_id)


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
