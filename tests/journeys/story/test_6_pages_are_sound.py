"""What was looked at on the way, and the keyboard."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.story.people import People, Seen


def test_no_page_of_the_story_has_findings(seen: Seen):
    assert len(seen.names) > 60, seen.names
    assert seen.faults == [], "\n".join(seen.faults)


def focused(page: Page) -> dict[str, str]:
    """What has the focus, and whether one sees that it has."""
    found: dict[str, str] = page.evaluate(
        """() => {
          const one = document.activeElement, style = getComputedStyle(one);
          return {name: one.name || "", text: one.innerText || "", type: one.type || one.tagName,
                  seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none" ? "yes" : ""};
        }"""
    )
    return found


def tab_to(page: Page, *, name: str = "", text: str = "") -> None:
    """Press Tab until the focus is there; every stop on the way is visible."""
    for _ in range(80):
        page.keyboard.press("Tab")
        here = focused(page)
        assert here["seen"] or here["type"] == "BODY", here
        if (name and here["name"] == name) or (text and here["text"].strip() == text):
            return
    raise AssertionError(f"Tab never comes to {name or text}")


def test_keyboard_alone_signs_in_and_fills_a_form(people: People):
    person = people.new("keyboard")
    page = person.go("/accounts/login/")
    page.keyboard.press("Tab")
    assert "Skip" in focused(page)["text"]
    tab_to(page, name="login")
    page.keyboard.type(people.demo.email("founder"))
    tab_to(page, name="password")
    page.keyboard.type(people.demo.password())
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/my/"))
    draft = next(path for path in people.demo.tour["founder"] if path.endswith("/review/"))
    person.go(draft.replace("/review/", "/form/company/"))
    tab_to(page, name="q-website")
    page.keyboard.press("Control+a")
    page.keyboard.type("https://lumen.example/keyboard")
    expect(page.locator("#saved")).to_have_text(re.compile("Saved"))
    tab_to(page, text="Save and go on")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The idea")
    tab_to(page, name="q-focus")
    page.keyboard.press("Space")
    expect(page.locator("#saved")).to_have_text(re.compile("Saved"))
