"""Sending many messages again: all of a filter, or those that were ticked. Says first how many."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.notifications import access, resending
from incubator.notifications.forms_delivery import FilterForm
from incubator.notifications.models import Delivery
from incubator.notifications.querysets import DeliveryQuerySet
from incubator.sending.models import Resending
from incubator.web import staff
from incubator.web.parts import Crumb, Fact
from incubator.web.refusals import refusals_shown
from incubator.web.times import moment


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def send_many_again(request: PortalRequest) -> HttpResponse:
    """Confirm, then send again what of the ticked messages, or of the filter, can be sent again."""
    rows = _meant(request)
    if request.method == "POST":
        begun = resending.begin(rows, by=request.actor, at=now())
        if begun.finished_at is None:
            return redirect("staff:notifications:resending", pk=begun.pk)
        text = ngettext(
            "%(number)s message is due again and will be sent within seconds.",
            "%(number)s messages are due again and will be sent within seconds.",
            begun.restarted,
        )
        messages.success(request, text % {"number": begun.restarted})
        return redirect("staff:notifications:deliveries")
    number = resending.which(rows)[: resending.MOST + 1].count()
    back = reverse("staff:notifications:deliveries")
    context = {
        "title": _("Send messages again"),
        "crumbs": [Crumb(_("Delivery"), back), Crumb(_("Send again"))],
        "number": number,
        "most": resending.MOST,
        "shown": resending.which(rows).select_related("user", "organisation", "endpoint").order_by("pk")[:5],
        "cancel_url": f"{back}?{request.GET.urlencode()}" if not request.GET.getlist("id") else back,
    }
    return staff.draw(request, "staff/notifications/send_many_again.html", context)


@portal("staff")
@require_safe
def resending_progress(request: PortalRequest, pk: UUID) -> HttpResponse:
    """How many of them are due again by now."""
    if not access.may_read_deliveries(request.actor):
        raise Http404
    row = get_object_or_404(Resending.objects.visible_to(request.actor), pk=pk)
    context = {
        "title": _("Sending again"),
        "crumbs": [Crumb(_("Delivery"), reverse("staff:notifications:deliveries")), Crumb(_("Sending again"))],
        "row": row,
        "total": len(row.deliveries),
        "facts": [
            Fact(_("Begun by"), row.begun_by),
            Fact(_("Begun"), moment(row.begun_at)),
            Fact(_("Due again"), f"{row.restarted:,}"),
            Fact(_("Left as they were"), f"{row.done - row.restarted:,}", note=_("Sent again before, or of no use any more")),
        ],
    }
    return staff.draw(request, "staff/notifications/resending.html", context)


def _meant(request: PortalRequest) -> DeliveryQuerySet:
    if not access.may_read_deliveries(request.actor):
        raise Http404
    rows: DeliveryQuerySet = Delivery.objects.visible_to(request.actor)
    if ticked := request.GET.getlist("id"):
        try:
            return rows.filter(pk__in=[UUID(one) for one in ticked[:100]])
        except ValueError:
            raise Http404 from None
    return FilterForm(request.GET).narrowed(rows)
