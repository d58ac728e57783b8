"""An announcement as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.outbox import audiences


class AnnouncementForm(forms.Form):
    audience = forms.ChoiceField(label=_("Who gets it"), help_text=_("Whoever belongs to it when it is sent. People may switch announcements off."))
    subject = forms.CharField(label=_("Subject"), max_length=150, widget=forms.TextInput(attrs={"data-limit": "150"}))
    body = forms.CharField(
        label=_("Text"),
        max_length=6000,
        help_text=_("An empty line begins a new paragraph. It is sent as written, to everybody the same."),
        widget=forms.Textarea(attrs={"rows": 12, "data-limit": "6000"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[Any] = [(title, pairs) if len(pairs) > 1 or not pairs[0][0].endswith(":") else pairs[0] for title, pairs in audiences.options(actor)]
        self.fields["audience"].choices = [("", _("Choose an audience")), *groups]  # type: ignore[attr-defined]


class ScheduleForm(forms.Form):
    send_at = forms.DateTimeField(
        label=_("Send at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=format_lazy(_("In the park’s time zone, {zone}."), zone=settings.TIME_ZONE),
    )
