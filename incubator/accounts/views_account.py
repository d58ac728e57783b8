"""Pages about oneself: an invitation, settings, and for whom one acts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from incubator.accounts import actors
from incubator.accounts import operations as accounts
from incubator.accounts.forms import SettingsForm
from incubator.accounts.models import Invitation, User
from incubator.accounts.roles import PORTALS
from incubator.lib.clock import now
from incubator.web.refusals import refusals_shown

INVITATION_KEY = "invitation"


@never_cache
@require_http_methods(["GET", "POST"])
@refusals_shown
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and a button to accept; kept in the session while one signs in or up."""
    found = get_object_or_404(Invitation.objects.behind(token))
    if not found.is_open():
        request.session.pop(INVITATION_KEY, None)
        return render(request, "account/invitation_closed.html", {"invitation": found}, status=410)
    if not request.user.is_authenticated:
        request.session[INVITATION_KEY] = token
        return render(request, "account/invitation.html", {"invitation": found, "token": token})
    user = request.user
    assert isinstance(user, User)
    if request.method == "GET":
        return render(request, "account/invitation.html", {"invitation": found, "token": token, "other_address": user.email != found.email})
    membership = accounts.accept_invitation(token, user, by=actors.acting_for(user, None, frozenset()), at=now())
    request.session.pop(INVITATION_KEY, None)
    for portal in PORTALS:
        actors.choose(request, portal, membership.organisation_id)
    messages.success(request, _("You now belong to %(organisation)s.") % {"organisation": membership.organisation.name})
    return redirect("home:after_login")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Name, phone and time zone."""
    user = get_object_or_404(User, pk=request.user.pk)
    form = SettingsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.refresh_from_db()
        accounts.update_profile(user, **form.cleaned_data, by=actors.acting_for(user, None, frozenset()), at=now())
        messages.success(request, _("Saved."))
        return redirect("account_settings")
    return render(request, "account/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_POST
def switch(request: HttpRequest, portal: str) -> HttpResponse:
    """Act for another of one's organisations in this portal from now on. 404 for one where one holds no role."""
    if portal not in PORTALS:
        raise Http404
    try:
        organisation_id = UUID(request.POST.get("organisation", ""))
    except ValueError:
        raise Http404 from None
    if not actors.choose(request, portal, organisation_id):
        raise Http404
    return redirect("home:portal", portal=portal)
