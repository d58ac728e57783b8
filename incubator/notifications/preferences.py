"""What people chose about being told: through which channel, how often, and when mail has to wait.

Asked at fan-out and again just before each sending, for a whole batch at a time. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from incubator.notifications.models import Channel, Preference, Reach, Rhythm
from incubator.notifications.states import DeliveryState
from incubator.outbox.registry import SECURITY, Notice


class Quiet(NamedTuple):
    """A person's quiet hours on their own clock; they may go past midnight."""

    begin: time
    end: time
    zone: str


class Verdict(NamedTuple):
    """What becomes of a delivery by its person's wishes. `until` when, or `held_for` which digest, it has to wait."""

    state: DeliveryState = DeliveryState.PENDING
    note: str = ""
    until: datetime | None = None
    held_for: str = ""


AT_ONCE = Verdict()
SWITCHED_OFF = Verdict(DeliveryState.SUPPRESSED, "The person switched it off.")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes of some people about some kinds."""

    rhythms: Mapping[tuple[UUID, str, str], str]
    quiet: Mapping[UUID, Quiet]
    refused: Mapping[UUID, str]

    def is_refused(self, user_id: UUID | None, address: str) -> bool:
        """Whether the address refused mail for good."""
        return user_id is not None and self.refused.get(user_id) == address.lower()

    def verdict(self, user_id: UUID | None, kind: str, channel: str, notice: Notice, *, at: datetime, expires_at: datetime) -> Verdict:
        """Send, wait or drop. What may not be switched off is never dropped, what keeps an account safe never waits,
        and nothing waits until it is too late."""
        if user_id is None:
            return AT_ONCE
        rhythm = Rhythm.IMMEDIATE if notice.always else self.rhythms.get((user_id, kind, channel), Rhythm.IMMEDIATE)
        if rhythm == Rhythm.OFF:
            return SWITCHED_OFF
        if rhythm != Rhythm.IMMEDIATE:
            return Verdict(DeliveryState.HELD, held_for=rhythm)
        quiet = self.quiet.get(user_id)
        if channel != Channel.EMAIL or notice.always == SECURITY or quiet is None:
            return AT_ONCE
        until = end_of_quiet(quiet, at)
        return Verdict(until=until) if until is not None and until < expires_at else AT_ONCE


def wishes(users: Collection[UUID], kinds: Collection[str]) -> Wishes:
    """What these people chose about these kinds. Two queries; none for nobody."""
    if not users:
        return Wishes({}, {}, {})
    chosen = Preference.objects.filter(user__in=users, kind__in=kinds).values_list("user_id", "kind", "channel", "rhythm")
    reach = list(Reach.objects.filter(user__in=users).values_list("user_id", "quiet_begin", "quiet_end", "user__time_zone", "refused_address"))
    return Wishes(
        {(user_id, kind, channel): rhythm for user_id, kind, channel, rhythm in chosen},
        {user_id: Quiet(begin, end, zone) for user_id, begin, end, zone, _refused in reach if begin is not None and end is not None},
        {user_id: refused for user_id, _begin, _end, _zone, refused in reach if refused},
    )


def end_of_quiet(quiet: Quiet, at: datetime) -> datetime | None:
    """When the quiet hours around `at` end, in UTC; None outside of them.

    The wall clock decides. Where the end comes twice, because the clock goes back, it is the first after `at`; where
    the clock jumps over it, the instant of the jump's other side.
    """
    zone = ZoneInfo(quiet.zone)
    local = at.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    inside = quiet.begin <= clock < quiet.end if quiet.begin < quiet.end else clock >= quiet.begin or clock < quiet.end
    if not inside:
        return None
    days = (local.date(), local.date() + timedelta(days=1))
    ends = (datetime.combine(day, quiet.end, zone).replace(fold=fold).astimezone(UTC) for day in days for fold in (0, 1))
    return min(end for end in ends if end > at)
