"""Is this process alive, and may traffic be sent to it."""

from datetime import timedelta
from hmac import compare_digest
from typing import cast

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from incubator.lib.clock import now
from incubator.outbox.models import Pending
from incubator.web.caching import RedisOrOwnMemory


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches neither database nor Redis, so that their fault does not restart us."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether to send traffic here: 503 without database or with migrations waiting.

    Without Redis, or with events that nobody has passed on for a minute, degraded, yet 200: pages work all the same.

    Says no more than that: details are for staff.
    """
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        late = not waiting and Pending.objects.filter(created_at__lt=now() - timedelta(seconds=settings.MINUTE)).exists()
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503)
    if waiting:
        return JsonResponse({"status": "unavailable"}, status=503)
    redis_answers = cast(RedisOrOwnMemory, caches["default"]).answers()
    return JsonResponse({"status": "ok" if redis_answers and not late else "degraded"})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to whoever sends `Authorization: Bearer <METRICS_TOKEN>`; without a token set, to nobody."""
    token = settings.METRICS_TOKEN
    if not token or not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        raise Http404
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
