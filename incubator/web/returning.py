"""Leading people back to where they came from: addresses of this site only."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def with_next(address: str, back: str) -> str:
    """The address with where to go on afterwards. Whoever reads it asks `safe_next`."""
    return f"{address}?{urlencode({'next': back})}"


def safe_next(request: HttpRequest) -> str:
    """Where to go on, from the form or the address; empty for none and for one of another site."""
    back = request.POST.get("next") or request.GET.get("next", "")
    return back if is_ours(request, back) else ""


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether the address leads to this site, by the same kind of connection."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
