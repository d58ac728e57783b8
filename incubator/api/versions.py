"""Dated versions of the contract within /v1/. A breaking change gets a new date; additive ones do not."""

from __future__ import annotations

from incubator.api.problems import Problem, error

HEADER = "API-Version"
VERSIONS = ("2026-12-01",)
CURRENT = VERSIONS[-1]


def chosen(header: str | None, pinned: str) -> str:
    """The version this request speaks: the header's, else the credential's, else today's. Raises Problem."""
    if header is None:
        return pinned if pinned in VERSIONS else CURRENT
    if header not in VERSIONS:
        raise Problem("unknown_version", errors=[error(HEADER, "unknown_version", f"Known versions: {', '.join(VERSIONS)}.")])
    return header
