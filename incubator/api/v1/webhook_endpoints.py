"""The organisation's own webhook endpoints: what its people do on the developers' pages, for its systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.db import models
from django.db.models import Expression, F, Q
from django.http import HttpResponse
from rest_framework import serializers

from incubator.accounts.models import Organisation
from incubator.api.endpoints import ApiRequest, Collection, Item, Rows, Writes
from incubator.api.filters import Codes
from incubator.api.pagination import Sort
from incubator.api.serializers import Flag, In, Line, Out
from incubator.api.steps import Step, possible, possible_in_sql
from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.statements import JsonObject, Text
from incubator.notifications import operations as notifications
from incubator.notifications.models import WebhookEndpoint
from incubator.notifications.states import EndpointState

ROLES = ("partner", "investor")
STEPS = {verb: verb for verb in ("pause", "resume", "remove")}
STATES = tuple(EndpointState.values)


class EndpointOut(Out):
    id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.URLField()
    event_types = serializers.ListField(child=serializers.CharField(), help_text="Empty: all, also those that come later.")
    state = serializers.ChoiceField(STATES, help_text="`disabled`: switched off by us, see disabled_reason. `removed` is only shown by the step that removes.")
    allowed = serializers.ListField(child=serializers.CharField(), help_text="The steps that are possible now: POST …/{step}.")
    disabled_reason = serializers.CharField()
    ed25519 = serializers.BooleanField(help_text="Whether messages carry a `v1a` signature beside the `v1` one.")
    public_key = serializers.CharField(help_text="Verifies `v1a` signatures; empty without them.")
    previous_secret_until = serializers.DateTimeField(allow_null=True, help_text="Until then messages are signed with the key before, too.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class EndpointWithSecretOut(EndpointOut):
    secret = serializers.CharField(allow_null=True, help_text="Shown this once. A replay answers null: if you have lost the secret, rotate it.")


class EndpointChangeIn(In):
    name = Line(max_length=80, required=False, help_text="What your people call it.")
    url = Line(max_length=500, required=False, help_text="https, on a domain approved for your organisation.")
    event_types = serializers.ListField(child=serializers.ChoiceField([]), required=False, max_length=100, help_text="Empty: all, also those that come later.")
    ed25519 = Flag(required=False, help_text="Sign with an ed25519 key as well (`v1a`).")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The types there are, which the apps register while the park starts."""
        fields = super().get_fields()
        fields["event_types"].child.choices = [kind.name for kind in notifications.webhook_kinds()]  # type: ignore[attr-defined]
        return fields


class EndpointIn(EndpointChangeIn):
    name = Line(max_length=80, help_text="What your people call it.")
    url = Line(max_length=500, help_text="https, on a domain approved for your organisation.")


class Endpoints(Rows):
    tag = "webhooks"
    out: ClassVar[type[Out]] = EndpointOut
    version_column = "version"
    example: ClassVar[Mapping[str, Any]] = {
        "id": "0197e0c2-e444-7b55-9a82-5d6e7f8a9b01",
        "name": "Deal flow import",
        "url": "https://hooks.example.com/park",
        "event_types": ["interests.introduced", "startups.disclosed"],
        "state": "active",
        "allowed": ["pause", "remove"],
        "disabled_reason": "",
        "ed25519": False,
        "public_key": "",
        "previous_secret_until": None,
        "created_at": "2026-11-20T08:15:30.123456+00:00",
        "updated_at": "2026-11-20T08:15:30.123456+00:00",
    }

    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return WebhookEndpoint.objects.visible_to(actor)

    def shape(self, actor: Actor) -> Expression:
        return Text(
            JsonObject(
                id=F("id"),
                name=F("name"),
                url=F("url"),
                event_types=F("event_types"),
                state=F("status"),
                allowed=possible_in_sql(WebhookEndpoint.machine, ROLES, STEPS),
                disabled_reason=F("disabled_reason"),
                ed25519=models.ExpressionWrapper(~Q(public_key=""), output_field=models.BooleanField()),
                public_key=F("public_key"),
                previous_secret_until=F("previous_secret_until"),
                created_at=F("created_at"),
                updated_at=F("updated_at"),
            )
        )

    def location(self, pk: UUID) -> str:
        return f"/api/v1/webhook-endpoints/{pk}"


class WithSecret(Endpoints, Writes):
    """What shows a secret, once. It stands in no answer that can be asked for again, so a replay shows null."""

    written_out = EndpointWithSecretOut
    written_example = {**Endpoints.example, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
    secret: str | None = None  # each request has a view of its own

    def written(self, request: ApiRequest, pk: UUID) -> tuple[bytes, str]:
        body, etag = super().written(request, pk)
        return body[:-1] + b',"secret":' + orjson.dumps(self.secret) + b"}", etag


class EndpointStep(Endpoints, Step):
    def locked(self, request: ApiRequest, pk: UUID) -> WebhookEndpoint:
        found: WebhookEndpoint = WebhookEndpoint.objects.visible_to(request.actor).select_for_update(of=("self",)).get(pk=pk)
        return found

    def allowed(self, row: WebhookEndpoint) -> list[str]:
        return possible(WebhookEndpoint.machine, row.status, ROLES, STEPS)


class EndpointList(WithSecret, Collection):
    """List webhook endpoints

    Your organisation's endpoints, five at most.
    """

    filters = (Codes("state", "States, any of them.", lambda rows, slot: rows.filter(status=slot), choices=STATES[:-1]),)
    sorts = {"created_at": Sort((("created_at", False), ("id", False)), {"created_at": models.DateTimeField(), "id": models.UUIDField()})}
    body = EndpointIn
    body_example = {"name": "Deal flow import", "url": "https://hooks.example.com/park", "event_types": ["interests.introduced"], "ed25519": False}
    success = 201

    def post(self, request: ApiRequest) -> HttpResponse:
        """Create a webhook endpoint

        The answer holds the secret that signs the messages, this once. The host must be one of the domains that
        the park has approved for your organisation; there are five endpoints at most.
        """

        def create(data: dict[str, Any]) -> UUID:
            given = {"event_types": [], "ed25519": False, **self.input(data)}
            organisation = Organisation.objects.with_access().get(pk=request.credential.organisation_id)
            made, self.secret = notifications.create_endpoint(organisation, **given, approved_hosts=hosts(request), by=request.actor, at=now())
            return made.pk

        return self.once(request, create)


class EndpointItem(EndpointStep, Item):
    """Show a webhook endpoint"""

    body = EndpointChangeIn
    body_example = {"event_types": ["interests.introduced", "startups.disclosed"]}

    def patch(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Change a webhook endpoint

        What is not sent stays as it is.
        """

        def change(row: WebhookEndpoint, given: dict[str, Any]) -> None:
            before = {"name": row.name, "url": row.url, "event_types": row.event_types, "ed25519": bool(row.public_key)}
            notifications.change_endpoint(row, **{**before, **given}, approved_hosts=hosts(request), by=request.actor, at=now())

        return self.step(request, pk, change)


class EndpointRotate(WithSecret, EndpointStep):
    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Rotate the secret of a webhook endpoint

        The answer holds the new secret, this once. For 24 hours messages are signed with the new and the old one;
        an ed25519 key is exchanged in the same way.
        """

        def rotate(row: WebhookEndpoint, given: dict[str, Any]) -> None:
            self.secret = notifications.rotate_secret(row, by=request.actor, at=now())

        return self.step(request, pk, rotate)


class EndpointPause(EndpointStep):
    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Pause a webhook endpoint

        Nothing is sent for now. What happens meanwhile waits.
        """
        return self.step(request, pk, lambda row, given: notifications.pause_endpoint(row, by=request.actor, at=now()))


class EndpointResume(EndpointStep):
    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Switch a webhook endpoint on

        Also one that we have switched off. What waits for it is sent first.
        """
        return self.step(request, pk, lambda row, given: notifications.resume_endpoint(row, by=request.actor, at=now()))


class EndpointRemove(EndpointStep):
    def rows(self, actor: Actor) -> models.QuerySet[Any, Any]:
        return WebhookEndpoint.objects.ever_visible_to(actor)

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Remove a webhook endpoint

        For good. What is waiting for it is dropped; the feed of events keeps it for 30 days.
        """
        return self.step(request, pk, lambda row, given: notifications.remove_endpoint(row, by=request.actor, at=now()))


class EndpointTest(EndpointStep):
    needs_match = False
    success = 202

    def post(self, request: ApiRequest, pk: UUID) -> HttpResponse:
        """Send a test message to a webhook endpoint

        A message of the type `notifications.endpoint_pinged`, by the same way as all others; its delivery appears
        in `deliveries` within seconds.
        """
        return self.step(request, pk, lambda row, given: notifications.ping_endpoint(row, by=request.actor, at=now()))


def hosts(request: ApiRequest) -> list[str]:
    return notifications.approved_hosts(request.credential.organisation_id)
