"""The inbox, the same in every portal: what waits for the person there, and the notices whose pages are there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from incubator.accounts import access, actors
from incubator.accounts.access import PortalRequest
from incubator.lib.clock import now
from incubator.notifications import announcing, catalogue
from incubator.notifications import operations as notifications
from incubator.notifications.models import Notification
from incubator.notifications.querysets import NotificationQuerySet
from incubator.web import staff, waiting
from incubator.web.paging import page
from incubator.web.parts import Crumb, Words, chips

ORDER = ("-is_unread", "-id")
SHOWN = 20


def in_portal(portal: str) -> dict[str, Any]:
    """The views of one portal, behind its gate. A founder without a startup yet may have been told something, too."""
    gate = access.portal(portal, newcomers=portal == "my")
    return {
        name: gate(view)
        for name, view in (("inbox", inbox), ("bell", bell), ("open", open_notice), ("read_all", read_all), ("announcement", read_announcement))
    }


@require_safe
def inbox(request: PortalRequest) -> HttpResponse:
    """What waits for the person; below it what they should know, one line for each thing, unread first. `?thread=` shows all lines of one."""
    everything = notices = Notification.objects.visible_to(request.actor).in_portal(request.portal)
    if (app := request.GET.get("about", "")) in catalogue.SUBJECTS:
        notices = notices.about(app)
    thread = _thread(request)
    rows = notices.filter(subject_id=thread).lines() if thread else notices.threads()
    if request.GET.get("show") == "unread":
        rows = rows.filter(is_unread=True)
    by_kind = request.portal == "staff"  # where much of one kind waits
    tasks, more = ([], 0) if by_kind else waiting.tasks(request.actor, request.portal, most=SHOWN)
    context = {
        "title": _("Inbox"),
        "crumbs": [Crumb(_("Inbox"), request.path if thread else ""), *([Crumb(_("One thing"))] if thread else [])],
        "page": page(rows.select_related("organisation"), order=ORDER, after=request.GET.get("after")),
        "thread": thread,
        "show": chips(request, "show", [("unread", _("Unread"))], label=_("Show"), everything=_("All")),
        "about": chips(request, "about", _subjects(everything), label=_("About"), everything=_("Everything")),
        "tasks": tasks,
        "more": more,
        "piles": waiting.piles(request.actor, "staff") if by_kind else [],
        "portal": request.portal,
        "read_all_url": f"{request.path}read/",
    }
    if request.portal == "staff":
        return staff.draw(request, "staff/notifications/inbox.html", context)
    return render(request, "inbox/page.html", {**context, "layout": f"{request.portal}/base.html"})


def _thread(request: PortalRequest) -> UUID | None:
    """The thing whose lines are asked for. Raises Http404 for what is no id."""
    try:
        return UUID(request.GET["thread"]) if request.GET.get("thread") else None
    except ValueError:
        raise Http404 from None


def _subjects(notices: NotificationQuerySet) -> list[tuple[str, Words]]:
    """What the person has notices about, if it is more than one thing. One query."""
    found = notices.apps()
    return [(app, words) for app, words in catalogue.SUBJECTS.items() if app in found] if len(found) > 1 else []


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


@require_safe
def read_announcement(request: PortalRequest, pk: UUID) -> HttpResponse:
    """An announcement, for a person who was told it."""
    row = announcing.told_to(request.actor, pk)
    if row is None:
        raise Http404
    crumbs = [Crumb(_("Inbox"), reverse(f"{request.portal}:notifications:inbox")), Crumb(row.subject)]
    context = {"title": row.subject, "crumbs": crumbs, "announcement": row}
    if request.portal == "staff":
        return staff.draw(request, "staff/notifications/announcement_read.html", context)
    return render(request, "inbox/announcement.html", {**context, "layout": f"{request.portal}/base.html"})
