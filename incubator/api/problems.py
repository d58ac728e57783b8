"""Problem documents (RFC 9457): the catalogue of what can go wrong, and how any exception becomes one of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg2
from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, IntegrityError
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail

from incubator.lib.refusals import Refusal
from incubator.web.refusals import is_unavailable

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Type:
    """One documented kind of problem. Its `type` URI is its anchor on the page of errors."""

    code: str
    status: int
    title: str
    detail: str


CATALOGUE: dict[str, Type] = {
    one.code: one
    for one in (
        Type("malformed_request", 400, "The request cannot be read", "A part of the request is not well-formed."),
        Type("malformed_json", 400, "The body is not JSON", "Send one JSON object, encoded in UTF-8, without lone surrogates."),
        Type("too_deep", 400, "The body is nested too deeply", "No field of this API nests deeper than 8 levels."),
        Type("invalid", 400, "Some input is not acceptable", "See errors: each entry points at the input and says what is wrong with it."),
        Type("unknown_parameter", 400, "Unknown query parameter", "Remove the parameters named in errors, or correct their spelling."),
        Type("invalid_parameter", 400, "A query parameter is not acceptable", "See errors for the parameter and what it takes."),
        Type("invalid_cursor", 400, "The cursor does not fit", "Use a cursor with the credential, the filters and the order it was given for, unchanged."),
        Type("unknown_version", 400, "Unknown API version", "Send one of the versions listed in the guide, or no API-Version header."),
        Type("idempotency_key_missing", 400, "Idempotency-Key is missing", "Send an Idempotency-Key header of 1 to 255 visible characters."),
        Type("invalid_request", 400, "The token request is not well-formed", "Send grant_type=client_credentials as a form, each parameter once."),
        Type("unsupported_grant_type", 400, "This grant type is not offered", "Send grant_type=client_credentials."),
        Type(
            "invalid_scope",
            400,
            "The application may not have this scope",
            "Ask for scopes that the application was made with, or for none to get all of them.",
        ),
        Type(
            "unauthorized_client",
            400,
            "The application may not be used now",
            "Your organisation has no access, or the address is not one of those that the application is limited to.",
        ),
        Type("invalid_client", 401, "The application is not known", "Check client id and secret; a revoked or expired application answers like this too."),
        Type("credential_missing", 401, "No credential", "Send an API key or an access token: Authorization: Bearer …"),
        Type(
            "credential_invalid", 401, "The credential is not valid", "There is no such key or token, or its secret is wrong. Check that it was copied in full."
        ),
        Type("credential_expired", 401, "The credential has expired", "Make a new key on the developers page and use it instead."),
        Type("credential_revoked", 401, "The credential was revoked", "Make a new key on the developers page and use it instead."),
        Type("access_ended", 403, "Your organisation has no access", "Keys and applications work while an agreement is active. Ask your contact at the park."),
        Type(
            "address_not_allowed",
            403,
            "This address may not use the key",
            "The key is limited to certain network addresses. Call from one of them, or change the list.",
        ),
        Type("scope_missing", 403, "The credential lacks a scope", "Make a key with the scope named in required_scope."),
        Type("not_allowed", 403, "Not allowed", "The thing may be seen, but your organisation may not do this to it."),
        Type("not_found", 404, "Not found", "There is nothing here that this credential may see."),
        Type("method_not_allowed", 405, "Method not allowed", "See the Allow header for what this address takes."),
        Type("not_acceptable", 406, "Not acceptable", "This API answers application/json only."),
        Type("conflict", 409, "This is not possible now", "The present state does not allow it. See allowed for what is possible."),
        Type("busy", 409, "Somebody else is changing this", "Wait as Retry-After says and send the same request again."),
        Type("idempotency_key_in_use", 409, "The first request with this key is still running", "Wait as Retry-After says and send the same request again."),
        Type("stale_etag", 412, "The resource has changed", "Fetch it again, look at the change, and send the new ETag in If-Match."),
        Type("body_too_large", 413, "The body is too large", "A body of this API is never larger than 64 KiB."),
        Type("unsupported_media_type", 415, "Unsupported media type", "Send the body as application/json."),
        Type("idempotency_key_reused", 422, "The Idempotency-Key was used for another request", "Use a new key for every new request."),
        Type("unprocessable", 422, "The input is well-formed but not acceptable", "See detail and errors."),
        Type("if_match_missing", 428, "If-Match is missing", "Send the ETag of the version you have read in If-Match."),
        Type("rate_limited", 429, "Too many requests", "Wait as Retry-After says. The RateLimit headers tell what is left."),
        Type("too_many_at_once", 429, "Too many requests at once", "Wait for an answer before you send the next request; see limits in the guide."),
        Type("internal_error", 500, "Something broke on our side", "It has been recorded. Tell us the request_id if it stays."),
        Type("unavailable", 503, "Temporarily unavailable", "Wait as Retry-After says and send the same request again."),
    )
}


class Problem(Exception):
    """An answer that is not a success. `extra` adds members to the document, `headers` to the response."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Iterable[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        self.type = CATALOGUE[code]
        self.code = code
        self.status = self.type.status
        self.detail = detail or self.type.detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = extra
        super().__init__(code)

    def response(self, request_id: str) -> HttpResponse:
        """The document, the same for everybody but for the request's id."""
        document: dict[str, Any] = {
            "type": type_uri(self.type.code),
            "title": self.type.title,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:request:{request_id}",
            "code": self.code,
            "request_id": request_id,
            **self.extra,
            "errors": self.errors,
        }
        return HttpResponse(orjson.dumps(document), status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


def type_uri(code: str) -> str:
    """Where the problem is explained; stable."""
    return f"{settings.BASE_URL}/api/v1/docs/errors#{code}"


def error(pointer: str, code: str, detail: str) -> dict[str, str]:
    """One entry of `errors`. `pointer` is a JSON Pointer into the body, or a parameter's or header's name."""
    return {"pointer": pointer, "code": code, "detail": detail}


def from_refusal(refusal: Refusal) -> Problem:
    """A domain's «no»: its own code and words, under the documented type of its status."""
    general = {403: "not_allowed", 422: "unprocessable"}.get(refusal.status, "conflict")
    if refusal.code == "stale":
        general = "busy"
    message = str(refusal)
    problem = Problem(
        general,
        message,
        errors=[error(f"/{refusal.field}", refusal.code, message)] if refusal.field else [],
        headers={"Retry-After": "1"} if general == "busy" else None,
        **({"allowed": list(refusal.allowed)} if general == "conflict" else {}),
    )
    if refusal.code not in CATALOGUE:  # the general types keep their own code
        problem.code = refusal.code
    return problem


def from_validation(details: Any) -> Problem:
    """The errors of a serializer, each with the JSON Pointer of its field."""
    return Problem("invalid", errors=list(_walk(details, "")))


def _walk(details: Any, pointer: str) -> Iterable[dict[str, str]]:
    if isinstance(details, Mapping):
        for name, inner in details.items():
            step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _walk(inner, pointer + step)
    elif isinstance(details, (list, tuple)):
        for number, inner in enumerate(details):
            yield from _walk(inner, pointer if isinstance(inner, ErrorDetail) else f"{pointer}/{number}")
    else:
        yield error(pointer, str(getattr(details, "code", "invalid")), str(details))


def from_exception(exception: BaseException) -> Problem:
    """The problem for any exception. What is not expected becomes `internal_error`, without its text; the gate reports it."""
    if isinstance(exception, Problem):
        return exception
    if isinstance(exception, Refusal):
        return from_refusal(exception)
    if isinstance(exception, (Http404, ObjectDoesNotExist, exceptions.NotFound)):
        return Problem("not_found")
    if isinstance(exception, exceptions.ValidationError):
        return from_validation(exception.detail)
    if isinstance(exception, RequestDataTooBig):
        return Problem("body_too_large")
    if isinstance(exception, (BadRequest, DisallowedHost, SuspiciousOperation, UnicodeError)):
        return Problem("malformed_request")
    if isinstance(exception, DatabaseError) and (problem := _from_database(exception)):
        return problem
    return Problem("internal_error")


# SQLSTATE of what may go wrong without anybody's mistake: lock not available, deadlock, serialisation, two at once.
BUSY = {"55P03", "40P01", "40001"}
CONFLICT = {"23P01", "23505"}


def sqlstate(exception: DatabaseError) -> str:
    """The five characters with which Postgres names the error; empty if the connection itself failed."""
    cause = exception.__cause__
    return (cause.pgcode or "") if isinstance(cause, psycopg2.Error) else ""


def _from_database(exception: DatabaseError) -> Problem | None:
    state = sqlstate(exception)
    if state in BUSY:
        return Problem("busy", headers={"Retry-After": "1"})
    if isinstance(exception, IntegrityError) and state in CONFLICT:
        return Problem("conflict", allowed=[])
    if is_unavailable(exception):
        logger.error("api_database_unavailable", exc_info=exception)
        return Problem("unavailable", headers={"Retry-After": "5"})
    return None
