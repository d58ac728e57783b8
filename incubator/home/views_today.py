"""Today: the front page of the staff portal."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import today as day
from incubator.web import staff, waiting


@require_safe
@portal("staff")
def today(request: PortalRequest) -> HttpResponse:
    """What waits for this person and since when; drawn anew by itself while the page is open."""
    piles = waiting.piles(request.actor, "staff")
    found = {pile.work.title for pile in piles}
    context = {
        "title": _("Today"),
        "day": day(),
        "piles": piles,
        "clear": [one.title for one in waiting.mine(request.actor, "staff") if one.title not in found],
    }
    return staff.draw(request, "staff/today.html", context)
