"""Well-formed input for commitments: the terms, the work done for them, and the evidence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from incubator.files import operations as files
from incubator.lib.clock import today
from incubator.partners.models import Agreement, Commitment, Workstream


class Evidence(forms.FileField):
    """A file that shows something; optional."""

    def __init__(self) -> None:
        limit = files.megabytes(settings.FILE_MAX_BYTES)
        super().__init__(
            label=_("File"),
            required=False,
            allow_empty_file=True,
            widget=forms.ClearableFileInput(attrs={"accept": files.ACCEPTED[files.ANY]}),
            help_text=_("PDF, Word, Excel, PowerPoint, PNG or JPEG, up to %(limit)s. The other side can read it.") % {"limit": limit},
        )


class WorkstreamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as «Expertise» or «Proving ground»."))


class CommitmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms. The workstream is chosen once, when it is proposed."""

    target = forms.DecimalField(label=_("Number to reach"), max_digits=9, decimal_places=2, min_value=Decimal("0.01"))

    class Meta:
        model = Commitment
        fields = ("workstream", "title", "side", "kind", "target", "unit", "starts_on", "due_on")
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("starts_on", "due_on")}
        help_texts = {"title": _("In one line, such as «Advisory hours over seven areas, second year».")}

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.fields["workstream"].queryset = Workstream.objects.filter(agreement=agreement).order_by("name", "pk")  # type: ignore[attr-defined]
            self.initial.setdefault("starts_on", today())
            self.initial.setdefault("due_on", agreement.ends_on)
        else:
            del self.fields["workstream"]


class ContributionForm(forms.Form):
    amount = forms.DecimalField(label=_("How much"), max_digits=9, decimal_places=2, min_value=Decimal("0.01"))
    happened_on = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), initial=today)
    words = forms.CharField(label=_("What was done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "data-limit": 300}))
    file = Evidence()


class DeliverForm(forms.Form):
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": 2000}),
        help_text=_("What shows that it is done, and where the other side finds it."),
    )
    file = Evidence()
