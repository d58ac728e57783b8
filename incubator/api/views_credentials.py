"""An organisation's API keys and OAuth applications, each with the same pages. A new secret is shown once, on the page that follows."""

from __future__ import annotations

from typing import Any
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
from incubator.accounts.access import PortalRequest
from incubator.api import guide, throttling
from incubator.api.credential_pages import KEYS, Pages, public_part
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown

PAST_SHOWN = 10


@require_safe
def index(request: PortalRequest, of: Pages) -> HttpResponse:
    """Live ones with their last use, the newest of the past ones, and what was made a moment ago."""
    rows: Any = of.model.objects.visible_to(request.actor).select_related("organisation").order_by("-created_at", "-pk")
    found = list(rows[: PAST_SHOWN + of.at_most])
    live = [one for one in found if one.is_live()]
    used = throttling.last_used([one.pk for one in live])
    context = {
        "of": of,
        "create_name": f"partner:api:{of.create}",
        "revoke_name": f"partner:api:{of.revoke}",
        "tab": of.tab,
        "live": [(one, public_part(one), used.get(one.pk)) for one in live],
        "past": [(one, public_part(one)) for one in found if not one.is_live()][:PAST_SHOWN],
        "once": _shown_once(request, of),
        "may_manage": request.organisation is not None and access.may_manage_keys(request.actor, request.organisation),
        "may_make": len(live) < of.at_most,
        **_about(of),
    }
    return render(request, of.template, context)


def _about(of: Pages) -> dict[str, Any]:
    """What the pages say beside: how one begins."""
    base_url = f"{settings.BASE_URL}/api/v1"
    if of is KEYS:
        return {"base_url": base_url, "limits": throttling.limits(), "guide": [(name, guide.page(name)[0]) for name in guide.NAMES]}
    return {"token_url": f"{base_url}/oauth/token"}


def _shown_once(request: PortalRequest, of: Pages) -> list[tuple[str, Any, str]]:
    """The parts of a new secret, taken out of the session of who made it."""
    sealed = request.session.pop(of.once, "") if request.method == "GET" else ""
    parts = sealing.unseal(sealed, purpose=of.once).split(" ") if sealed else ()
    return [(name, label, part) for (name, label), part in zip(of.once_labels, parts, strict=False)]


@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def create(request: PortalRequest, of: Pages) -> HttpResponse:
    """Make one, by somebody who has just signed in again and has a second factor where one is asked for."""
    organisation = request.organisation
    assert organisation is not None
    if settings.MFA_REQUIRED and not is_mfa_enabled(request.user):
        messages.info(request, str(of.words["second_step"]))
        return redirect("mfa_index")
    form = of.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "scopes", "allowed_networks")}
        try:
            parts = of.issue(organisation, by=request.actor, at=now(), lives=form.lifetime(), **given)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            request.session[of.once] = sealing.seal(" ".join(parts), purpose=of.once)
            return redirect(f"partner:api:{of.index}")
    context = {"of": of, "form": form, "crumbs": _crumbs(of, of.words["new"]), "back": reverse(f"partner:api:{of.index}")}
    return render(request, "partner/api/create_credential.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@refusals_shown
def revoke(request: PortalRequest, pk: UUID, of: Pages) -> HttpResponse:
    """Ask, then kill it."""
    rows: Any = of.model.objects.visible_to(request.actor)
    one = get_object_or_404(rows.select_related("organisation").filter(pk=pk))
    back = reverse(f"partner:api:{of.index}")
    if request.method == "POST":
        of.end(one, by=request.actor, at=now())
        messages.success(request, str(of.words["revoked"]) % {"name": one.name})
        return redirect(back)
    context = {
        "title": str(of.words["revoke_it"]) % {"name": one.name},
        "what": [of.words["stops"], of.words["for_good"]],
        "told": [],
        "button": of.words["revoke"],
        "danger": True,
        "cancel_url": back,
        "crumbs": _crumbs(of, one.name),
        "layout": "partner/base.html",
    }
    return render(request, "partials/confirm.html", context)


def _crumbs(of: Pages, last: Any) -> list[Crumb]:
    """Keys are the console's first page, and no step of their own on the way."""
    first = [Crumb(_("Developers"), reverse("partner:api:index"))]
    between = [] if of is KEYS else [Crumb(of.words["all"], reverse(f"partner:api:{of.index}"))]
    return [*first, *between, Crumb(last)]
