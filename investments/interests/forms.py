"""Well-formed input for rounds and interests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from investments.interests.models import Interest
from investments.rounds.models import Round


class RoundForm(forms.ModelForm):  # type: ignore[type-arg]
    """A founder's draft of a round."""

    class Meta:
        model = Round
        fields = [
            "title",
            "instrument",
            "target",
            "minimum_ticket",
            "valuation_cap",
            "currency",
            "has_lead",
            "use_of_funds",
            "closes_on",
            "audience",
            "level",
        ]
        widgets = {
            "use_of_funds": forms.Textarea(attrs={"rows": 6, "data-limit": 3000}),
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "audience": forms.RadioSelect,
            "level": forms.RadioSelect,
            "currency": forms.Select(choices=[(code, code) for code in ("HKD", "USD", "CNY", "EUR", "GBP", "SGD")]),
        }
        help_texts = {
            "title": _("As investors see it, such as “Seed round 2027”."),
            "closes_on": _("The last day on which interest can be declared."),
            "level": _("What they see of your startup while the round is listed. Contact data are never shown."),
        }


class ConsentForm(forms.Form):
    """The founder's word that this audience may see the startup at this level."""

    consent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = words


class InterestForm(forms.Form):
    """A non-binding interest: how much, as what, and a word to the founder."""

    amount_min = forms.DecimalField(label=_("From"), max_digits=14, decimal_places=2, min_value=0)
    amount_max = forms.DecimalField(label=_("To"), max_digits=14, decimal_places=2, min_value=0)
    part = forms.ChoiceField(label=_("As"), choices=Interest.Part.choices, widget=forms.RadioSelect, initial=Interest.Part.FOLLOW)
    note = forms.CharField(
        label=_("Note to the founder"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": 2000}),
        help_text=_("Why you, and what you bring besides money. Leave names and addresses out: they are exchanged when the founder agrees."),
    )


class AnswerForm(forms.Form):
    """A founder's answer."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": 2000}),
        help_text=_("The other side reads it."),
    )


class PassForm(forms.Form):
    """Why an investor passes."""

    reason = forms.ChoiceField(label=_("Why"), choices=Interest.PassReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": 1000}),
        help_text=_("The founder reads the reason if they were asked."),
    )
