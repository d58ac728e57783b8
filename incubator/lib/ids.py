"""Identifiers: UUID version 7, so that rows created together lie together in the index."""

from uuid import UUID

from uuid_utils import compat


def uuid7() -> UUID:
    """A new time-ordered identifier (RFC 9562, version 7). Reveals its creation time; it is not a secret."""
    return compat.uuid7()
