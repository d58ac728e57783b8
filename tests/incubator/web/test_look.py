"""The shared pages in a real browser: nothing for axe to find, nothing the policy blocks, nothing wider than a small phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import browser
from tests.axe import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(browser.executable() is None, reason=browser.HOW),
]
PAGES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/confirm-email/", "/nowhere/"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, and the test database is flushed beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(**browser.launch_options())
        yield started
        started.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_shared_pages_are_sound(live_server: Any, chromium: Browser, scheme: Any, width: int):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in PAGES:
        page.goto(live_server.url + path)
        assert page.get_attribute("html", "data-bs-theme") == scheme
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(page) == [], path
    assert complaints == []
    context.close()


def test_theme_is_switched_at_once_and_remembered(live_server: Any, chromium: Browser):
    context = chromium.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark theme").click()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert page.get_by_role("button", name="Dark theme").get_attribute("aria-pressed") == "true"
    context.close()


def test_form_errors_link_to_their_fields(live_server: Any, chromium: Browser):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name="Sign in", exact=True).click()
    summary = page.get_by_role("alert")
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.name") == "login"
    assert violations(page) == []
    context.close()
