"""Every periodic job: one line each, and why. Each is safe when it runs twice at once: it takes an advisory lock or is idempotent."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {}
