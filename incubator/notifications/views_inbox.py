"""The inbox, the same in every portal: a person's notices whose pages are there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import BooleanField, Case, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from incubator.accounts import access, actors
from incubator.accounts.access import PortalRequest
from incubator.lib.clock import now
from incubator.notifications import operations as notifications
from incubator.notifications.models import Notification
from incubator.web import staff
from incubator.web.paging import page
from incubator.web.parts import Crumb, chips

ORDER = ("-is_unread", "-id")


def in_portal(portal: str) -> dict[str, Any]:
    """The views of one portal, behind its gate. A founder without a startup yet may have been told something, too."""
    gate = access.portal(portal, newcomers=portal == "my")
    return {name: gate(view) for name, view in (("inbox", inbox), ("bell", bell), ("open", open_notice), ("read_all", read_all))}


@require_safe
def inbox(request: PortalRequest) -> HttpResponse:
    """Unread first, then the rest, newest first."""
    notices = Notification.objects.visible_to(request.actor).in_portal(request.portal).select_related("organisation")
    if request.GET.get("show") == "unread":
        notices = notices.unread()
    unread = Case(When(read_at__isnull=True, then=Value(True)), default=Value(False), output_field=BooleanField())
    context = {
        "title": _("Inbox"),
        "crumbs": [Crumb(_("Inbox"))],
        "page": page(notices.annotate(is_unread=unread), order=ORDER, after=request.GET.get("after")),
        "show": chips(request, "show", [("unread", _("Unread"))], label=_("Show"), everything=_("All")),
        "portal": request.portal,
        "read_all_url": f"{request.path}read/",
    }
    if request.portal == "staff":
        return staff.draw(request, "staff/notifications/inbox.html", context)
    return render(request, "inbox/page.html", {**context, "layout": f"{request.portal}/base.html"})


@require_safe
def bell(request: PortalRequest) -> HttpResponse:
    """The bell alone, for htmx to poll."""
    return render(request, "partials/_bell.html")


def open_notice(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Go to what the notice is about; by POST it counts as read from then on. Acts for the organisation it concerns."""
    notice = Notification.objects.visible_to(request.actor).in_portal(request.portal).filter(pk=pk).first()
    if notice is None:
        raise Http404
    if request.method == "POST":
        notifications.mark_read(notice, at=now())
        if notice.organisation_id is not None:
            actors.choose(request, request.portal, notice.organisation_id)
    return redirect(notice.path or "/")


@require_POST
def read_all(request: PortalRequest) -> HttpResponse:
    number = notifications.mark_all_read(portal=request.portal, by=request.actor, at=now())
    messages.success(request, ngettext("%(number)d notice marked as read.", "%(number)d notices marked as read.", number) % {"number": number})
    return redirect(f"{request.portal}:notifications:inbox")
