"""What people type about themselves and about whom they invite."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import User
from incubator.accounts.roles import Role


class SignUpForm(forms.Form):
    """What signing up asks beside the e-mail address and the password; allauth builds its form on this one."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}), help_text=_("As others in the park should see it.")
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more: the adapter has written the name with the account."""


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Where you work. Pages and mails show the park's time and name its zone."))

    class Meta:
        model = User
        fields = ("name", "phone", "time_zone", "language")
        help_texts = {"language": _("Messages that the park has written in it come in it; the others in English.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/")))
        self.fields["language"].required = False
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in names]  # type: ignore[attr-defined]

    def clean_language(self) -> str:
        """A program that sends no language leaves it as it is."""
        return self.cleaned_data["language"] or str(self.instance.language)


class InviteForm(forms.Form):
    """Whom to invite, and for which of the roles that the inviter may give."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]
        if Role.MEMBER in roles:
            self.fields["role"].initial = Role.MEMBER
        if len(roles) == 1:
            self.fields["role"].widget = forms.HiddenInput()
            self.fields["role"].initial = roles[0]


class RoleForm(forms.Form):
    """One of the roles that the giver may give."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]
