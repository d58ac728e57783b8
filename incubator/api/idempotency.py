"""Idempotency-Key: the same request takes effect once, however often it arrives and whatever breaks in between."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db import OperationalError
from django.http import HttpRequest

from incubator.api.models import IdempotencyKey
from incubator.api.problems import Problem, error, sqlstate
from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from incubator.lib.prepared import Prepared

if TYPE_CHECKING:
    from incubator.api.endpoints import ApiRequest

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
LOCK_NOT_AVAILABLE = "55P03"

# Waits for a twin that has not committed yet. A key older than 24 hours is free again.
CLAIM = Prepared(
    """
INSERT INTO api_idempotencykey (id, organisation_id, key, fingerprint, created_at)
VALUES (%(id)s, %(organisation)s, %(key)s, %(fingerprint)s, %(at)s)
ON CONFLICT (organisation_id, key) DO UPDATE
SET id = EXCLUDED.id, fingerprint = EXCLUDED.fingerprint, created_at = EXCLUDED.created_at, resource_id = NULL
WHERE api_idempotencykey.created_at <= %(stale)s
RETURNING id
""",
    {"id": "uuid", "organisation": "uuid", "key": "text", "fingerprint": "text", "at": "timestamptz", "stale": "timestamptz"},
)
KEEP = Prepared("UPDATE api_idempotencykey SET resource_id = %(resource)s WHERE id = %(id)s RETURNING id", {"resource": "uuid", "id": "uuid"})


@dataclass(frozen=True, slots=True)
class Claim:
    """A key taken by this request, or (with a `resource_id`) one that has done its work before."""

    id: UUID
    resource_id: UUID | None


def key_of(request: HttpRequest) -> str:
    """The key. Raises Problem if it is absent, empty, too long or not plain visible characters."""
    key = request.headers.get(HEADER, "").strip()
    if not VISIBLE.fullmatch(key):
        raise Problem("idempotency_key_missing", errors=[error(HEADER, "required", "1 to 255 visible characters; a UUID is a good one.")])
    return key


def fingerprint(request: HttpRequest, data: Mapping[str, Any]) -> str:
    """What makes two requests the same: method, path and body, however the body was spaced and ordered."""
    canonical = orjson.dumps([request.method, request.path, data], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def claim(request: ApiRequest, key: str, data: Mapping[str, Any]) -> Claim:
    """Take the key, inside the transaction of the effect. One statement, two for a key that is known.

    Waits for a twin under way as long as the lock time-out. Raises Problem: 409 while the twin still runs, 422 if
    the key was used for another request.
    """
    at = now()
    organisation = request.credential.organisation_id
    print_ = fingerprint(request, data)
    values: dict[str, Any] = {"id": uuid7(), "organisation": organisation, "key": key, "fingerprint": print_, "at": at, "stale": at - KEPT}
    try:
        taken = CLAIM.run(values)
    except OperationalError as failure:
        if sqlstate(failure) == LOCK_NOT_AVAILABLE:
            raise Problem("idempotency_key_in_use", headers={"Retry-After": "1"}) from failure
        raise
    if taken:
        return Claim(taken[0][0], None)
    known = IdempotencyKey.objects.values_list("id", "fingerprint", "resource_id").get(organisation_id=organisation, key=key)
    if known[1] != print_:
        raise Problem("idempotency_key_reused")
    return Claim(known[0], known[2])


def keep(claim: Claim, resource_id: UUID) -> None:
    """Remember what the request made. One statement."""
    KEEP.run({"resource": resource_id, "id": claim.id})


def forget(*, at: datetime) -> int:
    """Delete keys older than 24 hours; they would be free anyway."""
    return IdempotencyKey.objects.filter(created_at__lte=at - KEPT).delete()[0]
