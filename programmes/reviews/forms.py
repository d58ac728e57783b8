"""What people type into the pages of reviews. Well-formedness only; operations decide the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import User
from incubator.lib.clock import today
from incubator.web.confirming import ReasonForm
from programmes.catalogue.models import Intake

DAYS_TO_REVIEW = 14


class OptionalReasonForm(ReasonForm):
    """A reason that is only needed when something stands in the way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].help_text = _("Needed when reviews are missing or the reviewers are far apart.")


class DueForm(forms.Form):
    """By when a review is wanted."""

    due_on = forms.DateField(label=_("Review by"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, intake: Intake | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = intake.review_due_on if intake else None
        self.fields["due_on"].initial = planned if planned and planned > today() else today() + timedelta(days=DAYS_TO_REVIEW)


class AssignForm(DueForm):
    """Whom to ask. Only people without a conflict and with room can be chosen; the page says why others cannot."""

    reviewers = forms.ModelMultipleChoiceField(User.objects.none(), label=_("Reviewers"), error_messages={"required": _("Choose at least one reviewer.")})

    def __init__(self, *args: Any, free: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewers"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = User.objects.get_queryset().filter(pk__in=[one.pk for one in free])


class ReopenForm(DueForm, ReasonForm):
    """What is to be changed, and by when."""

    field_order = ["due_on", "reason"]


class ShortlistForm(OptionalReasonForm):
    """When and where the interview is."""

    interview_at = forms.DateTimeField(
        label=_("Interview"), help_text=_("Hong Kong time."), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    place = forms.CharField(label=_("Where"), help_text=_("A room, or the address of the call."), max_length=200)
    field_order = ["interview_at", "place", "reason"]


class PanelForm(forms.Form):
    """What the panel found."""

    score = forms.DecimalField(label=_("Score of the panel"), help_text=_("1 to 5."), min_value=1, max_value=5, max_digits=3, decimal_places=2)
    minutes = forms.CharField(label=_("Minutes"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6, "data-limit": 4000}))
