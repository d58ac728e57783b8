"""The numbers behind the lines of the portals' navigation: one statement each, counted to a hundred."""

from collections.abc import Mapping

from django.db.models import Q
from django.http import HttpRequest

from incubator.lib.actor import Actor
from incubator.lib.clock import now
from programmes.applications.models import Application

MOST = 100


def my(request: HttpRequest) -> Mapping[str, int]:
    """Drafts that can still be sent, and questions of the park."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = now()
    open_drafts = Q(status="draft", intake__closes_at__gt=at) | Q(status="draft", extended_until__gt=at)
    waiting = Application.objects.visible_to(actor).filter(open_drafts | Q(status="info_requested"))
    return {"applications": waiting[:MOST].count()}
