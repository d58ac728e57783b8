"""When a delivery is tried again. Always a due column in Postgres, never a delayed message in the broker."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from incubator.notifications.claims import Outcome
from incubator.notifications.states import DeliveryState

JITTER = 0.2
ASKED_AT_MOST = 24 * 3600.0


def again(table: Sequence[float], tries: int, *, note: str, code: int | None = None, milliseconds: int = 0, asked: float = 0) -> Outcome:
    """The outcome of a try that failed but may yet succeed; `tries` came before it.

    Waits as the table says, give or take a fifth, and at least as long as the receiver `asked` for (seconds, a day
    at most). After the last wait of the table it is over.
    """
    if tries >= len(table):
        return Outcome(DeliveryState.FAILED, note, code, milliseconds)
    wait = max(table[tries] * random.uniform(1 - JITTER, 1 + JITTER), min(asked, ASKED_AT_MOST))  # noqa: S311 - spreads load, hides nothing
    return Outcome(DeliveryState.PENDING, note, code, milliseconds, timedelta(seconds=wait))
