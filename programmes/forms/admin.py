"""Forms as records of the staff site."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.outbox.timeline import timeline
from incubator.web.admin import CardInline, RecordAdmin
from incubator.web.staff import site
from programmes.forms import access, events
from programmes.forms.configuring import FormVersionForm, QuestionForm, QuestionFormSet
from programmes.forms.models import FormVersion, Question


class QuestionInline(CardInline):
    model = Question
    form = QuestionForm
    formset = QuestionFormSet
    verbose_name_plural = _("Questions")
    ordering = ("position", "pk")
    fields = (
        ("section", "key", "position"),
        ("kind", "is_required", "profile_field"),
        "label",
        "help_text",
        ("max_length", "minimum", "maximum"),
        ("choices", "columns"),
        "condition",
    )


class FormVersionAdmin(RecordAdmin):
    edited = events.edited
    form = FormVersionForm
    inlines = (QuestionInline,)
    list_display = ("name", "number", "frozen_at")
    search_fields = ("name",)
    ordering = ("name", "-number", "pk")
    fields = (("name", "number"), "sections")
    change_form_outer_before_template = "staff/catalogue/_steps.html"
    change_form_outer_after_template = "staff/catalogue/_history.html"

    def may_add(self, actor: Actor) -> bool:
        return access.may_configure(actor)

    def may_change(self, actor: Actor, row: Model | None) -> bool:
        return access.may_configure(actor) if row is None else access.may_edit(actor, row)  # type: ignore[arg-type]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = obj.updated_at = now()
        super().save_model(request, obj, form, change)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id and request.method == "GET" and self.has_view_permission(request) else None
        context = dict(extra_context or {})
        if row is not None:
            context |= {
                "row": row,
                "frozen_form": row.frozen_at is not None,
                "entries": timeline(row.pk),
                "preview_url": reverse("staff:forms:preview", args=[row.pk]),
                "copy_url": reverse("staff:forms:copy", args=[row.pk]),
                "may_copy": access.may_configure(request.actor),  # type: ignore[attr-defined]
            }
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response


site.register(FormVersion, FormVersionAdmin)
