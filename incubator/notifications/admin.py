"""Webhook endpoints at /staff/: to look at. Their owners keep them in their own portal."""

from __future__ import annotations

from django.db.models import Model

from incubator.lib.actor import Actor
from incubator.notifications.models import WebhookEndpoint
from incubator.notifications.querysets import ENDPOINT_KEEPERS
from incubator.web.admin import RecordAdmin
from incubator.web.staff import site


class WebhookEndpointAdmin(RecordAdmin):
    list_display = ("name", "organisation", "url", "status", "failures", "broken_until")
    list_select_related = ("organisation",)
    list_filter = ("status",)
    ordering = ("organisation__name", "name", "pk")
    fields = ("organisation", "name", "url", "event_types", "status", "disabled_reason", "failures", "broken_until")
    readonly_fields = fields

    def may_view(self, actor: Actor, row: Model | None) -> bool:
        return bool(actor.roles & ENDPOINT_KEEPERS)


site.register(WebhookEndpoint, WebhookEndpointAdmin)
