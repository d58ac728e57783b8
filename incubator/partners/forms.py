"""Well-formed input for partners and agreements."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.partners.models import Agreement, Partner
from incubator.web.confirming import ReasonForm

CODE = re.compile(r"^[a-z0-9-]{1,40}$")
HOST = re.compile(r"^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A partner's record. The name belongs to its organisation and is given once, when it is added."""

    name = forms.CharField(label=_("Name"), max_length=160)
    expertise_areas = forms.CharField(
        label=_("Areas of expertise"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One code of the park's areas a line, such as cloud-computing."),
    )
    webhook_domains = forms.CharField(
        label=_("Approved webhook domains"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One host a line, such as hooks.example.com. Webhooks go only to these and their subdomains."),
    )

    class Meta:
        model = Partner
        fields = ["name", "summary", "website", "expertise_areas", "webhook_domains"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 5, "data-limit": 2000})}

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["name"]
            for name in ("expertise_areas", "webhook_domains"):
                self.initial[name] = "\n".join(getattr(self.instance, name))

    def clean_expertise_areas(self) -> list[str]:
        codes = [line.strip() for line in self.cleaned_data["expertise_areas"].splitlines() if line.strip()]
        wrong = next((code for code in codes if not CODE.match(code)), None)
        if wrong:
            raise forms.ValidationError(_("%(code)s is not a code: small letters, digits and hyphens only.") % {"code": wrong})
        return codes

    def clean_webhook_domains(self) -> list[str]:
        hosts = [line.strip().lower() for line in self.cleaned_data["webhook_domains"].splitlines() if line.strip()]
        wrong = next((host for host in hosts if not HOST.match(host)), None)
        if wrong:
            raise forms.ValidationError(_("%(host)s is not a host name. Give it without https:// and without a path.") % {"host": wrong})
        return hosts


class AgreementForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms of an agreement, with its document."""

    upload = forms.FileField(label=_("Document"), required=False, help_text=_("PDF or Word, 10 MB at most. Replaces the one before."))

    class Meta:
        model = Agreement
        fields = ["title", "summary", "starts_on", "ends_on"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 8, "data-limit": 4000}), "starts_on": _day(), "ends_on": _day()}
        help_texts = {"summary": _("What both sides promise, in plain words. The partner reads it before signing.")}


class SignForm(forms.Form):
    """A signature: the typed name and the word that one may sign."""

    name = forms.CharField(label=_("Your full name"), max_length=120, help_text=_("Typed here, it is your signature. We keep it with the time."))
    agree = forms.BooleanField(label=_("I have read the agreement and may sign for my organisation."))

    def clean(self) -> dict[str, Any]:
        """The signature alone: the tick is a condition and no part of it."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned.pop("agree", None)
        return cleaned


class TerminateForm(ReasonForm):
    on = forms.DateField(label=_("Last day"), widget=_day(), help_text=_("The partner has access until the end of this day."))
