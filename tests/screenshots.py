"""`make screenshots`: walks the demo's tour as each role and writes pictures, at 390 and 1440 pixels, light and dark.

Uses the park that runs from this checkout, or starts one of its own for the walk. `ROLES=founder,officer` limits it.
The pictures go to `artefacts/screenshots/<role>/`; pages that fail and messages of the console are listed at the end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from incubator.embedded.places import ROOT, data_dir
from tests import browser
from tests.park import Park

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
THEMES = ("light", "dark")
OUT = ROOT / "artefacts" / "screenshots"


@contextmanager
def running_park() -> Iterator[tuple[str, Path]]:
    """Address and data folder of the park that runs here; of a new one if none does."""
    told = _describe(data_dir())
    if told and _answers(told["base_url"]):
        yield told["base_url"], data_dir()
        return
    with tempfile.TemporaryDirectory(prefix="incubator-screenshots-") as folder:
        park = Park(ROOT, Path(folder) / ".data")
        park.start()
        park.wait_for_output("Sign in as")
        try:
            yield park.url, park.data
        finally:
            park.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=3) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _describe(data: Path) -> dict[str, Any]:
    if not (data / "run.env").exists():
        return {}
    environment = {**os.environ, "INCUBATOR_DATA": str(data)}
    listed = subprocess.run([sys.executable, "manage.py", "demo", "--json"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return dict(json.loads(listed.stdout)) if listed.returncode == 0 else {}


def sign_in(page: Page, base: str, account: dict[str, str]) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", account["email"])
    page.fill("input[name=password]", account["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def walk(context: BrowserContext, base: str, paths: list[str], folder: Path, suffix: str) -> list[str]:
    """Picture every page; gives what went wrong."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for number, path in enumerate(paths, start=1):
        response = page.goto(f"{base}{path}", wait_until="load")
        if response is None or response.status != 200:
            wrong.append(f"{path}: {response.status if response else 'no answer'}")
        name = path.strip("/").replace("/", "_") or "home"
        page.screenshot(path=folder / f"{number:02}-{name[:60]}-{suffix}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            wrong.append(f"{path} ({suffix}): scrolls sideways")
    page.close()
    return wrong


def as_role(web: Browser, base: str, told: dict[str, Any], role: str) -> list[str]:
    folder = OUT / role
    folder.mkdir(parents=True, exist_ok=True)
    account = next((one for one in told["accounts"] if one["role"] == role), None)
    state: Any = None
    if account:
        context = web.new_context()
        page = context.new_page()
        sign_in(page, base, account)
        state = context.storage_state()
        context.close()
    wrong = []
    for size, viewport in SIZES.items():
        for theme in THEMES:
            context = web.new_context(viewport=viewport, color_scheme=theme, storage_state=state, locale="en-GB")
            wrong += walk(context, base, told["tour"][role], folder, f"{size}-{theme}")
            context.close()
    return wrong


def main() -> int:
    if browser.executable() is None:
        print(browser.HOW, file=sys.stderr)
        return 1
    with running_park() as (base, data), sync_playwright() as playwright:
        told = _describe(data)
        wanted = os.environ.get("ROLES", "").split(",") if os.environ.get("ROLES") else list(told["tour"])
        web = playwright.chromium.launch(**browser.launch_options())
        wrong: list[str] = []
        for role in wanted:
            if told["tour"][role]:
                wrong += as_role(web, base, told, role)
                print(f"  {role}: {len(told['tour'][role])} pages", flush=True)
        web.close()
    print(f"\n  Pictures: {OUT.relative_to(ROOT)}/")
    for line in dict.fromkeys(wrong):
        print(f"  ! {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
