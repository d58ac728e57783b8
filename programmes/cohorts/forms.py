"""Well-formed input for decisions, letters, offers and onboarding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.cohorts.models import CohortMembership
from programmes.cohorts.operations.memberships import ONBOARDING_STEPS
from programmes.reviews.models import Determination


class LinesField(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        too_long = next((number for number, line in enumerate(lines, 1) if len(line) > self.longest), None)
        if too_long:
            raise forms.ValidationError(
                _("Line %(line)s is longer than %(longest)s characters. Shorten it or split it.") % {"line": too_long, "longest": self.longest}
            )
        return lines


class DeterminationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A decision with its reasons. The letter is drafted from it and edited on its own page."""

    conditions = LinesField(
        label=_("Conditions"),
        required=False,
        longest=300,
        help_text=_("One a line; only for an offer with conditions."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Determination
        fields = ["outcome", "reason_code", "reasons", "conditions", "feedback", "rank"]
        widgets = {
            "outcome": forms.RadioSelect,
            "reasons": forms.Textarea(attrs={"rows": 5, "data-limit": 4000}),
            "feedback": forms.Textarea(attrs={"rows": 5, "data-limit": 4000}),
        }
        help_texts = {
            "reasons": _("For the record of the park; the applicant never sees this."),
            "feedback": _("The applicant reads this with the letter, if the call sends feedback."),
            "rank": _("Only for the waiting list; empty means after the last."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = Determination.Outcome.choices  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=150)
    body = forms.CharField(label=_("Letter"), max_length=6000, widget=forms.Textarea(attrs={"rows": 18, "data-limit": 6000}))


class AcceptForm(forms.Form):
    """The signature: the name typed in full under the terms that were shown."""

    terms_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    agree = forms.BooleanField(
        label=_("I have read the terms and accept them for the company."),
        error_messages={"required": _("Tick the box to accept the terms.")},
    )
    signed_name = forms.CharField(label=_("Your full name"), max_length=120, help_text=_("Typing your name here is your signature."))


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you decline?"),
        required=False,
        max_length=500,
        help_text=_("Optional. It helps the park to improve the programme."),
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": 500}),
    )


class OnboardingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CohortMembership
        fields = list(ONBOARDING_STEPS)
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ONBOARDING_STEPS}
