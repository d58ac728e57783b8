"""Base classes of the staff portal's records. Everything is closed until a subclass opens it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from incubator.lib.actor import Actor
from incubator.lib.clock import now

MOST = 1_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Stops counting at a thousand: a list of configuration is never longer, and nobody pages that far."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows[:MOST].count() if isinstance(rows, QuerySet) else len(rows)


class RecordAdmin(ModelAdmin):  # type: ignore[misc]
    """A record of configuration at /staff/.

    Rows are those of `objects.visible_to(actor)`. Permissions are the `may_…` predicates, which ask the app's
    `access.py`; all but viewing are refused unless overridden. What has a state shows it read-only and can be
    neither added nor deleted here: operations do that. A plain edit is recorded as the event kind in `edited`,
    which every admin that lets people change something must name.
    """

    edited: Any = None
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    compressed_fields = True
    warn_unsaved_form = True
    actions = None

    # ── Who may do what ──
    def may_view(self, actor: Actor, row: Model | None) -> bool:
        return True

    def may_add(self, actor: Actor) -> bool:
        return False

    def may_change(self, actor: Actor, row: Model | None) -> bool:
        return False

    def may_delete(self, actor: Actor, row: Model | None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_inside(request) and self.may_view(_actor(request), obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_inside(request) and not self.has_state() and self.may_add(_actor(request))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_inside(request) and self.may_change(_actor(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _is_inside(request) and not self.has_state() and self.may_delete(_actor(request), obj)

    # ── Which rows and fields ──
    def has_state(self) -> bool:
        return hasattr(self.model, "machine")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The actor's rows, in the admin's order with the primary key as tie-break."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(_actor(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[str]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, self.model.machine.field) if self.has_state() else fields

    # ── One audit trail: the outbox ──
    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        """Save, and record who changed which fields. The admin runs this in one transaction."""
        at = now()
        if not change:
            obj.created_at = obj.updated_at = at
        super().save_model(request, obj, form, change)
        record = import_string(settings.EVENT_RECORDER)
        record(self.edited, obj, by=_actor(request), at=at, facts={"fields": list(form.changed_data), "added": not change})

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the event says it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the event says it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Nothing: the event says it."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's own log is not kept; a row's history is its timeline."""
        raise Http404


class RowsInline:
    """Permissions of an inline follow its parent's: who may change the record may change its rows."""

    extra = 0
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._parent(request).has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._parent(request).has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._parent(request).has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._parent(request).has_change_permission(request, obj)

    def _parent(self, request: HttpRequest) -> RecordAdmin:
        found: RecordAdmin = self.admin_site._registry[self.parent_model]  # type: ignore[attr-defined]
        return found


class TableInline(RowsInline, TabularInline):  # type: ignore[misc]
    """Rows of a record as a table."""


class CardInline(RowsInline, StackedInline):  # type: ignore[misc]
    """Rows of a record as cards, for many or long fields."""


def _is_inside(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and actor.organisation_kind == "park"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
