"""What people do with their inbox, with endpoints, and with deliveries that did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from incubator.accounts.actors import system_actor
from incubator.accounts.models import Organisation
from incubator.lib import sealing, ssrf
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, NotAllowed, Refusal
from incubator.notifications import access, bounces, events
from incubator.notifications.channels.email import address
from incubator.notifications.models import OLD_SECRET_SIGNS_FOR, Channel, Delivery, Notification, WebhookEndpoint
from incubator.notifications.signing import SECRET_PURPOSE, new_key_pair, new_secret
from incubator.notifications.states import RESENDABLE, DeliveryState, EndpointState
from incubator.outbox import registry
from incubator.outbox.models import Event
from incubator.outbox.operations import Tell, record, transition

ENDPOINTS_AT_MOST = 5
REDELIVER_AT_MOST = 1_000
REDELIVERED = events.endpoint_redelivered.name


# ── Inbox ───────────────────────────────────────────────────────────────────
def mark_read(notice: Notification, *, at: datetime) -> None:
    """The notice, and what came before about the same thing in the same portal. A second time changes nothing."""
    thread = Notification.objects.filter(user=notice.user_id, subject_id=notice.subject_id, portal=notice.portal, pk__lte=notice.pk)
    thread.unread().update(read_at=at)


def mark_all_read(*, portal: str, by: Actor, at: datetime) -> int:
    """All of the person's unread notices of a portal. Returns how many there were."""
    return Notification.objects.visible_to(by).in_portal(portal).unread().update(read_at=at)


# ── Webhook endpoints ───────────────────────────────────────────────────────
@transaction.atomic
def create_endpoint(
    organisation: Organisation,
    *,
    name: str,
    url: str,
    event_types: Sequence[str],
    approved_hosts: Sequence[str],
    by: Actor,
    at: datetime,
    ed25519: bool = False,
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown this once. Locks the organisation.

    Raises NotAllowed; Refusal at five endpoints; Invalid for an address we may not call or an unknown event type.
    """
    _must_keep(by, organisation.pk)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if WebhookEndpoint.objects.kept().filter(organisation=organisation).count() >= ENDPOINTS_AT_MOST:
        raise Refusal(_("There are five endpoints already. Remove one, then add the new one."), code="too_many_endpoints")
    secret = new_secret()
    private_key_sealed, public_key = new_key_pair() if ed25519 else ("", "")
    endpoint = WebhookEndpoint.objects.create(
        organisation=organisation,
        name=name.strip(),
        url=ssrf.checked_url(url, approved_hosts),
        event_types=_known(event_types),
        secret_sealed=sealing.seal(secret, purpose=SECRET_PURPOSE),
        private_key_sealed=private_key_sealed,
        public_key=public_key,
        created_at=at,
        updated_at=at,
    )
    record(events.endpoint_created, endpoint, by=by, at=at, to_state=endpoint.status, facts={"name": endpoint.name, "url": endpoint.url})
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    endpoint: WebhookEndpoint,
    *,
    name: str,
    url: str,
    event_types: Sequence[str],
    approved_hosts: Sequence[str],
    by: Actor,
    at: datetime,
    ed25519: bool,
) -> WebhookEndpoint:
    """Change name, address, filter, or whether an ed25519 key signs too. Locks the endpoint. Raises NotAllowed, or Invalid as creating does."""
    endpoint = _locked(endpoint, by)
    endpoint.name = name.strip()
    endpoint.url = ssrf.checked_url(url, approved_hosts)
    endpoint.event_types = _known(event_types)
    if ed25519 != bool(endpoint.public_key):
        endpoint.private_key_sealed, endpoint.public_key = new_key_pair() if ed25519 else ("", "")
        endpoint.previous_private_key_sealed = ""
    endpoint.save(update_fields=["name", "url", "event_types", "private_key_sealed", "previous_private_key_sealed", "public_key"])
    facts = {"name": endpoint.name, "url": endpoint.url, "event_types": endpoint.event_types, "ed25519": ed25519}
    record(events.endpoint_changed, endpoint, by=by, at=at, facts=facts)
    return endpoint


@transaction.atomic
def pause_endpoint(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> WebhookEndpoint:
    """Send nothing for now; what happens meanwhile waits. Raises NotAllowed or IllegalTransition."""
    return transition(_locked(endpoint, by), EndpointState.PAUSED, by=by, at=at, event=events.endpoint_paused)


@transaction.atomic
def resume_endpoint(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> WebhookEndpoint:
    """Send again, beginning with what is waiting; the breaker is reset. Raises NotAllowed or IllegalTransition."""
    fresh = {"failures": 0, "broken_until": None, "disabled_reason": ""}
    return transition(_locked(endpoint, by), EndpointState.ACTIVE, by=by, at=at, event=events.endpoint_resumed, changes=fresh)


@transaction.atomic
def remove_endpoint(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> WebhookEndpoint:
    """Take the endpoint out for good; what was waiting for it is dropped. Raises NotAllowed or IllegalTransition."""
    endpoint = transition(_locked(endpoint, by), EndpointState.REMOVED, by=by, at=at, event=events.endpoint_removed)
    waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING)
    waiting.update(state=DeliveryState.SUPPRESSED, note="The endpoint was removed.", finished_at=Now())
    return endpoint


@transaction.atomic
def disable_endpoint(endpoint: WebhookEndpoint, *, reason: str) -> None:
    """Switch off an endpoint that does not answer; its people and the park's partnership managers are told.

    Called by the worker. A second time changes nothing.
    """
    endpoint = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=endpoint.pk)
    if endpoint.status != EndpointState.ACTIVE:
        return
    facts = {"name": endpoint.name, "url": endpoint.url, "why": reason, "owner": endpoint.organisation.name}
    tell = [
        Tell("partner", facts, organisation=endpoint.organisation_id),
        Tell("staff", facts, organisation_kind="park", roles=("partnership", "admin")),
    ]
    transition(
        endpoint,
        EndpointState.DISABLED,
        by=system_actor(),
        at=now(),
        event=events.endpoint_disabled,
        reason=reason,
        facts=facts,
        tell=tell,
        changes={"disabled_reason": reason[:200]},
    )


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> str:
    """A new secret, shown this once, and a new ed25519 key if it has one; for 24 hours the old ones sign too. Raises NotAllowed."""
    endpoint = _locked(endpoint, by)
    secret = new_secret()
    endpoint.previous_secret_sealed, endpoint.previous_secret_until = endpoint.secret_sealed, at + OLD_SECRET_SIGNS_FOR
    endpoint.secret_sealed = sealing.seal(secret, purpose=SECRET_PURPOSE)
    endpoint.previous_private_key_sealed = endpoint.private_key_sealed
    if endpoint.public_key:
        endpoint.private_key_sealed, endpoint.public_key = new_key_pair()
    fields = ["secret_sealed", "previous_secret_sealed", "previous_secret_until", "private_key_sealed", "previous_private_key_sealed", "public_key"]
    endpoint.save(update_fields=fields)
    record(events.endpoint_secret_rotated, endpoint, by=by, at=at, facts={"name": endpoint.name})
    return secret


@transaction.atomic
def ping_endpoint(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> None:
    """Send a test message through the same way as all others. Raises NotAllowed; Refusal if the endpoint is not on."""
    endpoint = _locked(endpoint, by)
    if endpoint.status != EndpointState.ACTIVE:
        raise Refusal(_("The endpoint is not switched on. Switch it on first."), code="endpoint_not_active")
    tell = [Tell("partner", {"endpoint": str(endpoint.pk)}, organisation=endpoint.organisation_id)]
    record(events.endpoint_pinged, endpoint, by=by, at=at, tell=tell)


# ── Deliveries ──────────────────────────────────────────────────────────────
@transaction.atomic
def send_again(delivery: Delivery, *, by: Actor) -> None:
    """Put a delivery that failed, bounced or died back to the start of its retry table.

    An address that refused mail gets another chance. Locks the row. Raises NotAllowed; Refusal when it is in another
    state or its time is over.
    """
    if not access.may_read_deliveries(by):
        raise NotAllowed
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state not in RESENDABLE:
        raise Refusal(_("Only what failed, bounced or died can be sent again. Reload the page to see how it stands."), code="not_resendable")
    if delivery.expires_at <= now():
        raise Refusal(_("It is too late for this message to be of use; it will not be sent."), code="expired")
    if delivery.channel == Channel.EMAIL:
        bounces.try_again(delivery, address(delivery))
    _restart(delivery)


@transaction.atomic
def redeliver(delivery: Delivery, *, by: Actor) -> None:
    """Send a webhook once more with the same id, whether it had arrived or not.

    Raises NotAllowed; Refusal while it is under way, and for an endpoint that was removed.
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=delivery.pk)
    if delivery.endpoint is None:
        raise NotAllowed
    _must_keep(by, delivery.endpoint.organisation_id)
    if delivery.endpoint.status == EndpointState.REMOVED:
        raise Refusal(_("The endpoint of this message was removed."), code="endpoint_removed")
    if delivery.state not in RESENDABLE | {DeliveryState.SENT}:
        raise Refusal(_("This message is still on its way, or may not be sent."), code="not_resendable")
    _restart(delivery, expires_at=now() + registry.get(delivery.kind).time_to_live)


@transaction.atomic
def redeliver_range(endpoint: WebhookEndpoint, *, since: datetime, until: datetime, by: Actor) -> Event:
    """Send again, each once, what was made for the endpoint in a span of time and is not under way.

    A thousand at most, the oldest first. Locks the endpoint. The event that records it says in its facts how many
    (`count`) and, if there were more, where to go on (`next_since`). Raises NotAllowed, or Invalid for an empty span.
    """
    endpoint = _locked(endpoint, by)
    if since >= until:
        raise Invalid(_("The end must come after the beginning."), field="until")
    states = [*RESENDABLE, DeliveryState.SENT]
    rows = Delivery.objects.select_for_update().filter(endpoint=endpoint, state__in=states, created_at__gte=since, created_at__lt=until)
    found = list(rows.order_by("created_at", "id")[: REDELIVER_AT_MOST + 1])
    more = found.pop() if len(found) > REDELIVER_AT_MOST else None
    for delivery in found:
        _restart(delivery, expires_at=now() + registry.get(delivery.kind).time_to_live)
    span = {"since": since.isoformat(), "until": until.isoformat(), "next_since": more.created_at.isoformat() if more else None}
    return record(events.endpoint_redelivered, endpoint, by=by, at=now(), facts={"name": endpoint.name, "count": len(found), **span})


def _restart(delivery: Delivery, *, expires_at: datetime | None = None) -> None:
    fresh = Delivery.objects.filter(pk=delivery.pk)
    fresh.update(
        state=DeliveryState.PENDING,
        due_at=Now(),
        rung_at=None,
        claims=0,
        tries=0,
        note="",
        finished_at=None,
        expires_at=expires_at or delivery.expires_at,
    )


def approved_hosts(organisation_id: UUID | None) -> list[str]:
    """The domains an organisation's endpoints may lie on."""
    hosts: list[str] = import_string(settings.WEBHOOK_HOSTS)(organisation_id)
    return hosts


def webhook_kinds(*, with_ping: bool = False) -> list[registry.Kind]:
    """The kinds of events that are told by webhook; the test message is not one to choose."""
    return [
        kind for kind in registry.kinds() if (with_ping or kind is not events.endpoint_pinged) and any(notice.resource for notice in kind.audiences.values())
    ]


def _known(event_types: Sequence[str]) -> list[str]:
    unknown = sorted(set(event_types) - {kind.name for kind in webhook_kinds()})
    if unknown:
        raise Invalid(_("There is no event type “%(name)s”.") % {"name": unknown[0]}, field="event_types")
    return sorted(set(event_types))


def _must_keep(by: Actor, organisation_id: UUID) -> None:
    if not access.may_keep_endpoints(by, organisation_id):
        raise NotAllowed


def _locked(endpoint: WebhookEndpoint, by: Actor) -> WebhookEndpoint:
    _must_keep(by, endpoint.organisation_id)
    locked: WebhookEndpoint = WebhookEndpoint.objects.kept().select_for_update().get(pk=endpoint.pk)
    return locked
