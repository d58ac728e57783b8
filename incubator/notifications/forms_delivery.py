"""What staff type on the pages of delivery."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation, User
from incubator.lib.ids import first_at
from incubator.notifications.models import Channel, WebhookEndpoint
from incubator.notifications.querysets import DeliveryQuerySet
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry

FOUND_MOST = 200  # people or organisations whose name has the words; more is no search


class ReasonForm(forms.Form):
    """Why; it stands in the history and on the page."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2, "data-limit": 200}))


def _instant() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class FilterForm(forms.Form):
    """Which messages. Everything is optional; what is no choice is said and left out."""

    q = forms.CharField(label=_("Person, address or organisation"), required=False, max_length=100)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("All")), *Channel.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *DeliveryState.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    endpoint = forms.ModelChoiceField(WebhookEndpoint.objects.none(), label=_("Endpoint"), required=False, empty_label=str(_("All")))
    since = forms.DateTimeField(label=_("From"), required=False, widget=_instant())
    until = forms.DateTimeField(label=_("To"), required=False, widget=_instant())
    SIMPLE = ("channel", "state", "kind", "endpoint")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.name, f"{capfirst(str(kind.sentence))} ({kind.name})") for kind in registry.kinds() if kind.audiences]
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]
        real = WebhookEndpoint.objects.filter(organisation__is_sandbox=False).select_related("organisation")
        endpoint: Any = self.fields["endpoint"]
        endpoint.queryset = real.order_by("organisation__name", "name", "pk")
        endpoint.label_from_instance = lambda one: f"{one.organisation.name}: {one.name}"

    def narrowed(self, rows: DeliveryQuerySet) -> DeliveryQuerySet:
        """Those of the rows that are meant."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        rows = rows.filter(**{name: given[name] for name in self.SIMPLE if name in given})
        # Ids are made with the rows and grow with time, so that a span of time is a span of the primary key.
        if "since" in given:
            rows = rows.filter(pk__gte=first_at(given["since"]))
        if "until" in given:
            rows = rows.filter(pk__lt=first_at(given["until"]))
        return rows.filter(_about(given["q"])) if given.get("q", "").strip() else rows

    def is_narrowing(self) -> bool:
        """Whether more than channel, state and words is asked for."""
        return any(self.data.get(name) for name in ("kind", "endpoint", "since", "until"))


def _about(words: str) -> Q:
    """Messages to people, addresses and organisations with these words."""
    words = words.strip()
    people = User.objects.get_queryset().filter(Q(email__icontains=words) | Q(name__icontains=words)).order_by("pk").values_list("pk", flat=True)
    organisations = Organisation.objects.filter(name__icontains=words).order_by("pk").values_list("pk", flat=True)
    return (
        Q(user__in=list(people[:FOUND_MOST]))
        | Q(organisation__in=list(organisations[:FOUND_MOST]))
        | Q(user__isnull=True, endpoint__isnull=True, recipient__icontains=words)
    )
