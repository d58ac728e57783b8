"""The pages for what goes wrong. Each names the request's id, so that a person can ask about it."""

import sys

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from incubator.web import theme
from incubator.web.context import request_id
from incubator.web.refusals import is_htmx, is_unavailable, only_message

BRIEFLY = {
    400: _("The request could not be understood. Nothing was changed. Reload the page and try again."),
    403: _("Your role in this organisation does not include this step. Nothing was changed."),
    404: _("This does not exist any more, or it is not open to you. Reload the page."),
}

LOST_TOKEN = _("This page was open for too long, or you signed in or out meanwhile. Reload it and try again. Nothing was sent.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, with what the code said about it; Django's own findings about a suspicious request stay in the log."""
    return _page(request, 400, said=str(exception) if isinstance(exception, BadRequest) else "")


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason the code gave, if it gave one."""
    return _page(request, 403, said=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same page for what does not exist and for what one may not see."""
    return _page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old; nothing was done."""
    if is_htmx(request):
        return only_message(request, str(LOST_TOKEN), status=403)
    return render(request, "403_csrf.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database takes no writes or is away.

    Draws without context processors: whatever failed (the database, a session) is not asked again.
    """
    context = {"theme": theme.chosen(request), "park_name": settings.PARK_NAME, "request_id": request_id()}
    if is_unavailable(sys.exc_info()[1]):
        return HttpResponse(render_to_string("503.html", context), status=503, headers={"Retry-After": "5"})
    return HttpResponse(render_to_string("500.html", context), status=500)


def _page(request: HttpRequest, status: int, said: str = "") -> HttpResponse:
    if is_htmx(request):
        return only_message(request, said or str(BRIEFLY[status]), status=status)
    return render(request, f"{status}.html", {"said": said}, status=status)
