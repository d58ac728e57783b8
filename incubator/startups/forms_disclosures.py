"""Well-formed input for who sees what."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.startups.models import Disclosure, Document, Startup
from incubator.startups.states import Visibility

LEVELS = [
    (Disclosure.Level.TEASER.value, _("Teaser: focus, stage and pitch; your alias while in stealth")),
    (Disclosure.Level.SUMMARY.value, _("Summary: also name, website, abstract, readiness, help wanted")),
    (Disclosure.Level.FULL.value, _("Full: also team, traction, funding, intellectual property, chosen documents")),
]


class Documents(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Documents of the startup's profile, ticked one by one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Document.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label=_("Documents"),
            help_text=_("Shown at the full level only."),
            **kwargs,
        )


class VisibilityForm(forms.Form):
    """The switch: nobody but the park, all partners, or everybody."""

    visibility = forms.ChoiceField(
        label=_("Who may see your startup"),
        choices=[
            (Visibility.PRIVATE, _("Private: only the park, and the organisations you name below")),
            (Visibility.PARTNERS, _("Partners: every partner of the park with an active agreement")),
            (Visibility.PUBLIC, _("Public: everybody, on the park's public pages")),
        ],
        widget=forms.RadioSelect,
    )
    level = forms.TypedChoiceField(
        label=_("What they see"),
        choices=LEVELS,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("The public sees the summary at most. Contact data are never shown: only an introduction exchanges them."),
    )
    documents = Documents()

    def __init__(self, *args: Any, startup: Startup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_documents(self, startup)


class DisclosureForm(forms.Form):
    """What one organisation sees, and until when."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choose one"))
    level = forms.TypedChoiceField(label=_("What it sees"), choices=LEVELS, coerce=int, widget=forms.RadioSelect)
    documents = Documents()
    expires_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day. Empty means until you take it back."),
    )

    def __init__(self, *args: Any, startup: Startup, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisation is not None:
            del self.fields["organisation"]
        else:
            open_now = Organisation.objects.with_access().filter(kind__in=("partner", "investor"), is_sandbox=False)
            self.fields["organisation"].queryset = open_now.order_by("name", "pk")  # type: ignore[attr-defined]
        offer_documents(self, startup)

    def expires_at(self) -> datetime | None:
        """The end of the last day."""
        day = self.cleaned_data["expires_on"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


def offer_documents(form: forms.Form, startup: Startup) -> None:
    """The startup's documents to tick; without any the field is not there, and nothing is chosen."""
    found = Document.objects.filter(startup=startup).order_by("title", "pk")
    form.fields["documents"].queryset = found  # type: ignore[attr-defined]
    if not found.exists():
        form.fields["documents"].widget = forms.MultipleHiddenInput()
