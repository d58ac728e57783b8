"""Health checks on the real database and the real Redis."""

import pytest
from django.core.cache import cache
from django.db import connection


def test_healthz_answers_without_database(client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_with_database_and_redis_is_ok(client):
    assert connection.vendor == "postgresql"
    cache.set("seen", "yes")
    assert cache.get("seen") == "yes"
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_without_redis_is_degraded_but_ready(client, settings, tmp_path):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/nobody.sock"}}
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "degraded"})
