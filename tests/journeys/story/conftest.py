"""One park for all chapters, as `make run` starts it, and one browser. `JOURNEYS_PARK=.data` takes the park that runs there."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from incubator.embedded.places import ROOT
from tests import browser
from tests.journeys.story.mail import Post
from tests.journeys.story.people import Demo, People, Seen
from tests.park import Park, clean_environment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow_start)


@pytest.fixture(scope="package")
def data() -> Iterator[Path]:
    """The data folder of the park."""
    if running := os.environ.get("JOURNEYS_PARK"):
        yield Path(running).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="incubator-journeys-") as folder:
        Path(folder).chmod(0o755)  # Postgres may run as another user
        park = Park(ROOT, Path(folder) / ".data", TIME_SCALE="0.1")
        try:
            park.start()
            park.wait_for_output("Sign in as")
            yield park.data
        finally:
            park.stop()


@pytest.fixture(scope="package")
def demo(data: Path) -> Demo:
    """What `manage.py demo --json` tells about it."""
    command = [sys.executable, "manage.py", "demo", "--json"]
    told = subprocess.run(command, cwd=ROOT, env=clean_environment(INCUBATOR_DATA=str(data)), capture_output=True, text=True, check=True)
    return Demo(**json.loads(told.stdout))


@pytest.fixture(scope="package")
def post(data: Path, demo: Demo) -> Post:
    return Post(data / "mail", demo.base_url)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**browser.launch_options())
        yield started
        started.close()


@pytest.fixture(scope="package")
def seen() -> Seen:
    """What was found wrong on the pages that were looked at."""
    return Seen()


@pytest.fixture(scope="package")
def people(chromium: Browser, demo: Demo, seen: Seen) -> Iterator[People]:
    everybody = People(chromium, demo, seen)
    yield everybody
    everybody.leave()
