"""Today: the front page of the staff portal."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.home import today as work
from incubator.lib.clock import today as day
from incubator.web import staff


@require_safe
@portal("staff")
def today(request: PortalRequest) -> HttpResponse:
    """What waits for this person and since when; drawn anew by itself while the page is open."""
    piles = work.piles(request.actor)
    found = {pile.work.title for pile in piles}
    context = {
        "title": _("Today"),
        "day": day(),
        "piles": piles,
        "clear": [one.title for one in work.mine(request.actor) if one.title not in found],
    }
    return staff.draw(request, "staff/today.html", context)
