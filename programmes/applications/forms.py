"""What staff type into the pages of an application. Well-formedness only; operations decide the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.lib.clock import today
from incubator.web.confirming import ReasonForm
from programmes.applications.models import Application
from programmes.catalogue.models import EligibilityRule

DAYS_TO_ANSWER = 7


class AskForm(forms.Form):
    """What the applicant is asked, one thing per line, and until when."""

    asks = forms.CharField(
        label=_("What do you need?"),
        help_text=_("One thing per line, at most ten. The applicant sees each as a point of a list."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3, "data-limit": 2000}))
    due_on = forms.DateField(label=_("Answer by"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = today() + timedelta(days=DAYS_TO_ANSWER)

    def clean_asks(self) -> list[str]:
        return [line.strip(" -•\t") for line in self.cleaned_data["asks"].splitlines() if line.strip(" -•\t")]


class RuleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A rule, saying whether a second officer is needed."""

    def label_from_instance(self, obj: EligibilityRule) -> str:
        return f"{obj.title} ({_('a second officer confirms')})" if obj.needs_judgement else obj.title


class IneligibleForm(forms.Form):
    """Which rule failed, and what the applicant is told about it."""

    rule = RuleField(EligibilityRule.objects.none(), label=_("Which rule is not met?"), empty_label=_("Choose a rule"))
    reason = forms.CharField(
        label=_("Explain it to the applicant"),
        help_text=_("This text is in the letter to the applicant, below the rule."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": 2000}),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = self.fields["rule"]
        assert isinstance(rule, forms.ModelChoiceField)
        rule.queryset = application.intake.rules.order_by("position", "pk")


class ExtendForm(ReasonForm):
    """Until when one applicant may send."""

    until = forms.DateTimeField(
        label=_("New deadline"), help_text=_("Hong Kong time."), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    field_order = ["until", "reason"]
