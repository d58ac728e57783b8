"""The dress of the staff portal."""

from typing import Any

UNFOLD: dict[str, Any] = {}
