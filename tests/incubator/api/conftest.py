"""A partner with a key, and clean buckets."""

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
