"""What people do about what reaches them: choose, switch off by a link, undo that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incubator.accounts import actors
from incubator.accounts.models import User
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid, NotAllowed
from incubator.notifications import catalogue, events
from incubator.notifications.models import Channel, Delivery, Preference, Reach, Rhythm
from incubator.notifications.preferences import SWITCHED_OFF
from incubator.notifications.states import DeliveryState
from incubator.outbox import registry
from incubator.outbox.operations import Tell, record
from incubator.outbox.registry import EMAIL

SALT = "notifications.unsubscribe"
DIGESTS = (Rhythm.DAILY, Rhythm.WEEKLY)
Choices = Mapping[tuple[str, str], str]  # (kind, channel) -> rhythm


def chosen_by(user_id: UUID) -> dict[tuple[str, str], str]:
    """What the person chose, by kind and channel; at once where nothing stands. One query."""
    rows = Preference.objects.filter(user=user_id).values_list("kind", "channel", "rhythm")
    return {(kind, channel): rhythm for kind, channel, rhythm in rows}


def quiet_of(user_id: UUID) -> tuple[time, time] | None:
    """The person's quiet hours. One query."""
    found = Reach.objects.filter(user=user_id, quiet_begin__isnull=False).values_list("quiet_begin", "quiet_end").first()
    return (found[0], found[1]) if found and found[0] and found[1] else None


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
    begin, end = quiet or (None, None)
    Reach.objects.update_or_create(user=user, defaults={"quiet_begin": begin, "quiet_end": end})
    facts = {"choices": {f"{kind} {channel}": str(rhythm) for (kind, channel), rhythm in sorted(changed.items())}, "quiet": bool(quiet)}
    record(events.preferences_changed, user, by=by, at=at, facts=facts)


def _store(user_id: UUID, changed: Choices, at: datetime) -> None:
    rows = [Preference(user_id=user_id, kind=kind, channel=channel, rhythm=rhythm, changed_at=at) for (kind, channel), rhythm in changed.items()]
    fields = ["rhythm", "rhythm_before", "changed_at"]
    for (kind, channel), rhythm in changed.items():
        _reroute(user_id, kind, channel, rhythm)
    Preference.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "kind", "channel"], update_fields=fields)


def _reroute(user_id: UUID, kind: str, channel: str, rhythm: str) -> None:
    """What waits for a digest goes the new way too."""
    waiting = Delivery.objects.filter(user=user_id, kind=kind, channel=channel, state=DeliveryState.HELD)
    if rhythm == Rhythm.OFF:
        waiting.update(state=DeliveryState.SUPPRESSED, note=SWITCHED_OFF.note, finished_at=Now())
    elif rhythm == Rhythm.IMMEDIATE:
        waiting.update(state=DeliveryState.PENDING, due_at=Now(), held_for="")
    else:
        waiting.update(held_for=rhythm)


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
    """Whether the link has nothing left to switch off."""
    return not _meant(user, kind)


@transaction.atomic
def unsubscribe(user: User, kind: registry.Kind, *, at: datetime) -> None:
    """No more mails of this kind, or no more digests; a second time changes nothing. The inbox stays as it is.

    Locks the person.
    """
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    meant = _meant(user, kind)
    if not meant:
        return
    _store(user.pk, {(name, str(Channel.EMAIL)): str(Rhythm.OFF) for name in meant}, at)
    for name, before in meant.items():
        Preference.objects.filter(user=user, kind=name, channel=Channel.EMAIL).update(rhythm_before=before)
    record(events.unsubscribed, user, by=actors.acting_for(user, None, frozenset()), at=at, facts={"kinds": sorted(meant)})


@transaction.atomic
def complain(user: User, *, at: datetime) -> None:
    """The person called a mail of ours spam: no mails any more but those that may not be switched off. They are told in the portal.

    A second time changes nothing. Locks the person.
    """
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    off = set(Preference.objects.filter(user=user, channel=Channel.EMAIL, rhythm=Rhythm.OFF).values_list("kind", flat=True))
    kinds = {one.kind.name for one in catalogue.entries() if not one.always and EMAIL in one.channels and one.kind.name != catalogue.DIGEST} - off
    if not kinds:
        return
    before = dict(Preference.objects.filter(user=user, channel=Channel.EMAIL, kind__in=kinds).values_list("kind", "rhythm"))
    _store(user.pk, {(name, str(Channel.EMAIL)): str(Rhythm.OFF) for name in kinds}, at)
    for rhythm in DIGESTS:
        held = [name for name, was in before.items() if was == rhythm]
        Preference.objects.filter(user=user, kind__in=held, channel=Channel.EMAIL).update(rhythm_before=rhythm)
    record(events.complained, user, by=actors.system_actor(), at=at, facts={"kinds": sorted(kinds)}, tell=[Tell("person", users=(user.pk,))])


@transaction.atomic
def resubscribe(user: User, kind: registry.Kind, *, at: datetime) -> None:
    """As it was before the link was used; nothing if it was not. Locks the person."""
    User.objects.get_queryset().select_for_update().get(pk=user.pk)
    off = Preference.objects.filter(user=user, channel=Channel.EMAIL, rhythm=Rhythm.OFF)
    off = off.filter(rhythm_before__in=DIGESTS) if kind is events.digest_made else off.filter(kind=kind.name)
    found = {(name, str(Channel.EMAIL)): before or str(Rhythm.IMMEDIATE) for name, before in off.values_list("kind", "rhythm_before")}
    if found:
        _store(user.pk, found, at)
        record(events.resubscribed, user, by=actors.acting_for(user, None, frozenset()), at=at, facts={"kinds": sorted(name for name, _channel in found)})


def _meant(user: User, kind: registry.Kind) -> dict[str, str]:
    """The kinds whose mails a link would switch off, with their rhythm: its own, or all that come in digests."""
    mails = Preference.objects.filter(user=user, channel=Channel.EMAIL)
    if kind is events.digest_made:
        return dict(mails.filter(rhythm__in=DIGESTS).values_list("kind", "rhythm"))
    rhythm = mails.filter(kind=kind.name).values_list("rhythm", flat=True).first() or str(Rhythm.IMMEDIATE)
    return {} if rhythm == Rhythm.OFF else {kind.name: rhythm}
