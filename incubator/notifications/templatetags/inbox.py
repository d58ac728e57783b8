"""`{% load inbox %}`: the bell in the head of every portal's pages."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from incubator.notifications.models import Notification
from incubator.web.navigation import MOST, counted

register = template.Library()


@register.inclusion_tag("inbox/_bell.html", takes_context=True)
def bell(context: RequestContext) -> dict[str, Any]:
    """The bell with the number of unread notices of this portal. One query; nothing outside of portals."""
    request = context.get("request")
    portal = getattr(request, "portal", "")
    if not portal or request is None:
        return {"shown": False}
    unread = Notification.objects.visible_to(request.actor).in_portal(portal).unread()[: MOST + 1].count()
    return {
        "shown": True,
        "number": unread,
        "count": counted(unread),
        "inbox_url": reverse(f"{portal}:notifications:inbox"),
        "bell_url": reverse(f"{portal}:notifications:bell"),
    }
