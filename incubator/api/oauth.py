"""OAuth2 for partners' systems: id and secret of an application for a token of ten minutes, and giving it back.

Client credentials (RFC 6749, 4.4) and revocation (RFC 7009), done by the OAuth toolkit. Answers that are no success
are problem documents like everywhere, with `error` and `error_description` beside, and are sent as application/json,
because that is what OAuth libraries read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, UnauthorizedClientError

from incubator.accounts.models import OAuthApplication
from incubator.api import scopes, throttling
from incubator.api.authentication import ACCESS_PREFIX, client_address, within
from incubator.api.problems import CATALOGUE, Problem, error
from incubator.api.serializers import BODY_MOST
from incubator.lib import sealing

KEPT = timedelta(days=1)
FORM = "application/x-www-form-urlencoded"
# Errors of the RFCs and what they are about, for `errors` of the problem document.
POINTERS = {"invalid_scope": "scope", "unsupported_grant_type": "grant_type"}


def new_access_token(request: Any) -> str:
    """32 random bytes under a prefix by which secret scanners and `authenticate` know it."""
    return ACCESS_PREFIX + sealing.new_token()


class Scopes(BaseScopes):  # type: ignore[misc]
    """The API's own scopes; an application may ask for those it was made with, and gets all of them if it names none."""

    def get_all_scopes(self) -> Mapping[str, Any]:
        return {name: scopes.LABELS[name] for name in scopes.all_scopes()}

    def get_available_scopes(self, application: OAuthApplication, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        return list(application.scopes)

    get_default_scopes = get_available_scopes


class Validator(OAuth2Validator):  # type: ignore[misc]
    """The toolkit's rules, with our secrets and the limits that keys have: end, revocation, agreement, address, rate."""

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        return sealing.matches(provided_secret, stored_secret)

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether id and secret belong together. Raises OAuth2Error for an application that may not be used, Problem 429."""
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        application: OAuthApplication = request.client
        if not application.is_live():
            raise InvalidClientError(description="The application was revoked or has expired. Make a new one on the developers page.")
        if not application.organisation.is_open():
            raise UnauthorizedClientError(description="Your organisation has no access. Applications work while an agreement is active.")
        if application.allowed_networks and not within(request.headers["client_address"], application.allowed_networks):
            raise UnauthorizedClientError(description="The application is limited to certain network addresses. Call from one of them.")
        state = throttling.spend(application.pk, "write")
        if not state.allowed:
            raise throttling.refuse(state)
        return True

    def _check_and_set_request_resource(self, request: Any) -> None:
        """There is one resource here, this API; the parameter of RFC 8707 is ignored, as that RFC allows."""
        request.resource = []

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Forget the token if it is the application's own; another's stays, and the answer is the same."""
        AccessToken.objects.filter(application=request.client, token_checksum=sealing.fingerprint(token)).delete()


class Core(OAuthLibCore):  # type: ignore[misc]
    """Hands the caller's address to the validator beside the headers."""

    def extract_headers(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().extract_headers(request), "client_address": client_address(request)}


def forget(*, at: datetime) -> int:
    """Delete tokens that ended a day ago. Until then they are told that they have expired, later that nobody knows them."""
    rows: models.QuerySet[Any, Any] = AccessToken.objects.filter(expires__lte=at - KEPT)
    return rows.delete()[0]


@cache
def core() -> OAuthLibCore:
    return Core()


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """A token for the application that names itself by HTTP Basic or in the form."""
    return answer(request, core().create_token_response)


@csrf_exempt
def revoke(request: HttpRequest) -> HttpResponse:
    """The end of a token; 200 also for one that is not known, as RFC 7009 says."""
    return answer(request, core().create_revocation_response)


def answer(request: HttpRequest, respond: Callable[[HttpRequest], tuple[Any, Mapping[str, str], str, int]]) -> HttpResponse:
    """The toolkit's answer to a form. Raises Problem for what is none."""
    if request.method != "POST":
        raise Problem("method_not_allowed", headers={"Allow": "POST"})
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > BODY_MOST:
        raise Problem("body_too_large")
    if length not in ("", "0") and request.content_type != FORM:
        raise Problem("unsupported_media_type", f"Send the parameters as {FORM}.", headers={"Accept": FORM})
    connection.health_check_done = False  # type: ignore[attr-defined]  # the gate leaves it to a statement that is not run here
    _location, headers, body, status = respond(request)
    if status != 200:
        return refused(request, orjson.loads(body), status, headers)
    kept = {name: value for name, value in headers.items() if name == "Pragma"}
    return HttpResponse(body, status=200, content_type="application/json", headers=kept)


def refused(request: HttpRequest, given: Mapping[str, str], status: int, headers: Mapping[str, str]) -> HttpResponse:
    """The error in both languages: a problem document that is also what RFC 6749, 5.2 asks for."""
    code = given["error"] if given["error"] in CATALOGUE else "invalid_request"
    detail = given.get("error_description", "") or CATALOGUE[code].detail
    pointed = [error(POINTERS[code], code, detail)] if code in POINTERS else []
    problem = Problem(code, detail, errors=pointed, error=code, error_description=detail)
    problem.status = status
    response = problem.response(request.request_id)  # type: ignore[attr-defined]
    response["Content-Type"] = "application/json"
    if status == 401:
        response["WWW-Authenticate"] = f'Basic realm="{settings.BASE_URL}/api/v1"'
    return response
