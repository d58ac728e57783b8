"""What every page needs to draw its frame."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from incubator.web import theme


def shell(request: HttpRequest) -> dict[str, Any]:
    """The theme and the park's name. No query: navigation and the bell are drawn by tags of the portals' layouts."""
    return {"theme": theme.chosen(request), "theme_choices": theme.CHOICES, "park_name": settings.PARK_NAME}
