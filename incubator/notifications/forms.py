"""What a partner's person types about an endpoint."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.notifications.models import WebhookEndpoint
from incubator.notifications.operations import webhook_kinds


class EndpointForm(forms.Form):
    """Name, address and filter. Whether the address may be called, the operation says."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What your people call it."))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.com/incubator"}),
        help_text=_("https, on a domain approved for your organisation. Messages are sent by POST."),
    )
    event_types = forms.MultipleChoiceField(
        label=_("Event types"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Without a choice you get all, also those that come later.")
    )

    ed25519 = forms.BooleanField(
        label=_("Sign with an ed25519 key as well"),
        required=False,
        help_text=_("Adds a v1a signature, which is verified with a public key instead of the secret."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.name, f"{kind.name}: {kind.sentence}") for kind in webhook_kinds()]
        self.fields["event_types"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> EndpointForm:
        return cls(initial={"name": endpoint.name, "url": endpoint.url, "event_types": endpoint.event_types, "ed25519": bool(endpoint.public_key)})


class RangeForm(forms.Form):
    """A span of time to send again."""

    since = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    until = forms.DateTimeField(label=_("To"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] >= cleaned["until"]:
            self.add_error("until", _("The end must come after the beginning."))
        return cleaned
