"""What every page needs to draw its frame."""

from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest

from incubator.web import theme


def shell(request: HttpRequest) -> dict[str, Any]:
    """The theme, the park's name and the request's id. No query: navigation and the bell are drawn by tags of the portals' layouts."""
    return {
        "theme": theme.chosen(request),
        "park_name": settings.PARK_NAME,
        "request_id": request_id(),
    }


def request_id() -> str:
    """The id this request has in the logs."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
