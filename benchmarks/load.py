"""A bounded loader: bursts of requests at 8 clients and at one, in rounds whose order turns around."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.servers import Server, cpu

CLIENTS, ROUNDS = 8, 3
# Requests of one sample at 8 clients and at one; a sample also ends after so many seconds.
MANY, FEW, SECONDS = 200, 80, 6.0

Request = tuple[str, str, dict[str, str], bytes | None]


@dataclass
class Sample:
    """What one burst of requests took."""

    requests: int
    seconds: float
    web: float
    postgres: float
    times: list[float]


@dataclass
class Target:
    """One kind of work at one server. `request` gives method, path, headers and body of the next request."""

    server: Server
    request: Callable[[], Request]
    expected: int = 200
    many: list[Sample] = field(default_factory=list)
    few: list[Sample] = field(default_factory=list)

    def _milliseconds(self, part: Callable[[Sample], float]) -> float:
        return 1000 * sum(part(one) for one in self.many) / sum(one.requests for one in self.many)

    @property
    def web(self) -> float:
        """Milliseconds of CPU in the workers, per request."""
        return self._milliseconds(lambda one: one.web)

    @property
    def postgres(self) -> float:
        return self._milliseconds(lambda one: one.postgres)

    @property
    def cost(self) -> float:
        return self.web + self.postgres

    @property
    def rate(self) -> float:
        """Requests a second at 8 clients."""
        return statistics.median(one.requests / one.seconds for one in self.many)

    def latency(self, part: float) -> float:
        """Milliseconds of one client: the median of the rounds' quantiles, so that one disturbed round does not decide."""
        return 1000 * statistics.median(sorted(one.times)[int(len(one.times) * part)] for one in self.few)


def ask(target: Target) -> tuple[int, bytes, dict[str, str]]:
    method, path, headers, body = target.request()
    connection = http.client.HTTPConnection("127.0.0.1", target.server.port, timeout=120)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def burst(target: Target, clients: int, number: int, postgres: int) -> Sample:
    """`number` requests from `clients` threads. Exits with the answer if one is not what was expected."""
    left, lock = [number], threading.Lock()
    times: list[float] = []
    wrong: list[str] = []
    end = time.monotonic() + SECONDS

    def client() -> None:
        while not wrong and time.monotonic() < end:
            with lock:
                if left[0] <= 0:
                    return
                left[0] -= 1
            begun = time.perf_counter()
            try:
                status, content, _ = ask(target)
            except OSError as problem:
                wrong.append(repr(problem))
                return
            times.append(time.perf_counter() - begun)
            if status != target.expected:
                wrong.append(f"{status} {content[:500]!r}")

    web, database, begun = cpu(target.server.process.pid), cpu(postgres), time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(f"{target.request()[:2]}: {wrong[0]}")
    return Sample(len(times), time.perf_counter() - begun, cpu(target.server.process.pid) - web, cpu(postgres) - database, times)


def measure(targets: Sequence[Target], postgres: int) -> None:
    """Rounds with the order turned around each time, so that what the machine does beside hits all alike."""
    for target in targets:
        burst(target, CLIENTS, 32, postgres)  # the first requests of a worker load its code and prepare its statements
    for number in range(ROUNDS):
        for target in targets if number % 2 == 0 else reversed(targets):
            target.many.append(burst(target, CLIENTS, MANY, postgres))
            target.few.append(burst(target, 1, FEW, postgres))
