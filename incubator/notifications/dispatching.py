"""The dispatcher: a process that turns events into deliveries and rings for what is due. Any number may run."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import structlog
from django.conf import settings
from django.db import Error, close_old_connections, connection
from kombu.exceptions import OperationalError

from incubator.notifications import broadcasting, health, resending
from incubator.notifications.fanout import EVENTS_AT_ONCE, fan_out
from incubator.notifications.ringing import ring

log = structlog.get_logger(__name__)
PATIENCE_AT_MOST = 30.0


def turn() -> int:
    """One round: fan out some events, ring for what is due. Returns the number of events done."""
    done = fan_out()
    broadcasting.ring()
    resending.ring()
    ring()
    return done


class Dispatcher:
    """Polls until it is told to stop. A fault of Postgres or Redis makes it wait longer, never end."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        self._stop.set()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        log.info("dispatcher_started")
        pause = settings.DISPATCH_POLL
        while not self._stop.is_set():
            try:
                busy = turn() >= EVENTS_AT_ONCE
                pause = 0.0 if busy else settings.DISPATCH_POLL
                health.beat("dispatcher")
            except OperationalError:  # the broker; ring() has said so
                health.count_publish_error()
                pause = self._longer(pause)
            except Error:
                log.exception("dispatcher_waits_for_postgres")
                connection.close()
                pause = self._longer(pause)
            close_old_connections()
            self._stop.wait(pause)
        log.info("dispatcher_stopped")

    def _longer(self, pause: float) -> float:
        return min(max(pause, settings.DISPATCH_POLL) * 2, PATIENCE_AT_MOST * settings.TIME_SCALE)
