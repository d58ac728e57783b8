"""Who should read what: the least loaded reviewers without a conflict, each within their capacity."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Application = TypeVar("Application", bound=Hashable)
Reviewer = TypeVar("Reviewer", bound=Hashable)


def suggest(
    wanted: Mapping[Application, int],
    reviewers: Sequence[Reviewer],
    *,
    load: Mapping[Reviewer, int],
    capacity: int,
    barred: Collection[tuple[Application, Reviewer]],
) -> list[tuple[Application, Reviewer]]:
    """Pairs to assign, in the order of `wanted`, which says how many reviewers each application still needs.

    `barred` holds the pairs that must not be: conflicts, and who has been asked already. Applications with the fewest
    possible reviewers choose first, so that a rare free reviewer is not given away; among reviewers the least loaded
    comes first, then the order given. Gives fewer than wanted when there is nobody left.
    """
    carrying = {reviewer: load.get(reviewer, 0) for reviewer in reviewers}
    rank = {reviewer: position for position, reviewer in enumerate(reviewers)}
    free = {application: [one for one in reviewers if (application, one) not in barred] for application in wanted}
    chosen: dict[Application, list[Reviewer]] = {}
    for application in sorted(wanted, key=lambda one: len(free[one])):
        able = [one for one in free[application] if carrying[one] < capacity]
        able.sort(key=lambda one: (carrying[one], rank[one]))
        chosen[application] = able[: max(wanted[application], 0)]
        for reviewer in chosen[application]:
            carrying[reviewer] += 1
    return [(application, reviewer) for application in wanted for reviewer in chosen[application]]
