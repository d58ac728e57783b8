"""What staff type when they configure programmes, calls, rules and rubrics."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from incubator.lib.clock import now
from incubator.startups.models import Area
from programmes.catalogue.models import Criterion, EligibilityRule, Intake, Programme
from programmes.catalogue.readiness import HUNDRED, TABLE_OPERATORS
from programmes.catalogue.states import IntakeState

Operator = EligibilityRule.Operator
NUMERIC = frozenset({Operator.LTE, Operator.GTE, Operator.GT, Operator.MONTHS_LTE, Operator.COUNT_GTE, Operator.SHARE_GTE, Operator.SUM_GT, Operator.SUM_GTE})


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    focus_areas = forms.MultipleChoiceField(label=_("Focus areas"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Programme
        fields = (
            "title",
            "slug",
            "tagline",
            "description",
            "what_you_get",
            "who_may_apply",
            "how_it_is_judged",
            "focus_areas",
            "duration_months",
            "is_exclusive",
            "grant_amount",
            "currency",
            "partner",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "focus_areas" in self.fields:
            areas = Area.objects.filter(kind=Area.Kind.FOCUS).order_by("position", "pk")
            self.fields["focus_areas"].choices = list(areas.values_list("slug", "name"))  # type: ignore[attr-defined]


class IntakeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Intake
        fields = (
            "programme",
            "title",
            "slug",
            "reference_prefix",
            "opens_at",
            "closes_at",
            "decision_on",
            "offer_valid_days",
            "form_version",
            "rubric",
            "reviews_per_application",
            "reviewer_capacity",
            "review_due_on",
            "seats",
            "is_blind",
            "shows_feedback",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("form_version", "rubric"):
            if name in self.fields:
                self.fields[name].required = False
        self.closed_at_before = self.instance.closes_at if self.instance.pk else None

    def clean_closes_at(self) -> Any:
        """An announced deadline may be moved back, not forward; a passed one is moved by opening the call again."""
        closes_at = self.cleaned_data["closes_at"]
        before = self.closed_at_before
        if before is None or self.instance.status == IntakeState.DRAFT:
            return closes_at
        if closes_at == before.replace(microsecond=0):  # the field shows whole seconds
            return before
        if self.instance.status not in (IntakeState.SCHEDULED, IntakeState.OPEN) or before <= now():
            raise ValidationError(_("The call is closed. To move its deadline, open it again."))
        if closes_at < before:
            raise ValidationError(_("Applicants rely on the announced deadline: it can only be moved to a later time. To end the call now, close it early."))
        return closes_at


def _word(value: Any) -> str:
    """A stored value as staff write it: yes and no for the answers to yes-or-no questions."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    value = forms.CharField(
        label=_("Value"),
        required=False,
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text=_(
            "A number, a word, yes or no; for “is one of” several with commas between; for a count or share the number to reach. Nothing for “is confirmed”."
        ),
    )

    class Meta:
        model = EligibilityRule
        fields = ("title", "question_key", "column", "operator", "value", "position", "needs_judgement")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.value
        if stored is not None:
            self.initial["value"] = ", ".join(_word(one) for one in stored) if isinstance(stored, list) else _word(stored)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        operator, text = cleaned.get("operator"), (cleaned.get("value") or "").strip()
        if operator is None:
            return cleaned
        if operator in TABLE_OPERATORS and not cleaned.get("column"):
            self.add_error("column", _("Name the column of the table that the rule looks at."))
        if operator == Operator.IS_TRUE:
            cleaned["value"] = None
        elif not text:
            self.add_error("value", _("Say which value the rule compares with."))
        elif operator in NUMERIC:
            cleaned["value"] = self._number(text)
        elif operator == Operator.EQ:
            cleaned["value"] = {"yes": True, "no": False}.get(text.lower(), text)
        elif operator == Operator.IN:
            cleaned["value"] = [one.strip() for one in text.split(",") if one.strip()]
        return cleaned

    def _number(self, text: str) -> int | float | None:
        try:
            number = json.loads(text)
        except ValueError:
            number = None
        if isinstance(number, bool) or not isinstance(number, int | float):
            self.add_error("value", _("This rule compares numbers. Write one, such as 2 or 0.5."))
            return None
        return number


class CriterionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A criterion with a line for what each score from 1 to 5 means."""

    anchor_1 = forms.CharField(label=_("1 means"), max_length=300, widget=UnfoldAdminTextInputWidget)
    anchor_2 = forms.CharField(label=_("2 means"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget)
    anchor_3 = forms.CharField(label=_("3 means"), max_length=300, widget=UnfoldAdminTextInputWidget)
    anchor_4 = forms.CharField(label=_("4 means"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget)
    anchor_5 = forms.CharField(label=_("5 means"), max_length=300, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = Criterion
        fields = ("title", "weight", "position", "description")
        widgets = {"description": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for score, words in (self.instance.anchors or {}).items():
            self.initial[f"anchor_{score}"] = words

    def save(self, commit: bool = True) -> Criterion:
        anchors = {str(score): self.cleaned_data[f"anchor_{score}"] for score in range(1, 6)}
        self.instance.anchors = {score: words for score, words in anchors.items() if words}
        criterion: Criterion = super().save(commit)
        return criterion


class CriteriaFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The criteria of one rubric: their weights add up to 100."""

    def clean(self) -> None:
        super().clean()
        if any(form.errors for form in self.forms):
            return
        weights = [form.cleaned_data.get("weight") or 0 for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if weights and sum(weights) != HUNDRED:
            raise ValidationError(_("The weights add up to %(total)s, not to 100. Nothing was saved; correct the weights.") % {"total": sum(weights)})
