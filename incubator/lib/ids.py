"""Identifiers: UUID version 7, so that rows created together lie together in the index."""

from datetime import datetime
from uuid import UUID

from uuid_utils import compat


def uuid7() -> UUID:
    """A new time-ordered identifier (RFC 9562, version 7). Reveals its creation time; it is not a secret."""
    return compat.uuid7()


def first_at(at: datetime) -> UUID:
    """The smallest identifier that could be made at that instant: a span of time as a span of identifiers."""
    return UUID(int=max(int(at.timestamp() * 1000), 0) << 80)
