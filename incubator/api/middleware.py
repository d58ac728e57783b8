"""The gate of the API: below it none of the pages' middlewares run, and nothing but JSON comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic

import structlog
from django.core.signals import got_request_exception
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls.resolvers import RegexPattern, URLPattern, URLResolver

from incubator.api import guide, problems, request_log, scopes, throttling, urls_api
from incubator.lib.ids import uuid7

log = structlog.get_logger(__name__)

PREFIX = "/api/"
# Read by people in a browser, so they pass through the pages' middlewares: session, language, content security policy.
FOR_PEOPLE = frozenset({"/api/v1/schema", "/api/v1/collection", "/api/v1/docs", *(f"/api/v1/docs/{name}" for name in guide.NAMES)})
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class Router:
    """From an address to its endpoint. Addresses of the API only: whoever comes here passes no other part of the table.

    By the first word of the address, so that no request walks through the addresses of all resources.
    """

    ROOT = "/api/v1/"

    def __init__(self) -> None:
        self.all = self.resolver(urls_api.urlpatterns)
        words: dict[str, list[URLPattern]] = {}
        for one in urls_api.urlpatterns:
            words.setdefault(str(one.pattern).partition("/")[0], []).append(one)
        self.by_word = {word: self.resolver(patterns) for word, patterns in words.items()}

    def resolver(self, patterns: list[URLPattern]) -> URLResolver:
        return URLResolver(RegexPattern(f"^{self.ROOT}"), patterns)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The endpoint's answer. Raises Resolver404, and whatever the endpoint raises."""
        word = request.path_info.removeprefix(self.ROOT).partition("/")[0]
        found = request.resolver_match = self.by_word.get(word, self.all).resolve(request.path_info)
        response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return response


class ApiGate:
    """Answers /api/ itself. Starting it checks that every route and method has its scope, else nothing starts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.pages = get_response
        self.router = Router()
        scopes.verify()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX) or request.path_info in FOR_PEOPLE:
            return self.pages(request)
        begun = monotonic()
        request_id = self.identify(request)
        # The first statement finds out whether the connection still lives; asking first would cost as much again.
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            request.get_host()
            response = self.router.answer(request)
        except Exception as exception:
            problem = problems.from_exception(exception)
            if problem.code == "internal_error":
                got_request_exception.send(sender=type(self), request=request)
            response = problem.response(request_id)
        finally:
            if slot := getattr(request, "slot", None):
                throttling.leave(slot)
        for name, value in HEADERS.items():  # bytes of files bring their own
            response.headers.setdefault(name, value)
        for name, value in {**getattr(request, "api_headers", {}), "X-Request-ID": request_id}.items():
            response[name] = value
        if not response.streaming and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        self.note(request, response, begun)
        return response

    def note(self, request: HttpRequest, response: HttpResponseBase, begun: float) -> None:
        """One line in the log: who asked for what, the outcome, how long it took. No query, no body, no secret."""
        credential = getattr(request, "credential", None)
        milliseconds = round((monotonic() - begun) * 1000)
        if credential is not None:
            request_log.note(credential, str(request.method), request.path_info, response.status_code, milliseconds, response["X-Request-ID"])
        log.info(
            "api_request",
            method=request.method,
            path=request.path_info[:200],
            status=response.status_code,
            milliseconds=milliseconds,
            key=credential.key_id if credential else "",
            organisation=str(credential.organisation_id) if credential else "",
        )
        structlog.contextvars.clear_contextvars()

    def identify(self, request: HttpRequest) -> str:
        """The caller's X-Request-ID if it is a sane one, else ours; in logs, events and webhooks alike."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else str(uuid7())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        request.request_id = request_id  # type: ignore[attr-defined]
        return request_id
