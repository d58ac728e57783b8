"""Exports in the partner portal: what the organisation may see, in one file, with the progress of its writing."""

from __future__ import annotations

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts.access import PortalRequest
from incubator.api import exports
from incubator.api.forms import ExportForm
from incubator.api.models import Operation
from incubator.files import operations as files
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown

SHOWN = 20


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The organisation's latest exports, those that its systems asked for too. The page asks again while one is under way."""
    at = now()
    rows = list(Operation.objects.visible_to(request.actor).select_related("user").order_by("-created_at", "-pk")[:SHOWN])
    for row in rows:
        row.state = row.state_at(at)
    context = {
        "rows": rows,
        "is_moving": any(row.is_open() for row in rows),
        "crumbs": [Crumb(_("Startups"), reverse("partner:startups:index")), Crumb(_("Exports"))],
    }
    return render(request, "partner/exports/index.html", context)


@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def create(request: PortalRequest) -> HttpResponse:
    """Ask for an export, by somebody who has just signed in again."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            exports.request_export(format=form.cleaned_data["format"], by=request.actor, at=now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("partner:exports:index")
    crumbs = [Crumb(_("Startups"), reverse("partner:startups:index")), Crumb(_("Exports"), reverse("partner:exports:index")), Crumb(_("New export"))]
    return render(request, "partner/exports/create.html", {"form": form, "crumbs": crumbs}, status=422 if form.errors else 200)


@require_POST
@refusals_shown
def cancel(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Stop an export that is not written yet."""
    exports.cancel(get_object_or_404(Operation.objects.visible_to(request.actor), pk=pk), at=now())
    return redirect("partner:exports:index")


@require_safe
@refusals_shown
def file(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The file, if everything in it may still be seen. Recorded for all its founders."""
    at = now()
    found = get_object_or_404(Operation.objects.visible_to(request.actor).select_related("file"), pk=pk)
    answer = files.download(exports.file_of(found, by=request.actor, at=at))
    exports.record_fetch(found, by=request.actor, at=at)
    return answer
