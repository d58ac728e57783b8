"""The OAuth applications of an organisation, beside its keys. A new secret is shown once, on the page that follows."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts import access
from incubator.accounts import operations as accounts
from incubator.accounts.access import PortalRequest
from incubator.accounts.models import OAuthApplication
from incubator.api import throttling
from incubator.api.forms import ApplicationForm
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown

ONCE = "oauth_secret_once"  # id and secret of a new application, sealed, in the session of who made it, until shown
PURPOSE = "oauth-secret-once"
PAST_SHOWN = 10


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Live applications with their last use, and the newest of the past ones."""
    rows = OAuthApplication.objects.visible_to(request.actor).order_by("-created_at", "-pk")
    found = list(rows[: PAST_SHOWN + accounts.LIVE_APPLICATIONS_AT_MOST])
    live = [one for one in found if one.is_live()]
    used = throttling.last_used([one.pk for one in live])
    once = request.session.pop(ONCE, "") if request.method == "GET" else ""
    client_id, _space, secret = sealing.unseal(once, purpose=PURPOSE).partition(" ") if once else ("", "", "")
    context = {
        "live": [(one, used.get(one.pk)) for one in live],
        "past": [one for one in found if not one.is_live()][:PAST_SHOWN],
        "new_id": client_id,
        "new_secret": secret,
        "may_manage": request.organisation is not None and access.may_manage_keys(request.actor, request.organisation),
        "may_make": len(live) < accounts.LIVE_APPLICATIONS_AT_MOST,
        "token_url": f"{settings.BASE_URL}/api/v1/oauth/token",
        "tab": "applications",
    }
    return render(request, "partner/api/applications.html", context)


@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def create(request: PortalRequest) -> HttpResponse:
    """Make an application, by somebody who has just signed in again and has a second factor where one is asked for."""
    organisation = request.organisation
    assert organisation is not None
    if settings.MFA_REQUIRED and not is_mfa_enabled(request.user):
        messages.info(request, _("Whoever makes applications needs a second sign-in step. Set one up to go on."))
        return redirect("mfa_index")
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = now()
        try:
            application, secret = accounts.issue_application(
                organisation,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=at + form.lifetime(),
                allowed_networks=form.cleaned_data["allowed_networks"],
                by=request.actor,
                at=at,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            request.session[ONCE] = sealing.seal(f"{application.client_id} {secret}", purpose=PURPOSE)
            return redirect("partner:api:applications")
    developers = Crumb(_("Developers"), reverse("partner:api:index"))
    crumbs = [developers, Crumb(_("OAuth applications"), reverse("partner:api:applications")), Crumb(_("New application"))]
    return render(request, "partner/api/create_application.html", {"form": form, "crumbs": crumbs}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@refusals_shown
def revoke(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask, then kill the application and its tokens."""
    rows = OAuthApplication.objects.visible_to(request.actor).select_related("organisation")
    application = get_object_or_404(rows.filter(pk=pk))
    back = reverse("partner:api:applications")
    if request.method == "POST":
        accounts.revoke_application(application, by=request.actor, at=now())
        messages.success(request, _("The application “%(name)s” is revoked. It and its tokens no longer work.") % {"name": application.name})
        return redirect(back)
    context = {
        "title": _("Revoke the application “%(name)s”") % {"name": application.name},
        "what": [
            _("It gets no more tokens, and those it holds stop working at once, in every system that uses them."),
            _("It cannot be brought back; a new application can be made."),
        ],
        "told": [],
        "button": _("Revoke the application"),
        "danger": True,
        "cancel_url": back,
        "crumbs": [Crumb(_("Developers"), reverse("partner:api:index")), Crumb(_("OAuth applications"), back), Crumb(application.name)],
        "layout": "partner/base.html",
    }
    return render(request, "partials/confirm.html", context)
