"""What every test stands on: a database of its own, an empty Redis, a browser or the line that says how to get one.

A plugin, loaded with `-p` after the one that starts the servers.
"""

import os

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests import browser

# One worker runs each of these from its first test to its last, and they begin before all others, for they take longest.
# The last two make something for their whole file that takes long.
TOGETHER = (
    "tests/journeys/story/",
    "tests/incubator/embedded/test_supervisor.py",
    "tests/faults/test_park.py",
    "tests/incubator/home/test_demo.py",
    "tests/incubator/api/test_typed_client.py",
)


class TogetherOrAlone(LoadScopeScheduling):
    """Every test by itself to whichever worker is free, but for those of `TOGETHER`.

    xdist's own `loadgroup` marks the ids of tests by an attribute that pytest 9.2 no longer reads, so that it groups nothing.
    """

    def _split_scope(self, nodeid):
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return TogetherOrAlone(config, log)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config):
    """Two more than there are processors: the workers with the journeys and with the parks mostly wait."""
    return len(os.sched_getaffinity(0)) + 2


def pytest_collection_modifyitems(config, items):
    """Without a browser its tests are left out with one line that says how to get it; `make test` fails then in CI."""
    if browser.executable() is None:
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=browser.HOW))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Instead of pytest-django's: each worker works on a copy of one migrated database."""
    from django.conf import settings
    from django.db import connection

    from tests.databases import copied

    outside = connection.settings_dict["NAME"]
    name = f"test_{outside}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock(), copied(name):
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        yield
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = outside


@pytest.fixture(autouse=True)
def _count_navigation_anew(monkeypatch):
    """The numbers of the navigation are counted on every page, so that a page's queries do not depend on the clock."""
    monkeypatch.setattr("incubator.web.navigation.BADGE_SECONDS", 0)


@pytest.fixture(autouse=True)
def _empty_redis():
    """No test sees the cache, the rate limits or the queues of the one before."""
    yield
    import redis
    from django.conf import settings

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        keys = list(client.scan_iter(f"{settings.REDIS_PREFIX}:*", count=1000))
        if keys:
            client.delete(*keys)
