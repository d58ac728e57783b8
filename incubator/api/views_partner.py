"""The developers page: an organisation's keys. A new key is shown once, on the page that follows."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts import access
from incubator.accounts import operations as accounts
from incubator.accounts.access import PortalRequest
from incubator.accounts.models import ApiKey
from incubator.api import guide, throttling
from incubator.api.forms import KeyForm
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown

ONCE = "api_key_once"  # the new key's text, sealed, in the session of who made it, until it was shown
PURPOSE = "api-key-once"
PAST_SHOWN = 10


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Live keys with their last use, the newest of the past ones, and the way into the documentation."""
    keys = list(
        ApiKey.objects.visible_to(request.actor).select_related("organisation").order_by("-created_at", "-pk")[: PAST_SHOWN + accounts.LIVE_KEYS_AT_MOST]
    )
    live = [key for key in keys if key.is_live()]
    used = throttling.last_used([key.pk for key in live])
    once = request.session.pop(ONCE, "") if request.method == "GET" else ""
    try:
        webhooks = reverse("partner:notifications:endpoints")
    except NoReverseMatch:
        webhooks = ""
    context = {
        "tab": "keys",
        "live": [(key, used.get(key.pk)) for key in live],
        "past": [key for key in keys if not key.is_live()][:PAST_SHOWN],
        "new_key": sealing.unseal(once, purpose=PURPOSE) if once else "",
        "may_manage": request.organisation is not None and access.may_manage_keys(request.actor, request.organisation),
        "may_make": len(live) < accounts.LIVE_KEYS_AT_MOST,
        "base_url": f"{settings.BASE_URL}/api/v1",
        "limits": throttling.limits(),
        "guide": [(name, guide.page(name)[0]) for name in guide.NAMES],
        "webhooks": webhooks,
    }
    return render(request, "partner/api/index.html", context)


@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def create(request: PortalRequest) -> HttpResponse:
    """Make a key, by somebody who has just signed in again and has a second factor where one is asked for."""
    organisation = request.organisation
    assert organisation is not None
    if settings.MFA_REQUIRED and not is_mfa_enabled(request.user):
        messages.info(request, _("Whoever makes keys needs a second sign-in step. Set one up to go on."))
        return redirect("mfa_index")
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = now()
        try:
            _key, text = accounts.issue_key(
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
            request.session[ONCE] = sealing.seal(text, purpose=PURPOSE)
            return redirect("partner:api:index")
    crumbs = [Crumb(_("Developers"), reverse("partner:api:index")), Crumb(_("New key"))]
    return render(request, "partner/api/create.html", {"form": form, "crumbs": crumbs}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@refusals_shown
def revoke(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask, then kill the key."""
    key = get_object_or_404(ApiKey.objects.visible_to(request.actor).select_related("organisation").filter(pk=pk))
    if request.method == "POST":
        accounts.revoke_key(key, by=request.actor, at=now())
        messages.success(request, _("The key “%(name)s” is revoked. It no longer works.") % {"name": key.name})
        return redirect("partner:api:index")
    context = {
        "title": _("Revoke the key “%(name)s”") % {"name": key.name},
        "what": [_("It stops working at once, for every system that uses it."), _("It cannot be brought back; a new key can be made.")],
        "told": [],
        "button": _("Revoke the key"),
        "danger": True,
        "cancel_url": reverse("partner:api:index"),
        "crumbs": [Crumb(_("Developers"), reverse("partner:api:index")), Crumb(key.name)],
        "layout": "partner/base.html",
    }
    return render(request, "partials/confirm.html", context)
