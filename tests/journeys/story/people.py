"""Whoever takes part, each with a browser of their own; and what is looked at on every page they see."""

import os
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from incubator.embedded.places import ROOT
from tests.axe import violations

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
PICTURES = ROOT / "artefacts" / "journeys"
COLOURS = ("wcag2aa", "wcag22aa")  # the rules that another theme may break
# Colours have settled: a change of the theme runs down the tree as transitions, however short.
CALM = """() => new Promise((done) => {
  let calm = 0;
  const look = () => { calm = document.getAnimations().length ? 0 : calm + 1; if (calm > 3) done(); else requestAnimationFrame(look); };
  look();
})"""
PATIENCE = 15_000  # milliseconds, for what a busy machine does
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Demo:
    base_url: str
    accounts: list[dict[str, str]]
    api_key: str
    webhook_secret: str
    tour: dict[str, list[str]]

    def password(self) -> str:
        return self.accounts[0]["password"]

    def email(self, role: str) -> str:
        return next(account["email"] for account in self.accounts if account["role"] == role)


def theme_findings() -> list[tuple[str, str]]:
    """Rule and part of the selector of what docs/accessibility.md admits in the admin theme."""
    lines = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8").splitlines()
    rows = [re.fullmatch(r"\|\s*([a-z-]+)\s*\|\s*`([^`]+)`\s*\|.*", line) for line in lines]
    return [(row[1], row[2]) for row in rows if row]


@dataclass
class Seen:
    """The pages that were looked at by name, and what was wrong with them."""

    names: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    admitted: list[tuple[str, str]] = field(default_factory=theme_findings)

    def check(self, page: Page, name: str, theme: str, tags: tuple[str, ...] | None = None) -> None:
        found = violations(page, tags=tags) if tags else violations(page)
        staff = "/staff/" in page.url
        for one in found:
            if not (staff and any(one.rule == rule and part in one.selector for rule, part in self.admitted)):
                self.faults.append(f"{name} ({theme}): {one}")


class Person:
    """Somebody at a browser."""

    def __init__(self, browser: Browser, base_url: str, seen: Seen) -> None:
        self.seen = seen
        self.context: BrowserContext = browser.new_context(
            base_url=base_url, viewport=SIZES["desk"], color_scheme="light", reduced_motion="reduce", locale="en-GB", accept_downloads=True
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda line: self._note(page, line.text) if "Content Security Policy" in line.text else None)
        page.on("pageerror", lambda error: self._note(page, str(error)))
        return page

    def _note(self, page: Page, words: str) -> None:
        self.seen.faults.append(f"{page.url}: {words}")

    def go(self, address: str, *, status: int = 200) -> Page:
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        self.go("/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)

    def look(self, name: str, page: Page | None = None) -> None:
        """Have axe look at the page in both themes, and picture it at two widths. Once for each name."""
        page = page or self.page
        if name in self.seen.names:
            return
        self.seen.names.append(name)
        self.seen.check(page, name, "light")
        self._picture(page, name, "light")
        page.emulate_media(color_scheme="dark")
        page.evaluate(CALM)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark") if "/staff/" not in page.url else None
        self.seen.check(page, name, "dark", COLOURS)
        self._picture(page, name, "dark")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(SIZES["desk"])

    def _picture(self, page: Page, name: str, theme: str) -> None:
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
                self.seen.faults.append(f"{name}: scrolls sideways on a {size}")
            if os.environ.get("SCREENSHOTS") != "0":
                PICTURES.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=PICTURES / f"{len(self.seen.names):02}-{name}-{size}-{theme}.png", full_page=True, animations="disabled", timeout=60_000)


class People:
    """Everybody of the story by name; who is new signs in or up first. `notes` is what one chapter leaves for the next."""

    def __init__(self, browser: Browser, demo: Demo, seen: Seen) -> None:
        self.browser, self.demo, self.seen = browser, demo, seen
        self.known: dict[str, Person] = {}
        self.notes: dict[str, Any] = {}

    def new(self, name: str) -> Person:
        """Somebody who is not signed in."""
        self.known[name] = Person(self.browser, self.demo.base_url, self.seen)
        return self.known[name]

    def of(self, role: str) -> Person:
        """The demo's account of this role, signed in; or whoever has come under this name before."""
        if role not in self.known:
            person = self.new(role)
            person.sign_in(self.demo.email(role), self.demo.password())
        return self.known[role]

    def note(self, name: str) -> Any:
        assert name in self.notes, f"The chapter that leaves «{name}» did not get that far."
        return self.notes[name]

    def leave(self) -> None:
        for person in self.known.values():
            person.context.close()
