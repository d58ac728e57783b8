"""What people choose when they make a key or an OAuth application, or ask for an export."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.api import scopes
from incubator.api.models import Operation

NETWORKS_MOST = 20


class CredentialForm(forms.Form):
    """What a system may do, how long and from where. `allowed_networks` is cleaned to networks as they are stored."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which system will use it, for example “CRM import”."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one: without any it could only ask who it is.")},
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (180, _("180 days"))],
    )
    allowed_networks = forms.CharField(
        label=_("Only from these addresses"),
        required=False,
        max_length=1_500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One address or network a line, for example 203.0.113.7 or 203.0.113.0/24. Empty means from anywhere."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope, scopes.LABELS[scope]) for scope in scopes.all_scopes()]  # type: ignore[attr-defined]

    def clean_allowed_networks(self) -> list[str]:
        networks = []
        for line in self.cleaned_data["allowed_networks"].split():
            try:
                networks.append(str(ipaddress.ip_network(line.strip(","), strict=False)))
            except ValueError:
                raise forms.ValidationError(_("“%(line)s” is not an address or network."), params={"line": line}, code="invalid") from None
        if len(networks) > NETWORKS_MOST:
            raise forms.ValidationError(_("Give at most 20 addresses or networks."), code="too_many")
        return networks

    def lifetime(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])


class KeyForm(CredentialForm):
    """A new key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].help_text = _("Two keys may be live at once, so that you can change over without a gap.")


class ApplicationForm(CredentialForm):
    """A new OAuth application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].help_text = _("Its tokens live ten minutes each; after this time it gets no more. Five applications may be live at once.")


class ExportForm(forms.Form):
    """In which format."""

    format = forms.ChoiceField(label=_("Format"), widget=forms.RadioSelect, choices=Operation.Format.choices, initial=Operation.Format.XLSX)
