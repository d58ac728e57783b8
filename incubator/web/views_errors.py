"""The pages for what goes wrong. Each names the request's id, so that a person can ask about it."""

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from incubator.web import theme


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason the code gave, if it gave one."""
    return _page(request, 403, said=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same page for what does not exist and for what one may not see."""
    return _page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old; nothing was done."""
    return render(request, "403_csrf.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Draws without context processors: whatever failed (the database, a session) is not asked again."""
    context = {
        "theme": theme.chosen(request),
        "park_name": settings.PARK_NAME,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    return HttpResponse(render_to_string("500.html", context), status=500)


def _page(request: HttpRequest, status: int, said: str = "") -> HttpResponse:
    return render(request, f"{status}.html", {"said": said}, status=status)
