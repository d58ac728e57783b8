"""Pausing a channel, and letting it go on."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.notifications import access, pausing
from incubator.notifications.forms_delivery import ReasonForm
from incubator.notifications.models import Channel
from incubator.web import staff
from incubator.web.parts import Crumb
from incubator.web.refusals import refusals_shown

WHAT = {
    Channel.EMAIL: gettext_lazy(
        "No mail leaves, the mails about passwords and sign-in included. It waits; what comes too late meanwhile is not sent any more."
    ),
    Channel.WEBHOOK: gettext_lazy("Nothing is sent to partners' systems. It waits; they find the same in the feed of the API."),
}


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def pause(request: PortalRequest, channel: str) -> HttpResponse:
    """Ask for a reason, then pause."""
    _may(request, channel)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pausing.pause(channel, reason=form.cleaned_data["reason"], by=request.actor, at=now())
        messages.success(request, _("The channel is paused."))
        return redirect("staff:notifications:deliveries")
    name = Channel(channel).label
    context = {
        "title": _("Pause %(channel)s?") % {"channel": name},
        "crumbs": [Crumb(_("Delivery"), reverse("staff:notifications:deliveries")), Crumb(_("Pause"))],
        "what": [WHAT[Channel(channel)], _("The inbox goes on. Everybody who looks after delivery sees who paused it and why.")],
        "told": [],
        "form": form,
        "button": _("Pause"),
        "danger": True,
        "cancel_url": reverse("staff:notifications:deliveries"),
    }
    return staff.draw(request, "staff/confirm.html", context)


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def resume(request: PortalRequest, channel: str) -> HttpResponse:
    """Ask, then let what is due leave."""
    _may(request, channel)
    if request.method == "POST":
        pausing.resume(channel, by=request.actor, at=now())
        messages.success(request, _("The channel goes on; what is due leaves within seconds."))
        return redirect("staff:notifications:deliveries")
    context = {
        "title": _("Resume %(channel)s?") % {"channel": Channel(channel).label},
        "crumbs": [Crumb(_("Delivery"), reverse("staff:notifications:deliveries")), Crumb(_("Resume"))],
        "what": [_("Everything that is due leaves now, the oldest first. What has become useless meanwhile ends as expired.")],
        "told": [_("Whoever is to be told what has waited.")],
        "button": _("Resume"),
        "cancel_url": reverse("staff:notifications:deliveries"),
    }
    return staff.draw(request, "staff/confirm.html", context)


def _may(request: PortalRequest, channel: str) -> None:
    if channel not in pausing.PAUSABLE or not access.may_read_deliveries(request.actor):
        raise Http404
