"""Delivery in the staff portal: what is on its way, what did not arrive, and sending it again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.notifications import access, bounces, health, jobs, pausing, progress
from incubator.notifications import operations as notifications
from incubator.notifications.channels.email import address
from incubator.notifications.channels.webhook import payload
from incubator.notifications.forms_delivery import FilterForm
from incubator.notifications.models import Attempt, Channel, Delivery
from incubator.notifications.querysets import DeliveryQuerySet
from incubator.notifications.rendering import Message, message
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.web import staff
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Stat, chips
from incubator.web.refusals import refusals_shown
from incubator.web.times import moment

COUNTED_TO = 1_000
FIGURES = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.FAILED, DeliveryState.DEAD, DeliveryState.SUPPRESSED)
ROLE_NAMES = {"dispatcher": gettext_lazy("Dispatcher"), "worker": gettext_lazy("Worker"), "beat": gettext_lazy("Clock")}


@portal("staff")
@require_safe
def deliveries(request: PortalRequest) -> HttpResponse:
    """All messages, newest first, by channel, state, kind, endpoint, person and time; beside them how delivery does."""
    rows, form = _visible(request), FilterForm(request.GET)
    part = page(form.narrowed(rows).select_related("user", "organisation", "endpoint"), order=("-id",), after=request.GET.get("after"))
    context = {
        "title": _("Messages and webhooks"),
        "crumbs": [Crumb(_("Delivery"))],
        "page": part,
        "form": form,
        "stats": _stats(),
        "channels": chips(request, "channel", Channel.choices, label=_("Channel"), everything=_("All")),
        "states": chips(request, "state", DeliveryState.choices, label=_("State"), everything=_("All")),
        "again": any(row.may_be_sent_again() for row in part.rows),
        **_health(),
    }
    return staff.draw(request, "staff/notifications/deliveries.html", context)


@portal("staff")
@require_safe
def delivery(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One message: to whom, how it reads, and each try."""
    found = _delivery(request, pk)
    kind = _kind(found)
    again = Action(_("Send again"), reverse("staff:notifications:send-again", args=[pk]), icon="refresh")
    context = {
        "title": str(kind.sentence).capitalize() if kind else found.kind,
        "crumbs": [Crumb(_("Delivery"), reverse("staff:notifications:deliveries")), Crumb(_("Message"))],
        "delivery": found,
        "again": again if found.may_be_sent_again() else None,
        "facts": _facts(found),
        "secret": kind is None or kind.secret,
        "message": None if kind is None or kind.secret or found.channel == Channel.WEBHOOK else _words(found),
        "payload": payload(found).decode() if kind and found.channel == Channel.WEBHOOK else "",
        "attempts": Attempt.objects.of(found.pk)[:50],
    }
    return staff.draw(request, "staff/notifications/delivery.html", context)


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def send_again(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Ask first, then put the message back to its beginning."""
    found = _delivery(request, pk)
    here = reverse("staff:notifications:delivery", args=[pk])
    if request.method == "POST":
        notifications.send_again(found, by=request.actor)
        messages.success(request, _("The message is due again and will be sent within seconds."))
        return redirect(here)
    context = {
        "title": _("Send this message again?"),
        "crumbs": [Crumb(_("Delivery"), reverse("staff:notifications:deliveries")), Crumb(_("Message"), here), Crumb(_("Send again"))],
        "what": [_("It is tried at once, and again by the usual table if it fails."), _("Whether the recipient may still be told is checked again.")],
        "told": [_recipient(found)],
        "button": _("Send again"),
        "cancel_url": here,
    }
    return staff.draw(request, "staff/confirm.html", context)


# ── Parts ───────────────────────────────────────────────────────────────────
def _visible(request: PortalRequest) -> DeliveryQuerySet:
    if not access.may_read_deliveries(request.actor):
        raise Http404
    rows: DeliveryQuerySet = Delivery.objects.visible_to(request.actor)
    return rows


def _health() -> dict[str, object]:
    """What stands beside the list. A constant number of queries."""
    figures, taken_at = health.figures()
    paused = {one.channel: one for one in pausing.paused()}
    return {
        "paused": [(one, Channel(channel).label) for channel, one in paused.items()],
        "figures": figures,
        "taken_at": taken_at,
        "pulses": [(ROLE_NAMES[role], at, silent) for role, at, silent in health.pulses()],
        "bad_jobs": jobs.failed(),
        "bounced": bounces.latest(),
        "switches": [(channel.value, channel.label, channel in paused) for channel in pausing.PAUSABLE],
        "history": [(event, Channel(event.facts["channel"]).label) for event in pausing.history()],
        "acts": progress.latest(),
    }


def _delivery(request: PortalRequest, pk: UUID) -> Delivery:
    found: Delivery | None = _visible(request).select_related("event", "user", "organisation", "endpoint").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _kind(delivery: Delivery) -> registry.Kind | None:
    try:
        return registry.get(delivery.kind)
    except registry.Unregistered:
        return None


def _stats() -> list[Stat]:
    """How many stand in the states that matter, each counted to a thousand, without sandboxes. One statement."""
    counts = ", ".join(
        f"(SELECT count(*) FROM (SELECT 1 FROM notifications_delivery WHERE state = '{state.value}' AND {health.REAL} LIMIT {COUNTED_TO + 1}) found)"  # noqa: S608 - our own states
        for state in FIGURES
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        numbers = cursor.fetchone()
    here = reverse("staff:notifications:deliveries")
    return [
        Stat(state.label, f"{COUNTED_TO}+" if number > COUNTED_TO else number, f"{here}?state={state.value}")
        for state, number in zip(FIGURES, numbers, strict=True)
    ]


def _recipient(delivery: Delivery) -> str:
    if delivery.endpoint is not None:
        return f"{delivery.organisation}: {delivery.endpoint.url}"
    reached = address(delivery)
    return f"{delivery.user.name} ({reached})" if delivery.user and delivery.channel == Channel.EMAIL else str(delivery.user or reached)


def _words(delivery: Delivery) -> Message | None:
    """How the message reads, made anew from the event; None if it cannot be made."""
    try:
        words = message(delivery, delivery.organisation.name if delivery.organisation else "")
    except Exception:  # whatever the template raises: the page is there to look into it
        return None
    return words.for_person(delivery.user.name if delivery.user else "")


def _facts(delivery: Delivery) -> list[Fact]:
    return [
        Fact(_("To"), _recipient(delivery)),
        Fact(_("Channel"), delivery.get_channel_display()),
        Fact(_("Kind"), delivery.kind),
        Fact(_("Happened"), moment(delivery.event.at)),
        Fact(_("Due"), moment(delivery.due_at) if delivery.state == DeliveryState.PENDING else "–"),
        Fact(_("Ended"), moment(delivery.finished_at) if delivery.finished_at else "–"),
        Fact(_("Pointless after"), moment(delivery.expires_at)),
        Fact(_("Outcome"), delivery.note or "–"),
    ]
