"""One's own calendar: what stands in it, its address, and the feed behind the address."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts import actors, person_calendar
from incubator.accounts.models import User
from incubator.lib import calendars
from incubator.lib.clock import now

SHOWN = 12


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The next dates. POST makes an address, or a new one; it is on the page that answers and nowhere else."""
    user = get_object_or_404(User, pk=request.user.pk)
    address = ""
    if request.method == "POST":
        token = person_calendar.make(user, by=actors.acting_for(user, None, frozenset()), at=now())
        address = request.build_absolute_uri(reverse("account_calendar_feed", args=[token]))
    dates = person_calendar.dates(user)
    context = {"address": address, "made_at": person_calendar.made_at(user), "dates": dates[:SHOWN], "more": max(0, len(dates) - SHOWN)}
    return render(request, "account/calendar.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """The address stops working at once."""
    user = get_object_or_404(User, pk=request.user.pk)
    if not person_calendar.revoke(user, by=actors.acting_for(user, None, frozenset()), at=now()):
        raise Http404
    messages.success(request, _("The address no longer works. Take the calendar out of your programs, too."))
    return redirect("account_calendar")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar for programs: they have no session, the address is the key. 404 for an address that is not ours."""
    entries = person_calendar.behind(token)
    if entries is None:
        raise Http404
    answer = HttpResponse(calendars.feed(entries, _("Park deadlines")), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
