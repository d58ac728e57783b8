"""Well-formed input for investor profiles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.startups.models import Area
from investments.investors.models import InvestorProfile


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an organisation says of itself as an investor."""

    focus_areas = forms.MultipleChoiceField(label=_("Focus areas"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = InvestorProfile
        fields = ["kind", "ground", "statement", "focus_areas", "ticket_min", "ticket_max"]
        widgets = {"ground": forms.RadioSelect, "statement": forms.Textarea(attrs={"rows": 4, "data-limit": 2000})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["focus_areas"].choices = list(Area.objects.names(Area.Kind.FOCUS).items())  # type: ignore[attr-defined]
        self.fields["ground"].choices = InvestorProfile.Ground.choices  # type: ignore[attr-defined]


class VerifyForm(forms.Form):
    evidence_note = forms.CharField(
        label=_("Evidence seen"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "data-limit": 2000}), help_text=_("Which papers, of which date.")
    )


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "data-limit": 1000}), help_text=_("The investor reads it.")
    )
