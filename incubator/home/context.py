"""What only the demo shows: who may sign in, on the sign-in page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from incubator.home.demo.describe import ACCOUNTS
from incubator.home.demo.people import DOMAIN, PASSWORD


def demo(request: HttpRequest) -> dict[str, Any]:
    """`demo_accounts` with the one password of them all; nothing outside the demo. No query."""
    if not settings.DEMO:
        return {}
    return {"demo_accounts": [(role, f"{key}@{DOMAIN}") for role, key in ACCOUNTS], "demo_password": PASSWORD}
