"""How a person wants to be told: by subject and channel, with the quiet hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from incubator.notifications import catalogue
from incubator.notifications.catalogue import Entry
from incubator.notifications.models import Channel, Rhythm
from incubator.web.parts import Words

KEEP = ""  # the kinds of the subject differ, and stay as they are
RHYTHMS: dict[str, list[tuple[str, Words]]] = {
    Channel.EMAIL: [(one, one.label) for one in (Rhythm.IMMEDIATE, Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.OFF)],
    Channel.IN_APP: [(Rhythm.IMMEDIATE, _("Shown")), (Rhythm.OFF, _("Not shown"))],
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The kinds of one subject that reach a person, and the fields to choose with."""

    label: Words
    app: str
    entries: list[tuple[Entry, bool]]  # with whether its mails are off while others of the subject come
    fields: list[BoundField]


class NoticesForm(forms.Form):
    """One choice per subject and channel, for all its kinds that may be switched off; and quiet hours."""

    quiet_from = forms.TimeField(label=_("No mail from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_until = forms.TimeField(label=_("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, found: Iterable[Entry], chosen: Mapping[tuple[str, str], str], quiet: tuple[time, time] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        self.groups = catalogue.by_subject(found)
        self.keys: dict[str, list[tuple[str, str]]] = {}
        for _label, entries in self.groups:
            for channel in (Channel.EMAIL, Channel.IN_APP):
                keys = [(one.kind.name, str(channel)) for one in entries if not one.always and channel in one.channels]
                if keys:
                    self._add(f"{channel}_{entries[0].kind.app}", channel, keys)
        if quiet:
            self.fields["quiet_from"].initial, self.fields["quiet_until"].initial = quiet

    def _add(self, name: str, channel: Channel, keys: list[tuple[str, str]]) -> None:
        now = {self.chosen.get(key, str(Rhythm.IMMEDIATE)) for key in keys}
        choices = RHYTHMS[channel] if len(now) == 1 else [(KEEP, _("Different for each message, as now")), *RHYTHMS[channel]]
        self.keys[name] = keys
        self.fields[name] = forms.ChoiceField(
            label=channel.label, choices=choices, initial=now.pop() if len(now) == 1 else KEEP, required=len(choices) == len(RHYTHMS[channel])
        )

    def subjects(self) -> list[Subject]:
        """What the page draws."""
        return [
            Subject(
                label,
                entries[0].kind.app,
                [(one, self._is_off_alone(one)) for one in entries],
                [self[name] for name in self.keys if name.endswith(f"_{entries[0].kind.app}")],
            )
            for label, entries in self.groups
        ]

    def _is_off_alone(self, one: Entry) -> bool:
        return not one.always and self.chosen.get((one.kind.name, str(Channel.EMAIL))) == Rhythm.OFF

    def choices(self) -> dict[tuple[str, str], str]:
        """What was chosen, for each kind and channel."""
        return {key: self.cleaned_data[name] for name, keys in self.keys.items() for key in keys if self.cleaned_data[name] != KEEP}

    def quiet(self) -> tuple[time, time] | None:
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return None if begin is None or end is None else (begin, end)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begin is None) != (end is None) and not self.errors:
            missing = "quiet_from" if begin is None else "quiet_until"
            self.add_error(missing, _("Quiet hours need a beginning and an end. Fill in both, or neither."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("Quiet hours that end when they begin would last all day. Choose another end."))
        return cleaned
