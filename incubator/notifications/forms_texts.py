"""The words of a message as they are typed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TextForm(forms.Form):
    subject = forms.CharField(
        label=_("Subject"), max_length=150, help_text=_("The title in the inbox, too."), widget=forms.TextInput(attrs={"data-limit": "150"})
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=6000,
        help_text=_("An empty line begins a new paragraph. A paragraph whose names have nothing to say is left out."),
        widget=forms.Textarea(attrs={"rows": 16, "data-limit": "6000"}),
    )
