"""Webhooks: thin, signed as Standard Webhooks says, one endpoint per batch, with a breaker per endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Self

import requests
from django.conf import settings
from django.db import connection

from incubator.lib import ssrf
from incubator.notifications import retries
from incubator.notifications.claims import Exchange, Outcome
from incubator.notifications.models import Delivery, WebhookEndpoint
from incubator.notifications.rendering import resource_url
from incubator.notifications.signing import signatures
from incubator.notifications.states import DeliveryState

LARGEST_BODY = 2 * 1024
GONE = 410

BREAK = """
UPDATE notifications_webhookendpoint SET
    failures = failures + 1,
    broken_until = CASE WHEN failures + 1 >= %(after)s
        THEN statement_timestamp() + least(%(first)s * power(2, least(failures + 1 - %(after)s, 20)), %(most)s)
        ELSE broken_until END
WHERE id = %(id)s RETURNING failures
"""


class WebhookSender:
    """Any answer but 2xx is tried again by the table; 410 switches the endpoint off."""

    def __init__(self) -> None:
        self._session: requests.Session | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._session is not None:
            self._session.close()

    def may_go_on(self) -> bool:
        return not self._stopped

    def send(self, delivery: Delivery) -> Outcome:
        endpoint = delivery.endpoint
        assert endpoint is not None
        body = payload(delivery)
        sent = headers(delivery, endpoint, body)
        exchange = Exchange(sent["x-request-id"], shown(sent), body.decode())
        begun = monotonic()
        try:
            self._session = self._session or ssrf.session(endpoint.url)
            answer = ssrf.post(self._session, endpoint.url, body, sent, timeout=settings.WEBHOOK_TIMEOUT)
        except ssrf.Forbidden as refused:
            return self._again(delivery, begun, exchange, note=str(refused))
        except requests.Timeout:
            return self._again(delivery, begun, exchange, note="No answer in time.")
        except requests.RequestException as error:
            return self._again(delivery, begun, exchange, note=f"No connection ({type(error).__name__}).")
        exchange = replace(exchange, response_headers=answer.headers, response_excerpt=answer.excerpt)
        if 200 <= answer.code < 300:
            return Outcome(DeliveryState.SENT, "", answer.code, _since(begun), exchange=exchange)
        if answer.code == GONE:
            return Outcome(DeliveryState.FAILED, "The endpoint says that it is gone.", GONE, _since(begun), exchange=exchange)
        return self._again(delivery, begun, exchange, note=f"Answered {answer.code}.", code=answer.code, asked=answer.retry_after)

    def finished(self, delivery: Delivery, outcome: Outcome, *, ours: bool) -> None:
        """Move the endpoint's breaker."""
        endpoint = delivery.endpoint
        assert endpoint is not None
        if not ours:
            return
        if outcome.state == DeliveryState.SENT:
            if endpoint.failures or endpoint.broken_until:
                WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failures=0, broken_until=None)
            return
        failures = _count_failure(endpoint)
        self._stopped = failures >= settings.WEBHOOK_BREAK_AFTER or outcome.code == GONE
        if outcome.code == GONE or failures >= settings.WEBHOOK_DISABLE_AFTER:
            _switch_off(endpoint, outcome, failures)

    def _again(self, delivery: Delivery, begun: float, exchange: Exchange, *, note: str, code: int | None = None, asked: float = 0) -> Outcome:
        table = settings.WEBHOOK_RETRIES
        return replace(retries.again(table, delivery.tries, note=note, code=code, milliseconds=_since(begun), asked=asked), exchange=exchange)


def payload(delivery: Delivery) -> bytes:
    """The body: what happened, when, and where to fetch the rest with one's own credential. Nothing confidential."""
    event = delivery.event
    body = {
        "id": str(event.pk),
        "type": event.kind,
        "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "version": event.version,
        "resource": resource_url(event, event.told[delivery.told]),
    }
    encoded = json.dumps(body, separators=(",", ":")).encode()
    if len(encoded) > LARGEST_BODY:
        raise ValueError(f"the body of {event.kind} has {len(encoded)} bytes")
    return encoded


def headers(delivery: Delivery, endpoint: WebhookEndpoint, body: bytes) -> dict[str, str]:
    """`webhook-id` stays the same over all tries of a delivery. While a secret is being exchanged both sign."""
    at = datetime.now(UTC)
    identity = f"msg_{delivery.pk.hex}"
    return {
        "content-type": "application/json",
        "user-agent": "Incubator-Webhooks/1",
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures(endpoint, identity, at, body),
        "x-request-id": delivery.event.request_id or str(delivery.event_id),
    }


def shown(sent: Mapping[str, str]) -> dict[str, str]:
    """The headers for the log, where a signature has no business: of each only its kind."""
    kinds = [one.partition(",")[0] for one in sent["webhook-signature"].split(" ")]
    return {**sent, "webhook-signature": " ".join(f"{kind},…" for kind in kinds)}


def _count_failure(endpoint: WebhookEndpoint) -> int:
    values: dict[str, Any] = {
        "after": settings.WEBHOOK_BREAK_AFTER,
        "first": timedelta(seconds=settings.WEBHOOK_BREAK),
        "most": timedelta(seconds=settings.WEBHOOK_BREAK_MOST),
        "id": endpoint.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(BREAK, values)
        return int(cursor.fetchone()[0])


def _switch_off(endpoint: WebhookEndpoint, outcome: Outcome, failures: int) -> None:
    from incubator.notifications import operations

    reason = outcome.note if outcome.code == GONE else f"{failures} failures in a row."
    operations.disable_endpoint(endpoint, reason=reason)


def _since(begun: float) -> int:
    return int((monotonic() - begun) * 1_000)
