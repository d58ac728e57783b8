"""A partner's system as the demo plays it: an endpoint that checks signatures and shows what arrived."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from incubator.home.demo.load import secrets_file
from incubator.lib.clock import now

KEY, KEPT, LONGEST = "demo:webhooks", 50, 16 * 1024


def only_in_the_demo(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Outside the demo these pages do not exist."""

    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return inner


@csrf_exempt
@require_POST
@only_in_the_demo
def receive(request: HttpRequest) -> HttpResponse:
    """Take a message of the park if its signature is right. The newest fifty are kept."""
    body = request.body[:LONGEST]
    secret = json.loads(secrets_file().read_text())["webhook_secret"]
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    try:
        Webhook(secret).verify(body.decode(), {name: request.headers.get(name, "") for name in names})
    except (WebhookVerificationError, ValueError):
        return HttpResponse("The signature does not fit.", status=401, content_type="text/plain")
    message = {"id": request.headers["webhook-id"], "at": now(), "body": json.loads(body)}
    kept: list[dict[str, Any]] = cache.get(KEY, [])
    cache.set(KEY, [message, *(one for one in kept if one["id"] != message["id"])][:KEPT], None)
    return HttpResponse(status=204)


@require_safe
@only_in_the_demo
def received(request: HttpRequest) -> HttpResponse:
    """What the partner's system has received, newest first."""
    messages = [{**one, "pretty": json.dumps(one["body"], indent=2)} for one in cache.get(KEY, [])]
    return render(request, "public/demo/webhooks.html", {"received": messages})
