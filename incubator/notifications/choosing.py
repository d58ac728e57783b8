"""What people do about what reaches them: choose, switch off by a link, undo that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts import actors
from incubator.accounts.models import User
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed
from incubator.notifications import catalogue, events
from incubator.notifications.models import Channel, Preference, QuietHours, Rhythm
from incubator.outbox import registry
from incubator.outbox.operations import record
from incubator.outbox.registry import EMAIL

SALT = "notifications.unsubscribe"
Choices = Mapping[tuple[str, str], str]  # (kind, channel) -> rhythm


def chosen_by(user_id: UUID) -> dict[tuple[str, str], str]:
    """What the person chose, by kind and channel; at once where nothing stands. One query."""
    rows = Preference.objects.filter(user=user_id).values_list("kind", "channel", "rhythm")
    return {(kind, channel): rhythm for kind, channel, rhythm in rows}


def quiet_of(user_id: UUID) -> tuple[time, time] | None:
    """The person's quiet hours. One query."""
    return QuietHours.objects.filter(user=user_id).values_list("begin", "end").first()


@transaction.atomic
def choose(user: User, choices: Choices, *, quiet: tuple[time, time] | None, by: Actor, at: datetime) -> None:
    """Store how the person wants to be told, and their quiet hours. Kinds not among the choices stay as they are.

    Locks the person. Raises NotAllowed for anybody else; Invalid for a kind that may not be switched off.
    """
    if by.user_id != user.pk:
        raise NotAllowed
    free = {(one.kind.name, channel) for one in catalogue.entries() if not one.always for channel in one.channels}
    if not set(choices) <= free:
        raise Invalid(_("This is always told and cannot be switched off."))
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    before, quiet_before = chosen_by(user.pk), quiet_of(user.pk)
    changed = {key: rhythm for key, rhythm in choices.items() if before.get(key, Rhythm.IMMEDIATE) != rhythm}
    if not changed and quiet == quiet_before:
        return
    _store(user.pk, changed, at)
    QuietHours.objects.filter(user=user).delete()
    if quiet is not None:
        QuietHours.objects.create(user=user, begin=quiet[0], end=quiet[1])
    facts = {"choices": {f"{kind} {channel}": str(rhythm) for (kind, channel), rhythm in sorted(changed.items())}, "quiet": bool(quiet)}
    record(events.preferences_changed, user, by=by, at=at, facts=facts)


def _store(user_id: UUID, changed: Choices, at: datetime) -> None:
    rows = [Preference(user_id=user_id, kind=kind, channel=channel, rhythm=rhythm, changed_at=at) for (kind, channel), rhythm in changed.items()]
    fields = ["rhythm", "rhythm_before", "changed_at"]
    Preference.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "kind", "channel"], update_fields=fields)


# ── By a link in a mail ─────────────────────────────────────────────────────
def link_token(user_id: UUID, kind: str) -> str:
    """What the link of a mail carries: whose mails of which kind. It does not run out, as mails are kept for long."""
    return signing.dumps([str(user_id), kind], salt=SALT)


def behind(token: str) -> tuple[User, catalogue.Entry] | None:
    """The person and the kind that a link is about; None if it is not ours or the kind may not be switched off."""
    try:
        user_id, name = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    user = User.objects.get_queryset().filter(pk=user_id, is_active=True).first()
    entry = next((one for one in catalogue.entries() if one.kind.name == name and not one.always and EMAIL in one.channels), None)
    return None if user is None or entry is None else (user, entry)


def is_off(user: User, kind: registry.Kind) -> bool:
    """Whether the person gets no mails of this kind."""
    found = _mail(user, kind)
    return found is not None and found.rhythm == Rhythm.OFF


@transaction.atomic
def unsubscribe(user: User, kind: registry.Kind, *, at: datetime) -> None:
    """No more mails of this kind; a second time changes nothing. The inbox stays as it is. Locks the person."""
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    found = _mail(user, kind)
    if found is not None and found.rhythm == Rhythm.OFF:
        return
    before = found.rhythm if found else Rhythm.IMMEDIATE
    values = {"rhythm": Rhythm.OFF, "rhythm_before": before, "changed_at": at}
    Preference.objects.update_or_create(user=user, kind=kind.name, channel=Channel.EMAIL, defaults=values)
    record(events.unsubscribed, user, by=actors.acting_for(user, None, frozenset()), at=at, facts={"kind": kind.name})


@transaction.atomic
def resubscribe(user: User, kind: registry.Kind, *, at: datetime) -> None:
    """As it was before the link was used; nothing if it is not off. Locks the person."""
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    found = _mail(user, kind)
    if found is None or found.rhythm != Rhythm.OFF:
        return
    _store(user.pk, {(kind.name, str(Channel.EMAIL)): found.rhythm_before or Rhythm.IMMEDIATE}, at)
    record(events.resubscribed, user, by=actors.acting_for(user, None, frozenset()), at=at, facts={"kind": kind.name})


def _mail(user: User, kind: registry.Kind) -> Preference | None:
    return Preference.objects.filter(user=user, kind=kind.name, channel=Channel.EMAIL).first()
