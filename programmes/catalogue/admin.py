"""Programmes, calls and rubrics as records of the staff site."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.outbox.timeline import timeline
from incubator.web.admin import CardInline, RecordAdmin
from incubator.web.staff import site
from programmes.catalogue import access, events
from programmes.catalogue.forms import CriteriaFormSet, CriterionForm, IntakeForm, ProgrammeForm, RuleForm
from programmes.catalogue.models import Criterion, EligibilityRule, Intake, Programme, Rubric
from programmes.catalogue.states import IntakeState
from programmes.catalogue.views_staff import steps_of

# How the theme of the staff site colours the five meanings of a state.
LABELS = {"waiting": "warning", "under_way": "info", "good": "success", "bad": "danger", "rest": "default"}


class CatalogueAdmin(RecordAdmin):
    """What the records of this app share: who may add, steps above the form, history below it.

    A new row is a draft; from there on operations move it, so adding here takes no step of a machine.
    """

    edited = events.edited
    change_form_outer_before_template = "staff/catalogue/_steps.html"
    change_form_outer_after_template = "staff/catalogue/_history.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and access.may_configure(request.actor)  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = obj.updated_at = now()
        super().save_model(request, obj, form, change)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id and request.method == "GET" and self.has_view_permission(request) else None
        context = {**(extra_context or {}), **(self.around(request, row) if row else {})}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    def around(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What stands above and below the form: steps, notices, history."""
        return {"row": row, "entries": timeline(row.pk, machine=getattr(row, "machine", None))}

    @display(description=_("State"), ordering="status", label=LABELS)  # type: ignore[untyped-decorator]
    def state(self, row: Any) -> tuple[str, str]:
        return str(row.machine.family(row.status)), str(row.state_label())


class ProgrammeAdmin(CatalogueAdmin):
    form = ProgrammeForm
    list_display = ("title", "state", "duration_months", "grant_amount", "partner")
    list_filter = ("status",)
    list_select_related = ("partner",)
    search_fields = ("title", "tagline")
    ordering = ("title", "pk")
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "slug", "tagline", "status")}),
        (_("What applicants read (Markdown)"), {"fields": ("description", "what_you_get", "who_may_apply", "how_it_is_judged")}),
        (_("Terms"), {"fields": ("focus_areas", ("duration_months", "is_exclusive"), ("grant_amount", "currency"), "partner")}),
    )

    def may_change(self, actor: Actor, row: Model | None) -> bool:
        return access.may_configure(actor) if row is None else access.may_edit_programme(actor, row)  # type: ignore[arg-type]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict[str, Any]:
        """Only for a new one: a published address does not follow a changed title."""
        return {} if obj else dict(self.prepopulated_fields)

    def around(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**super().around(request, row), "steps": steps_of(row, request.actor)}  # type: ignore[attr-defined]


class RuleInline(CardInline):
    model = EligibilityRule
    form = RuleForm
    verbose_name_plural = _("Eligibility rules")
    fields = ("title", ("question_key", "column"), "operator", "value", ("position", "needs_judgement"))
    ordering = ("position", "pk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or access.may_edit_rules(request.actor, obj))  # type: ignore[attr-defined]

    has_add_permission = has_delete_permission = has_change_permission


class IntakeAdmin(CatalogueAdmin):
    form = IntakeForm
    inlines = (RuleInline,)
    list_display = ("title", "programme", "state", "opens_at", "closes_at", "decision_on", "seats")
    list_filter = ("status", "programme")
    list_select_related = ("programme",)
    search_fields = ("title", "programme__title")
    ordering = ("-opens_at", "-pk")
    fieldsets = (
        (None, {"fields": ("programme", "title", "slug", "reference_prefix", "status")}),
        (_("Dates, in the park's time"), {"fields": ("opens_at", "closes_at", "decision_on", "offer_valid_days")}),
        (_("Form and rubric"), {"fields": ("form_version", "rubric")}),
        (_("Panel"), {"fields": ("review_due_on", ("reviews_per_application", "reviewer_capacity"), "seats", ("is_blind", "shows_feedback"))}),
    )

    def may_change(self, actor: Actor, row: Model | None) -> bool:
        return access.may_configure(actor) if row is None else access.may_edit_intake(actor, row)  # type: ignore[arg-type]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Once scheduled, only what applicants have not relied on can be changed."""
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None or obj.status == IntakeState.DRAFT:
            return fields
        return tuple({*fields, *(set(IntakeForm.Meta.fields) - access.CHANGEABLE_WHEN_SCHEDULED)})

    def around(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        frozen = row.status != IntakeState.DRAFT
        return {**super().around(request, row), "steps": steps_of(row, request.actor), "call_is_frozen": frozen}  # type: ignore[attr-defined]


class CriterionInline(CardInline):
    model = Criterion
    form = CriterionForm
    formset = CriteriaFormSet
    ordering = ("position", "pk")
    readonly_fields = ("meanings",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[Any, ...]:
        """The anchors line by line to write in; of a frozen rubric as text."""
        head = (("title", "weight", "position"), "description")
        if self.has_change_permission(request, obj):
            return (*head, "anchor_1", "anchor_2", "anchor_3", "anchor_4", "anchor_5")
        return (*head, "meanings")

    @display(description=_("Scores mean"))  # type: ignore[untyped-decorator]
    def meanings(self, criterion: Criterion) -> str:
        return format_html_join(mark_safe("<br>"), "{}: {}", sorted(criterion.anchors.items()))


class RubricAdmin(CatalogueAdmin):
    inlines = (CriterionInline,)
    list_display = ("name", "number", "frozen_at")
    search_fields = ("name",)
    ordering = ("name", "-number", "pk")
    fields = ("name", "number")

    def may_change(self, actor: Actor, row: Model | None) -> bool:
        return access.may_configure(actor) if row is None else access.may_edit_rubric(actor, row)  # type: ignore[arg-type]

    def around(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        total = sum(criterion.weight for criterion in row.criteria.all())
        may_copy = access.may_configure(request.actor)  # type: ignore[attr-defined]
        copy_url = reverse("staff:catalogue:copy_rubric", args=[row.pk])
        frozen = row.frozen_at is not None
        return {**super().around(request, row), "frozen_rubric": frozen, "weights_total": total, "may_copy": may_copy, "copy_url": copy_url}


site.register(Programme, ProgrammeAdmin)
site.register(Intake, IntakeAdmin)
site.register(Rubric, RubricAdmin)
