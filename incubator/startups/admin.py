"""The taxonomies as records of the staff site."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from incubator.lib.actor import Actor
from incubator.startups import access, events
from incubator.startups.models import Area
from incubator.web.admin import RecordAdmin
from incubator.web.staff import site


class AreaAdmin(RecordAdmin):
    edited = events.area_edited
    list_display = ("name", "kind", "slug", "position")
    list_filter = ("kind",)
    ordering = ("kind", "position", "pk")
    fields = ("kind", "name", "slug", "position")

    def may_add(self, actor: Actor) -> bool:
        return access.may_edit_areas(actor)

    def may_change(self, actor: Actor, row: Model | None) -> bool:
        return access.may_edit_areas(actor)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Kind and code stay once given: other rows name the area by its code."""
        return ("kind", "slug") if obj else ()


site.register(Area, AreaAdmin)
