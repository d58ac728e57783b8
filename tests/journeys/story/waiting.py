"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 30.0  # the machine may be busy with the other tests
PAUSE = 0.1


def eventually(look: Callable[[], T | None], complaint: Callable[[], str]) -> T:
    """What `look` gives once it gives something. Fails with the complaint when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, complaint()
        time.sleep(PAUSE)
    return found
