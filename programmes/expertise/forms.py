"""Well-formed input for offerings, requests and sessions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.startups.models import Area, Startup
from incubator.web.confirming import ReasonForm
from programmes.expertise.models import Offering, SupportRequest
from programmes.expertise.operations.offerings import FREE
from programmes.expertise.states import OfferingState


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _words(rows: int, limit: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "data-limit": limit})


class OfferingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A partner's offering. Of one that the park has approved, only what needs no approval."""

    area = forms.ChoiceField(label=_("Area"))
    focus_areas = forms.MultipleChoiceField(
        label=_("Only for startups of this focus"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: for all.")
    )
    stages = forms.MultipleChoiceField(
        label=_("Only for startups at this stage"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: for all.")
    )

    class Meta:
        model = Offering
        fields = ["title", "area", "kind", "serves", "capacity", "lead_days", "focus_areas", "stages", "description"]
        widgets = {"kind": forms.RadioSelect, "serves": forms.RadioSelect, "description": _words(8, 4000)}
        help_texts = {
            "title": _("As founders find it, such as “Security review before certification”."),
            "kind": _("Credits and access are given as a code, everything else in sessions."),
            "capacity": _("Hours a month over all startups; for credits and access, codes a month."),
            "lead_days": _("How many days you need from your yes to the first session."),
            "description": _("What startups get, who gives it, and what they should bring."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = list(Area.objects.names(Area.Kind.EXPERTISE).items())  # type: ignore[attr-defined]
        self.fields["focus_areas"].choices = list(Area.objects.names(Area.Kind.FOCUS).items())  # type: ignore[attr-defined]
        self.fields["stages"].choices = Startup.Stage.choices  # type: ignore[attr-defined]
        if self.instance.status != OfferingState.DRAFT:
            for name in set(self.fields) - set(FREE):
                del self.fields[name]


class RequestForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a startup asks for, and how much of it the partner will see."""

    class Meta:
        model = SupportRequest
        fields = ["need", "outcome", "amount", "wished_from", "wished_until", "confidentiality", "level"]
        widgets = {
            "need": _words(6, 3000),
            "outcome": _words(3, 1000),
            "wished_from": _day(),
            "wished_until": _day(),
            "confidentiality": forms.RadioSelect,
            "level": forms.RadioSelect,
        }
        help_texts = {
            "need": _("The park reads this and words it for the partner. Your own words stay with you and the park."),
            "outcome": _("How you will know that it helped."),
            "amount": _("How many hours you think it takes."),
            "level": _(
                "What the partner sees of your startup from its yes to the end of the request: pitch and focus; name, site and abstract too; or team, traction and funding as well. You may take it back at any time."
            ),
        }

    def __init__(self, *args: Any, offering: Offering, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offering.is_coded:
            del self.fields["amount"]


class SendForm(forms.Form):
    """The founder's word that the partner may see the startup at the chosen level."""

    consent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = words


class CloseForm(forms.Form):
    """A founder's word on what was delivered."""

    rating = forms.TypedChoiceField(
        label=_("How much did it help?"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=((5, _("5: it solved it")), (4, _("4: a great deal")), (3, _("3: well enough")), (2, _("2: a little")), (1, _("1: not at all"))),
    )
    words = forms.CharField(label=_("In your words"), required=False, max_length=1000, widget=_words(4, 1000), help_text=_("The partner and the park read it."))


class TriageForm(forms.Form):
    brief = forms.CharField(
        label=_("The need, as the partner reads it"),
        max_length=3000,
        widget=_words(8, 3000),
        help_text=_("Leave out names, and what the partner need not know before it agrees."),
    )
    amount = forms.IntegerField(label=_("Hours"), min_value=1, max_value=200, help_text=_("What it will take from the partner's capacity."))
    confidentiality = forms.ChoiceField(label=_("Confidentiality"), choices=SupportRequest.Confidentiality.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, is_coded: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_coded:
            del self.fields["amount"]


class DeclineForm(ReasonForm):
    alternative = forms.CharField(
        label=_("What helps instead"), max_length=1000, widget=_words(3, 1000), help_text=_("Another offering, a person, a programme.")
    )


class IssueForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), min_length=4, max_length=500, strip=True, help_text=_("A voucher, a licence or an account. Kept encrypted; only founders have it shown."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    note = forms.CharField(label=_("How to use it"), required=False, max_length=500, widget=_words(2, 500), help_text=_("No secrets here."))


class DeliverForm(forms.Form):
    result = forms.CharField(label=_("What was delivered"), max_length=2000, widget=_words(4, 2000), help_text=_("The startup confirms it and rates it."))


class SessionForm(forms.Form):
    """When, where and with whom."""

    starts_at = forms.DateTimeField(
        label=_("Begins"), help_text=_("Hong Kong time."), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=600, initial=60)
    place = forms.CharField(label=_("Where"), min_length=3, max_length=300, help_text=_("A room, or a link to join."))
    people = forms.CharField(label=_("Who"), min_length=2, max_length=200, help_text=_("Who will be there for you."))


class LogForm(forms.Form):
    hours = forms.DecimalField(
        label=_("Hours held"), min_value=0, max_digits=4, decimal_places=2, help_text=_("Such as 1.5. They count once the startup has confirmed.")
    )
    note = forms.CharField(label=_("What was done"), required=False, max_length=1000, widget=_words(3, 1000), help_text=_("The startup reads it."))


class NoteForm(forms.Form):
    note = forms.CharField(label=_("A word to the startup"), required=False, max_length=1000, widget=_words(3, 1000))
