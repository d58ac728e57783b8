"""How long a session of the park's staff lives: half an hour without a move, twelve hours in all.

Only sessions that have entered the staff portal are limited; the gate marks them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from incubator.lib.clock import now

SINCE, SEEN = "staff_since", "staff_seen"
WRITE_AGAIN_AFTER = timedelta(minutes=1)


def limit(request: HttpRequest) -> None:
    """Mark this session as one of staff. Its twelve hours count from the sign-in."""
    if SINCE not in request.session:
        times = [record["at"] for record in get_authentication_records(request, request.user) if "at" in record]
        request.session[SINCE] = min(times, default=now().timestamp())
        request.session[SEEN] = now().timestamp()


class StaffSessionLimits:
    """Signs staff out whose session is too old or lay idle, before any view runs.

    What a page fetches by itself (a polled fragment) does not count as a move.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        since = request.session.get(SINCE)
        if since is not None:
            at, seen = now(), request.session.get(SEEN, since)
            if over(since, seen, at):
                return self._sign_out(request)
            if not self._is_polled(request) and at.timestamp() - seen > WRITE_AGAIN_AFTER.total_seconds():
                request.session[SEEN] = at.timestamp()
        return self.get_response(request)

    def _is_polled(self, request: HttpRequest) -> bool:
        return request.method == "GET" and request.headers.get("HX-Request") == "true"

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.info(request, _("You were signed out to keep the park's data safe. Sign in again to go on."))
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return redirect_to_login(request.get_full_path() if request.method == "GET" else settings.LOGIN_REDIRECT_URL)


def over(since: float, seen: float, at: datetime) -> bool:
    """Whether either limit is passed."""
    instant = at.timestamp()
    return instant - since > settings.STAFF_SESSION_HOURS * 3600 or instant - seen > settings.STAFF_SESSION_IDLE_MINUTES * 60
