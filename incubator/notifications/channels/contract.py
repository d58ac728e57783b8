"""What a channel that leaves the house must do."""

from typing import Protocol, Self

from incubator.notifications.claims import Outcome
from incubator.notifications.models import Delivery


class Sender(Protocol):
    """Keeps its connection for the length of a `with` block. `send` raises only for what nobody foresaw."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def may_go_on(self) -> bool:
        """Whether the rest of the batch may be tried now."""
        ...

    def send(self, delivery: Delivery) -> Outcome: ...

    def finished(self, delivery: Delivery, outcome: Outcome, *, ours: bool) -> None:
        """Called when the outcome is stored; `ours` is false if the lease was lost meanwhile."""
        ...
