"""What founders type about their startup: one form per topic, and those for people and documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.files import operations as files
from incubator.lib.clock import today
from incubator.startups.models import Area, Document, Person, Startup

COUNTRIES = (
    ("", _("Not incorporated yet")),
    ("HK", _("Hong Kong")),
    ("CN", _("Mainland China")),
    ("MO", _("Macao")),
    ("SG", _("Singapore")),
    ("TW", _("Taiwan")),
    ("JP", _("Japan")),
    ("KR", _("South Korea")),
    ("IN", _("India")),
    ("GB", _("United Kingdom")),
    ("US", _("United States")),
    ("CA", _("Canada")),
    ("AU", _("Australia")),
    ("EE", _("Estonia")),
    ("FI", _("Finland")),
    ("DE", _("Germany")),
    ("FR", _("France")),
    ("CH", _("Switzerland")),
    ("KY", _("Cayman Islands")),
    ("VG", _("British Virgin Islands")),
)
CURRENCIES = tuple((code, code) for code in ("HKD", "USD", "CNY", "EUR", "GBP", "SGD"))


def counted(rows: int = 0, limit: int = 0) -> forms.Widget:
    """A text control that says how many characters are left."""
    attrs = {"data-limit": limit}
    return forms.Textarea(attrs={**attrs, "rows": rows}) if rows else forms.TextInput(attrs=attrs)


class TopicForm(forms.ModelForm):  # type: ignore[type-arg]
    """One page of the profile. The version that was shown goes along, so that nobody overwrites a newer text unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = Startup
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def changes(self) -> dict[str, Any]:
        """The fields and their new values, for `startups.edit`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class CompanyForm(TopicForm):
    jurisdiction = forms.ChoiceField(label=_("Incorporated in"), choices=COUNTRIES, required=False)
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")

    class Meta(TopicForm.Meta):
        fields = ("name", "name_local", "jurisdiction", "registration_no", "incorporated_on", "address", "website")
        widgets = {"incorporated_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "name": _("As registered, or as it will be."),
            "registration_no": _("In Hong Kong the number of the business registration."),
        }

    def clean_incorporated_on(self) -> Any:
        on = self.cleaned_data["incorporated_on"]
        if on is not None and on > today():
            raise forms.ValidationError(_("This day is still to come. Give the day of incorporation, or leave it empty."))
        return on


class PitchForm(TopicForm):
    focus_areas = forms.MultipleChoiceField(label=_("Focus areas"), required=False, widget=forms.CheckboxSelectMultiple)
    expertise_wanted = forms.MultipleChoiceField(label=_("Expertise you look for"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta(TopicForm.Meta):
        fields = ("pitch", "abstract", "focus_areas", "expertise_wanted", "is_stealth", "alias")
        widgets = {"pitch": counted(limit=140), "abstract": counted(rows=7, limit=3000)}
        help_texts = {
            "pitch": _("One line: what you make, and for whom."),
            "abstract": _("The problem, your product, and why it is better than what there is."),
            "is_stealth": _("Lists show the other name below instead of your own."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = list(Area.objects.order_by("position", "name", "pk"))
        for name, kind in (("focus_areas", Area.Kind.FOCUS), ("expertise_wanted", Area.Kind.EXPERTISE)):
            chosen = getattr(self.instance, name) or []
            known = [(area.slug, area.name) for area in areas if area.kind == kind]
            left = [(slug, slug) for slug in chosen if slug not in dict(known)]
            self.fields[name].choices = [*known, *left]  # type: ignore[attr-defined]
            if not known and not left:
                del self.fields[name]


class ProgressForm(TopicForm):
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)

    class Meta(TopicForm.Meta):
        fields = ("stage", "trl", "team_size", "traction", "currency", "funding_raised", "intellectual_property")
        widgets = {"traction": counted(rows=5, limit=2000), "intellectual_property": counted(rows=4, limit=2000)}
        help_texts = {
            "traction": _("Users, revenue, pilots, letters of intent: with figures and dates."),
            "intellectual_property": _("Owned, filed or licensed."),
        }


TOPICS: dict[str, tuple[Any, type[TopicForm]]] = {
    "company": (_("Company"), CompanyForm),
    "pitch": (_("What you do"), PitchForm),
    "progress": (_("Where you stand"), ProgressForm),
}


class CreateForm(forms.ModelForm):  # type: ignore[type-arg]
    """The least that makes a startup; the rest of the profile comes later."""

    jurisdiction = forms.ChoiceField(label=_("Incorporated in"), choices=COUNTRIES, required=False)

    class Meta:
        model = Startup
        fields = ("name", "pitch", "jurisdiction")
        widgets = {"pitch": counted(limit=140)}
        help_texts = {"name": _("As registered, or as it will be."), "pitch": _("One line: what you make, and for whom. You can change it later.")}


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    profile_url = forms.URLField(label=_("Public profile"), required=False, assume_scheme="https")

    class Meta:
        model = Person
        fields = ("name", "title", "is_founder", "is_full_time", "is_technical", "equity_percent", "profile_url")


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    upload = forms.FileField(label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": files.ACCEPTED[files.ANY]}), allow_empty_file=True)

    class Meta:
        model = Document
        fields = ("kind", "title")

    def __init__(self, *args: Any, most: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].help_text = _("PDF, Word, Excel, PowerPoint, PNG or JPEG, up to %(limit)s.") % {"limit": most}
