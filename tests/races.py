"""Many at once, on real connections. Needs a test with `django_db(transaction=True)`."""

import threading
from collections.abc import Callable

from django.db import connection

from incubator.lib.refusals import Refusal
from incubator.web.refusals import is_busy


def race(workers: int, act: Callable[[], object]) -> list[object]:
    """Run `act` in so many threads from one barrier; what each gave or raised, in no order.

    Who waits for a lock longer than the database allows gets the refusal that pages and the API give for it.
    """
    barrier = threading.Barrier(workers)
    outcomes: list[object] = []

    def run() -> None:
        try:
            barrier.wait()
            outcomes.append(act())
        except Exception as error:
            outcomes.append(Refusal(code="busy") if is_busy(error) else error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
