"""The keys that sign webhooks, as Standard Webhooks writes them: `v1` with a shared secret, `v1a` with an ed25519 key."""

from __future__ import annotations

import base64
import os
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks.webhooks import Webhook

from incubator.lib import sealing
from incubator.lib.clock import now

if TYPE_CHECKING:
    from incubator.notifications.models import WebhookEndpoint

SECRET_PURPOSE = "webhook-secret"  # noqa: S105 - what the sealing is bound to
PRIVATE_KEY_PURPOSE = "webhook-private-key"


def new_secret() -> str:
    """32 random bytes as Standard Webhooks writes them, sent to the owner of the endpoint once."""
    return f"whsec_{base64.b64encode(os.urandom(32)).decode()}"


def new_key_pair() -> tuple[str, str]:
    """A new ed25519 key, sealed, and its public half. The private half is never shown to anybody."""
    key = Ed25519PrivateKey.generate()
    sealed = sealing.seal(base64.b64encode(key.private_bytes_raw()).decode(), purpose=PRIVATE_KEY_PURPOSE)
    return sealed, f"whpk_{base64.b64encode(key.public_key().public_bytes_raw()).decode()}"


def signatures(endpoint: WebhookEndpoint, identity: str, at: datetime, body: bytes) -> str:
    """The header `webhook-signature`. While keys are being exchanged the old ones sign too."""
    signed = [Webhook(secret).sign(identity, at, body.decode()) for secret in secrets_of(endpoint)]
    content = f"{identity}.{int(at.timestamp())}.".encode() + body
    return " ".join([*signed, *(f"v1a,{base64.b64encode(key.sign(content)).decode()}" for key in private_keys_of(endpoint))])


def secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """The secrets that sign now, the newest first."""
    return [sealing.unseal(one, purpose=SECRET_PURPOSE) for one in _valid(endpoint, endpoint.secret_sealed, endpoint.previous_secret_sealed)]


def private_keys_of(endpoint: WebhookEndpoint) -> list[Ed25519PrivateKey]:
    """The ed25519 keys that sign now, the newest first; none for an endpoint that did not ask for them."""
    sealed = _valid(endpoint, endpoint.private_key_sealed, endpoint.previous_private_key_sealed)
    return [Ed25519PrivateKey.from_private_bytes(base64.b64decode(sealing.unseal(one, purpose=PRIVATE_KEY_PURPOSE))) for one in sealed]


def _valid(endpoint: WebhookEndpoint, newest: str, previous: str) -> list[str]:
    old_signs = endpoint.previous_secret_until is not None and endpoint.previous_secret_until > now()
    return [one for one in (newest, previous if old_signs else "") if one]
