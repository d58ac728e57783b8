"""Sealing small secrets at rest (AES-GCM, numbered keys) and keyed digests of credentials."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Unreadable(Exception):
    """The sealed text was made with an unknown key, or was changed."""


def seal(text: str, *, purpose: str, stable: bool = False) -> str:
    """Encrypt `text` with the newest of settings.FIELD_KEYS, bound to `purpose`. Gives `<key number>.<base64>`.

    `stable` gives the same sealed text for the same text and purpose, which shows that two are equal: for cursors,
    so that an unchanged page stays unchanged; not for what is stored.
    """
    keys: Mapping[int, bytes] = settings.FIELD_KEYS
    number = max(keys)
    nonce = hmac.new(keys[number], f"{purpose}\0{text}".encode(), hashlib.sha256).digest()[:12] if stable else os.urandom(12)
    box = AESGCM(keys[number]).encrypt(nonce, text.encode(), purpose.encode())
    return f"{number}.{base64.urlsafe_b64encode(nonce + box).decode()}"


def unseal(sealed: str, *, purpose: str) -> str:
    """The text behind `seal`. Raises Unreadable when the key is gone, the purpose differs or a byte was changed."""
    number, _, body = sealed.partition(".")
    try:
        raw = base64.urlsafe_b64decode(body)
        if base64.urlsafe_b64encode(raw).decode() != body:  # Python's decoder passes over what is no base64: one text, one spelling
            raise Unreadable(purpose)
        return AESGCM(settings.FIELD_KEYS[int(number)]).decrypt(raw[:12], raw[12:], purpose.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise Unreadable(purpose) from error


def digest(secret: str) -> str:
    """The peppered digest of a long random secret, `<pepper number>:<hex>`, as stored for API keys."""
    peppers: Mapping[int, bytes] = settings.API_KEY_PEPPERS
    number = max(peppers)
    return f"{number}:{hmac.new(peppers[number], secret.encode(), hashlib.sha256).hexdigest()}"


def matches(secret: str, stored: str) -> bool:
    """Whether `secret` has the stored digest. Constant time in the secret."""
    number, _, expected = stored.partition(":")
    pepper = settings.API_KEY_PEPPERS.get(int(number)) if number.isdigit() else None
    if pepper is None:
        return False
    return hmac.compare_digest(hmac.new(pepper, secret.encode(), hashlib.sha256).hexdigest(), expected)


def fingerprint(token: str) -> str:
    """SHA-256 of a 32-byte random token: what is stored of capability links and invitations."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """32 random bytes, URL-safe."""
    return secrets.token_urlsafe(32)
