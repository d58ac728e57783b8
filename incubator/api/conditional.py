"""Strong ETags, If-None-Match and If-Match."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from incubator.api.authentication import Credential
from incubator.api.problems import Problem

MARK = re.compile(r'(?<="[0-9a-f]{32})-[0-9a-f]{16}"$')


def version_tag(version: int, credential: Credential) -> str:
    """The tag of a row's version as this credential sees it."""
    scope = f"{credential.organisation_id}:{','.join(sorted(credential.scopes))}"
    return f'"{version}-{hashlib.sha256(scope.encode()).hexdigest()[:12]}"'


def body_tag(body: bytes) -> str:
    """The tag of what nobody changes through this API: a hash of the bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tags(header: str) -> set[str]:
    return {part.strip() for part in header.split(",")}


def unchanged(request: HttpRequest, etag: str) -> bool:
    """Whether the caller has this version already. Weak tags compare by their value here (RFC 9110, 13.1.2).

    Of a tag with a mark (see `editions`) only the hash of the body counts.
    """
    given = request.headers.get("If-None-Match")
    return given is not None and (given.strip() == "*" or _unmarked(etag) in {_unmarked(tag.removeprefix("W/")) for tag in tags(given)})


def _unmarked(tag: str) -> str:
    return MARK.sub('"', tag)


def not_modified(etag: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(status=304, headers={"ETag": etag, **(headers or {})})
    del response["Content-Type"]
    return response


def must_match(request: HttpRequest, etag: str) -> None:
    """The caller acts on the version it has read. Raises Problem 428 without If-Match, 412 with another tag.

    The comparison is strong: `*` and weak tags never match, since neither says what was read.
    """
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem("if_match_missing")
    if etag not in tags(given):
        raise Problem("stale_etag", headers={"ETag": etag}, current=etag)
