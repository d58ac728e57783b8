"""What staff type when they write a form: lists as lines of text, with `|` between the parts of a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from programmes.forms.models import FormVersion, Question

Kind = Question.Kind
KEY = re.compile(r"^[-a-zA-Z0-9_]{1,40}$")
COLUMN_KINDS = ("text", "number", "money", "date", "yes_no")


class LinesField(forms.CharField):
    """Lines such as `team | Your team`, read as a list of dicts with `names` as keys. The first part is a key."""

    def __init__(self, *, names: Sequence[str], needed: int, rows: int = 4, **kwargs: Any) -> None:
        self.names, self.needed = tuple(names), needed
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}), max_length=8000, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(" | ".join(str(one.get(name, "")) for name in self.names).rstrip(" |") for one in value)
        return value

    def to_python(self, value: Any) -> Any:
        rows = []
        for number, line in enumerate((value or "").splitlines(), start=1):
            parts = [part.strip() for part in line.split("|", len(self.names) - 1)]
            if not any(parts):
                continue
            if len([part for part in parts if part]) < self.needed:
                wanted = " | ".join(self.names[: self.needed])
                raise ValidationError(_("Line %(number)s is too short: write %(wanted)s.") % {"number": number, "wanted": wanted})
            if not KEY.match(parts[0]):
                raise ValidationError(_("Line %(number)s: “%(key)s” may have letters, digits and hyphens only.") % {"number": number, "key": parts[0]})
            rows.append({name: parts[place] if place < len(parts) else "" for place, name in enumerate(self.names)})
        keys = [row[self.names[0]] for row in rows]
        if len(set(keys)) != len(keys):
            raise ValidationError(_("Two lines begin with the same word. Each needs its own."))
        return rows

    def validate(self, value: Any) -> None:
        """Whether lines are needed depends on the question's kind; its form says so."""

    def run_validators(self, value: Any) -> None:
        """The text's length was checked by the browser; the lines were checked one by one."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial or []), (data or "").replace("\r\n", "\n")))


class ConditionField(forms.CharField):
    """`sector = payments, wallets` read as `{"question": "sector", "is": [...]}`; empty for a question asked always."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextInputWidget, max_length=300, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            wanted = value.get("is")
            words = [_word(one) for one in wanted] if isinstance(wanted, list) else [_word(wanted)]
            return f"{value.get('question')} = {', '.join(words)}"
        return value

    def to_python(self, value: Any) -> Any:
        if not value:
            return None
        question, separator, wanted = value.partition("=")
        values = [_meaning(one.strip()) for one in wanted.split(",") if one.strip()]
        if not separator or not question.strip() or not values:
            raise ValidationError(_("Write the key of another question, “=”, and the answer: for example “regulated = yes”."))
        return {"question": question.strip(), "is": values[0] if len(values) == 1 else values}

    def run_validators(self, value: Any) -> None:
        """Checked against the form's other questions by the formset."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial) if initial else "", data))


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _meaning(word: str) -> Any:
    return {"yes": True, "no": False}.get(word.lower(), word)


class FormVersionForm(forms.ModelForm):  # type: ignore[type-arg]
    sections = LinesField(
        label=_("Sections"),
        names=("key", "title", "help"),
        needed=2,
        rows=8,
        help_text=_("One a line, in order: key | title | help. Each is a page of the form."),
    )

    class Meta:
        model = FormVersion
        fields = ("name", "number", "sections")


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    choices = LinesField(label=_("Choices"), names=("value", "label"), needed=2, help_text=_("One a line: value | what applicants read."))
    columns = LinesField(
        label=_("Columns"), names=("key", "label", "kind"), needed=3, help_text=_("One a line: key | heading | text, number, money, date or yes_no.")
    )
    condition = ConditionField(label=_("Asked only if"), help_text=_("Key of another question = its answer, such as “regulated = yes”."))

    class Meta:
        model = Question
        fields = (
            "section",
            "key",
            "position",
            "kind",
            "label",
            "help_text",
            "is_required",
            "max_length",
            "minimum",
            "maximum",
            "choices",
            "columns",
            "condition",
            "profile_field",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind in (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE) and not cleaned.get("choices") and "choices" not in self.errors:
            self.add_error("choices", _("Say between what applicants choose."))
        if kind == Kind.TABLE and not cleaned.get("columns") and "columns" not in self.errors:
            self.add_error("columns", _("Say which columns the table has."))
        for column in cleaned.get("columns") or ():
            if column["kind"] not in COLUMN_KINDS:
                self.add_error("columns", _("“%(kind)s” is no kind of column: choose text, number, money, date or yes_no.") % column)
        return cleaned


class QuestionFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The questions of one form: each stands in one of its sections, and conditions name questions that exist."""

    def clean(self) -> None:
        super().clean()
        sections = {section["key"] for section in self.instance.sections or ()}
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE") and not form.errors]
        keys = {form.cleaned_data["key"] for form in kept}
        for form in kept:
            if form.cleaned_data["section"] not in sections:
                form.add_error("section", _("The form has no section with this key. Add it to the sections, or choose one of them."))
            condition = form.cleaned_data.get("condition")
            if condition and (condition["question"] not in keys or condition["question"] == form.cleaned_data["key"]):
                form.add_error("condition", _("There is no other question with the key “%(question)s”.") % condition)
