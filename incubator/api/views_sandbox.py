"""The switch between what is real and the sandbox, and the way back to its first day."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incubator.accounts.access import SANDBOX, PortalRequest
from incubator.api import sandbox
from incubator.lib.clock import now
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown


@require_POST
@refusals_shown
def mode(request: PortalRequest, to: str) -> HttpResponse:
    """Show the sandbox in the console from now on, or what is real. The first way there makes the sandbox."""
    organisation = request.sandbox_of or request.organisation
    assert organisation is not None
    if to == "live":
        request.session.pop(SANDBOX, None)
    elif to == "test":
        if request.sandbox_of is None:
            sandbox.open_sandbox(organisation, by=request.actor, at=now())
        request.session[SANDBOX] = str(organisation.pk)
    else:
        raise Http404
    return redirect("partner:api:index")


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def reset(request: PortalRequest) -> HttpResponse:
    """Ask, then put the sandbox back to its first day."""
    if request.sandbox_of is None or request.organisation is None:
        messages.info(request, _("Switch to the sandbox first."))
        return redirect("partner:api:index")
    if request.method == "POST":
        sandbox.reset(request.organisation, by=request.actor, at=now())
        messages.success(request, _("The sandbox is as it was on its first day."))
        return redirect("partner:api:index")
    context = {
        "title": _("Reset the sandbox"),
        "what": [
            _("All interests and introductions of the sandbox are deleted, and what was disclosed because of them."),
            _("Its commitments are as on their first day, under new ids."),
            _("Startups and rounds keep their ids. Keys, webhook endpoints and their log stay."),
            _("What is real is not touched."),
        ],
        "told": [],
        "button": _("Reset the sandbox"),
        "danger": True,
        "cancel_url": reverse("partner:api:index"),
        "crumbs": [Crumb(_("Developers"), reverse("partner:api:index")), Crumb(_("Reset the sandbox"))],
        "layout": "partner/base.html",
    }
    return render(request, "partials/confirm.html", context)
