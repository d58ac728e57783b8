"""A partner with a key, clean buckets, and files that lie nowhere else."""

from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings

from incubator.accounts.models import ApiKey, Organisation
from tests.factories.api import ApiClient, ApiKeyFactory


@pytest.fixture
def key(partner_organisation: Organisation) -> ApiKey:
    return ApiKeyFactory(organisation=partner_organisation)


@pytest.fixture
def api(key: ApiKey) -> ApiClient:
    return ApiClient(key)


@pytest.fixture
def cache_server() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture(autouse=True)
def files_root(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"
