"""Starts the servers for a test run before the settings are read; those named by DATABASE_URL or REDIS_URL are not started.

Loaded with `-p`, because the settings are read before any conftest.py is.
"""

import atexit
import os
from collections.abc import Generator

import pytest

from incubator.embedded.places import data_dir
from incubator.embedded.servers import TestServers

_servers: TestServers | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    global _servers
    # an xdist worker has them from the main process
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        _servers = TestServers(data_dir() / "test")
        os.environ.update(_servers.environment())
        atexit.register(_stop)  # also when the settings cannot be read
    return (yield)


def pytest_unconfigure() -> None:
    _stop()


def _stop() -> None:
    global _servers
    if _servers is not None:
        _servers.stop()
        _servers = None
