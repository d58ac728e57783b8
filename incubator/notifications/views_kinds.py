"""The catalogue of messages in the staff portal."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.notifications import access, catalogue
from incubator.texts import access as texts_access
from incubator.texts.models import MessageText
from incubator.web import staff
from incubator.web.parts import Crumb, chips


@portal("staff")
@require_safe
def kinds(request: PortalRequest) -> HttpResponse:
    """Every kind of message by subject, or those of one audience."""
    if not access.may_read_deliveries(request.actor):
        raise Http404
    audience = request.GET.get("audience", "")
    found = [one for one in catalogue.entries() if audience in ("", one.audience)]
    written = MessageText.objects.visible_to(request.actor).used().names()
    if request.GET.get("text") == "own":
        found = [one for one in found if (one.kind.name, one.audience) in written]
    context = {
        "title": _("What is told to whom"),
        "crumbs": [Crumb(_("Delivery"), reverse("staff:notifications:deliveries")), Crumb(_("What is told to whom"))],
        "audiences": chips(request, "audience", catalogue.WHO.items(), label=_("Who gets it"), everything=_("All")),
        "groups": [(subject, [(one, (one.kind.name, one.audience) in written) for one in rows]) for subject, rows in catalogue.by_subject(found)],
        "may_write": texts_access.may_write(request.actor),
        "texts": chips(request, "text", [("own", _("Written here"))], label=_("Text"), everything=_("All")),
    }
    return staff.draw(request, "staff/notifications/kinds.html", context)
