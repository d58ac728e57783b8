"""How far something is that many are told, for who began it and for those who look after delivery; and stopping it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.notifications import access, progress
from incubator.notifications.forms_delivery import ReasonForm
from incubator.notifications.progress import Progress
from incubator.notifications.states import DeliveryState
from incubator.web import staff
from incubator.web.parts import Action, Crumb, Fact, Stat
from incubator.web.refusals import refusals_shown
from incubator.web.times import moment


@portal("staff")
@require_safe
def broadcast(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The figures of one act, drawn anew every few seconds until all is sent."""
    found = _found(request, pk)
    may_stop = access.may_read_deliveries(request.actor) and not found.is_stopped and not found.is_over
    context = {
        "title": progress.sentence(found.event.kind),
        "crumbs": [*_way(request), Crumb(_("Sending"))],
        "progress": found,
        "stats": _stats(found),
        "facts": _facts(found),
        "stop": Action(_("Stop sending"), reverse("staff:notifications:stop", args=[pk]), icon="hand-stop", danger=True) if may_stop else None,
    }
    return staff.draw(request, "staff/notifications/broadcast.html", context)


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def stop(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask first, and for a reason; then stop what is not sent yet."""
    found = _found(request, pk)
    if not access.may_read_deliveries(request.actor):
        raise Http404
    here = reverse("staff:notifications:broadcast", args=[pk])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        progress.stop(pk, reason=form.cleaned_data["reason"], by=request.actor, at=now())
        messages.success(request, _("Stopped. What was not sent yet is not sent any more."))
        return redirect(here)
    context = {
        "title": _("Stop this sending?"),
        "crumbs": [*_way(request), Crumb(_("Sending"), here), Crumb(_("Stop"))],
        "what": [
            _("%(sent)s of %(total)s messages are sent; they stay sent.") % {"sent": f"{found.sent:,}", "total": f"{found.total:,}"},
            _("The others are not sent: not by mail, not in the inbox, not to partners' systems. This cannot be undone."),
        ],
        "told": [],
        "form": form,
        "button": _("Stop sending"),
        "danger": True,
        "cancel_url": here,
    }
    return staff.draw(request, "staff/confirm.html", context)


# ── Parts ───────────────────────────────────────────────────────────────────
def _found(request: PortalRequest, pk: UUID) -> Progress:
    found = progress.of_act(pk, by=request.actor)
    if found is None:
        raise Http404
    return found


def _way(request: PortalRequest) -> list[Crumb]:
    """The page above is for those who read deliveries."""
    return [Crumb(_("Delivery"), reverse("staff:notifications:deliveries"))] if access.may_read_deliveries(request.actor) else []


def _stats(found: Progress) -> list[Stat]:
    failed = sum(found.states.get(one.value, 0) for one in (DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.DEAD, DeliveryState.EXPIRED))
    digests = sum(found.states.get(one.value, 0) for one in (DeliveryState.HELD, DeliveryState.DIGESTED))
    return [
        Stat(_("Sent"), f"{found.sent:,}"),
        Stat(_("Under way"), f"{found.under_way:,}"),
        Stat(_("For a digest"), f"{digests:,}"),
        Stat(_("Not sent"), f"{found.states.get(DeliveryState.SUPPRESSED.value, 0):,}"),
        Stat(_("Did not arrive"), f"{failed:,}"),
    ]


def _facts(found: Progress) -> list[Fact]:
    facts = [
        Fact(_("Begun by"), _("The system") if found.event.actor_kind == "system" else found.event.actor_name),
        Fact(_("Begun"), moment(found.event.at)),
    ]
    if found.row and found.row.stopped_at:
        facts += [Fact(_("Stopped by"), found.row.stopped_by), Fact(_("Stopped"), moment(found.row.stopped_at)), Fact(_("Reason"), found.row.reason)]
    return facts
