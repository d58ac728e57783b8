"""axe-core in a page whose policy forbids injected scripts: through the browser's debugger, as a person's eyes would look."""

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Error

LOOKS = 3  # at a page that goes elsewhere, or is drawn anew, while axe looks
# WCAG 2.2 AA, and axe's own best practices: landmarks, headings, one main.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One broken rule at one place of the page."""

    rule: str
    selector: str
    summary: str

    def __str__(self) -> str:
        return f"{self.rule} at {self.selector}: {self.summary}"


@cache
def _source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, *, tags: tuple[str, ...] = TAGS) -> list[Violation]:
    """What axe finds on a Playwright page once it has loaded. Looks again when the page changes under its eyes."""
    for _ in range(LOOKS - 1):
        with suppress(AssertionError, Error):
            return _look(page, tags)
    return _look(page, tags)


def _look(page: Any, tags: tuple[str, ...]) -> list[Violation]:
    page.wait_for_load_state("load")
    session = page.context.new_cdp_session(page)
    try:
        _evaluate(session, _source())
        options = json.dumps({"runOnly": {"type": "tag", "values": list(tags)}, "resultTypes": ["violations"]})
        found = json.loads(_evaluate(session, f"axe.run(document, {options}).then(found => JSON.stringify(found.violations))"))
    finally:
        session.detach()
    return sorted(
        Violation(rule["id"], " ".join(str(part) for part in node["target"]), node["failureSummary"].replace("\n", " "))
        for rule in found
        for node in rule["nodes"]
    )


def _evaluate(session: Any, expression: str) -> Any:
    answer = session.send("Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True})
    if "exceptionDetails" in answer:
        raise AssertionError(answer["exceptionDetails"])
    return answer["result"].get("value")
