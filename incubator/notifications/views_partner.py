"""Webhook endpoints in the partner portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.notifications import operations as notifications
from incubator.notifications.forms import EndpointForm, RangeForm
from incubator.notifications.models import Attempt, Delivery, WebhookEndpoint
from incubator.notifications.states import RESENDABLE, DeliveryState, EndpointState
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Fact, Next, chips
from incubator.web.refusals import refusals_shown
from incubator.web.times import moment

console = portal("partner", console=True)


@console
@require_safe
def endpoints(request: PortalRequest) -> HttpResponse:
    """The organisation's endpoints: five at most."""
    rows = WebhookEndpoint.objects.visible_to(request.actor).order_by("created_at", "id")[: notifications.ENDPOINTS_AT_MOST]
    context = {"endpoints": rows, "hosts": _hosts(request), "tab": "webhooks", "most": notifications.ENDPOINTS_AT_MOST}
    return render(request, "partner/notifications/endpoints.html", context)


@console
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: PortalRequest) -> HttpResponse:
    """A new endpoint. Its secret is on the page that answers the post, and nowhere else."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = request.organisation
        assert organisation is not None
        try:
            endpoint, secret = notifications.create_endpoint(organisation, **form.cleaned_data, approved_hosts=_hosts(request), by=request.actor, at=now())
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        else:
            return _show_secret(request, endpoint, secret, created=True)
    crumbs = _crumbs(Crumb(_("New endpoint")))
    context = {"title": _("New webhook endpoint"), "form": form, "hosts": _hosts(request), "crumbs": crumbs, "button": _("Create the endpoint")}
    return render(request, "partner/notifications/edit.html", context, status=400 if form.errors else 200)


@console
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PortalRequest, pk: UUID) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    form = EndpointForm(request.POST) if request.method == "POST" else EndpointForm.of(endpoint)
    if form.is_bound and form.is_valid():
        try:
            notifications.change_endpoint(endpoint, **form.cleaned_data, approved_hosts=_hosts(request), by=request.actor, at=now())
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        else:
            messages.success(request, _("The endpoint was changed."))
            return redirect("partner:notifications:endpoint", pk)
    crumbs = _crumbs(Crumb(endpoint.name, _address(endpoint)), Crumb(_("Change")))
    context = {"title": _("Change the endpoint"), "form": form, "hosts": _hosts(request), "crumbs": crumbs, "button": _("Save the changes")}
    return render(request, "partner/notifications/edit.html", context, status=400 if form.errors else 200)


@console
@require_safe
def endpoint(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One endpoint: how it stands, what was sent, and what one can do."""
    found = _endpoint(request, pk)
    rows = Delivery.objects.visible_to(request.actor).filter(endpoint=found)
    if (state := request.GET.get("state", "")) in DeliveryState.values:
        rows = rows.filter(state=state)
    log = page(rows, order=("-created_at", "-id"), after=request.GET.get("after"))
    codes = Attempt.objects.last_answers(*(row.pk for row in log.rows))
    context = {
        "endpoint": found,
        "crumbs": _crumbs(Crumb(found.name)),
        "next": _next(found),
        "facts": _facts(found),
        "actions": _actions(found),
        "page": log,
        "entries": [(row, codes.get(row.pk), row.state in RESENDABLE | {DeliveryState.SENT}) for row in log.rows],
        "states": chips(request, "state", DeliveryState.choices, label=_("State"), everything=_("All")),
        "range": RangeForm(),
    }
    return render(request, "partner/notifications/endpoint.html", context)


@console
@require_POST
@refusals_shown
def step(request: PortalRequest, pk: UUID, verb: str) -> HttpResponse:
    """Pause, resume, remove, or send a test message."""
    found = _endpoint(request, pk)
    if verb == "ping":
        notifications.ping_endpoint(found, by=request.actor, at=now())
        messages.success(request, _("A test message is on its way. It stands below as soon as it was sent."))
    elif verb == "pause":
        notifications.pause_endpoint(found, by=request.actor, at=now())
        messages.success(request, _("The endpoint is paused. What happens meanwhile waits for it."))
    elif verb == "resume":
        notifications.resume_endpoint(found, by=request.actor, at=now())
        messages.success(request, _("The endpoint is switched on. What was waiting is sent now."))
    else:
        raise Http404
    return redirect(_address(found))


@console
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def remove(request: PortalRequest, pk: UUID) -> HttpResponse:
    found = _endpoint(request, pk)
    if request.method == "POST":
        notifications.remove_endpoint(found, by=request.actor, at=now())
        messages.success(request, _("The endpoint was removed."))
        return redirect("partner:notifications:endpoints")
    what = [
        _("Nothing is sent to %(url)s any more.") % {"url": found.url},
        _("What is waiting for it is dropped. The event feed of the API keeps it for 30 days."),
    ]
    return _confirm(request, found, title=_("Remove the endpoint?"), what=what, button=_("Remove the endpoint"), danger=True)


@console
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def rotate(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Exchange the secret; the new one is on the page that answers the post."""
    found = _endpoint(request, pk)
    if request.method == "POST":
        return _show_secret(request, found, notifications.rotate_secret(found, by=request.actor, at=now()), created=False)
    what = [_("You get a new secret, which is shown once."), _("For 24 hours messages carry two signatures, one with the old secret and one with the new.")]
    return _confirm(request, found, title=_("Exchange the secret?"), what=what, button=_("Make a new secret"))


@console
@require_POST
@refusals_shown
def redeliver(request: PortalRequest, pk: UUID, delivery_pk: UUID) -> HttpResponse:
    found = _endpoint(request, pk)
    delivery = Delivery.objects.visible_to(request.actor).filter(endpoint=found, pk=delivery_pk).first()
    if delivery is None:
        raise Http404
    notifications.redeliver(delivery, by=request.actor)
    messages.success(request, _("The message is sent again, with the same id."))
    return redirect(_address(found))


@console
@require_POST
@refusals_shown
def redeliver_range(request: PortalRequest, pk: UUID) -> HttpResponse:
    found = _endpoint(request, pk)
    form = RangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(_address(found))
    number = notifications.redeliver_range(found, **form.cleaned_data, by=request.actor).facts["count"]
    messages.success(request, ngettext("%(number)d message is sent again.", "%(number)d messages are sent again.", number) % {"number": number})
    return redirect(_address(found))


# ── Parts ───────────────────────────────────────────────────────────────────
def _hosts(request: PortalRequest) -> list[str]:
    return notifications.approved_hosts(request.actor.organisation_id)


def _endpoint(request: PortalRequest, pk: UUID) -> WebhookEndpoint:
    found: WebhookEndpoint | None = WebhookEndpoint.objects.visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _address(endpoint: WebhookEndpoint) -> str:
    return reverse("partner:notifications:endpoint", args=[endpoint.pk])


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Developers"), reverse("partner:api:index")), Crumb(_("Webhooks"), reverse("partner:notifications:endpoints")), *more]


def _show_secret(request: PortalRequest, endpoint: WebhookEndpoint, secret: str, *, created: bool) -> HttpResponse:
    crumbs = _crumbs(Crumb(endpoint.name, _address(endpoint)), Crumb(_("Secret")))
    return render(request, "partner/notifications/secret.html", {"endpoint": endpoint, "secret": secret, "created": created, "crumbs": crumbs})


def _confirm(request: PortalRequest, endpoint: WebhookEndpoint, **context: Any) -> HttpResponse:
    crumbs = _crumbs(Crumb(endpoint.name, _address(endpoint)), Crumb(context["title"]))
    shared = {"crumbs": crumbs, "cancel_url": _address(endpoint), "layout": "partner/base.html", "told": []}
    return render(request, "partials/confirm.html", {**shared, **context})


def _next(endpoint: WebhookEndpoint) -> Next | None:
    on = Action(_("Switch on"), reverse("partner:notifications:step", args=[endpoint.pk, "resume"]), icon="player-play", post=True)
    if endpoint.status == EndpointState.DISABLED:
        return Next(_("Switched off because it did not answer"), who=endpoint.disabled_reason, tone="mine", action=on)
    if endpoint.status == EndpointState.PAUSED:
        return Next(_("Paused by your organisation"), who=_("What happens meanwhile waits."), tone="rest", action=on)
    if endpoint.is_broken():
        who = _("%(number)d failures in a row") % {"number": endpoint.failures}
        return Next(_("We wait before we try again"), who=who, expected=endpoint.broken_until, tone="others")
    return None


def _facts(endpoint: WebhookEndpoint) -> list[Fact]:
    facts = [
        Fact(_("Address"), endpoint.url),
        Fact(_("Event types"), ", ".join(endpoint.event_types) or _("All")),
        Fact(_("Created"), moment(endpoint.created_at)),
    ]
    if endpoint.public_key:
        facts.append(Fact(_("Public key (ed25519)"), endpoint.public_key))
    if endpoint.previous_secret_until and endpoint.previous_secret_until > now():
        facts.append(Fact(_("Old secret signs until"), moment(endpoint.previous_secret_until)))
    return facts


def _actions(endpoint: WebhookEndpoint) -> list[Action]:
    def url(name: str, *args: str) -> str:
        return reverse(f"partner:notifications:{name}", args=[endpoint.pk, *args])

    actions = [Action(_("Change"), url("change"), icon="edit"), Action(_("New secret"), url("rotate"), icon="key")]
    if endpoint.status == EndpointState.ACTIVE:
        actions.append(Action(_("Pause"), url("step", "pause"), icon="player-pause", post=True))
    actions.append(Action(_("Remove"), url("remove"), icon="trash", danger=True))
    return actions
