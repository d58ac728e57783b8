"""A founder fills a form in on a phone: saved as they type, kept when the connection is lost, two texts to choose from."""

import time

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from incubator.lib.clock import now
from programmes.applications import operations as applications
from programmes.applications.models import Application
from tests import browser, corpus
from tests.journeys.story.waiting import eventually
from tests.programmes.applications.conftest import *  # noqa: F403 - the call and the draft of the applications' own tests

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in this thread, the database calls do not
    return live_server


@pytest.fixture
def context(site, founder):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        context = chromium.new_context(base_url=site.url, viewport={"width": 390, "height": 844}, locale="en-GB")
        session = founder.client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.url}])
        yield context
        context.close()
        chromium.close()


@pytest.fixture
def page(context) -> Page:
    page = context.new_page()
    page.faults = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.faults.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda message: page.faults.append(message.text) if "Content Security Policy" in message.text else None)  # type: ignore[attr-defined]
    return page


def address(application: Application, section: str = "company") -> str:
    return reverse("my:applications:section", args=[application.pk, section])


def stored(application: Application, key: str):
    answer = application.answer_set.answers.filter(question__key=key).first()
    return answer.value if answer else None


def test_typing_is_saved_by_itself_and_questions_appear(page, draft):
    page.goto(address(draft))
    page.get_by_label("The problem").fill("Shops wait for their money.")
    expect(page.locator("#saved")).to_contain_text("Saved")
    assert stored(draft, "problem") == "Shops wait for their money."
    expect(page.get_by_label("The licence")).to_be_hidden()
    page.get_by_role("group", name="The regulated").get_by_label("Yes").check()
    expect(page.get_by_label("The licence")).to_be_visible()
    page.get_by_role("group", name="The regulated").get_by_label("No").check()
    expect(page.get_by_label("The licence")).to_be_hidden()
    expect(page.locator("#sections")).to_contain_text("Complete")
    assert page.faults == []


def test_text_survives_a_lost_connection_and_a_closed_tab(page, context, draft):
    page.goto(address(draft))
    context.set_offline(True)
    page.get_by_label("The problem").fill("Written in a tunnel.")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    assert stored(draft, "problem") is None
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address(draft))
    expect(again.get_by_label("The problem")).to_have_value("Written in a tunnel.")
    expect(again.locator("#saved")).to_contain_text("Saved")
    assert stored(draft, "problem") == "Written in a tunnel."
    assert again.evaluate("localStorage.length") == 0


def test_connection_that_comes_back_sends_what_was_kept(page, context, draft):
    page.goto(address(draft))
    context.set_offline(True)
    page.get_by_label("The problem").fill("Kept.")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("Saved")
    assert stored(draft, "problem") == "Kept."


def test_button_waits_for_the_save_under_way_and_for_what_was_typed_since(page, draft, write):
    write(draft, problem="Shops wait.", regulated=False)
    page.goto(address(draft))
    with page.expect_request("**/answers/name/"):
        page.get_by_label("The name").fill("First")
    page.get_by_label("The name").press_sequentially(", then more")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Team")
    assert stored(draft, "name") == "First, then more"


@pytest.mark.parametrize(("button", "kept"), [("Keep mine", "Mine"), ("Take theirs", "Theirs")])
def test_two_people_write_the_same_answer_and_choose(page, draft, write, button, kept):
    page.goto(address(draft))
    write(draft, name="Theirs")
    page.get_by_label("The name").fill("Mine")
    expect(page.get_by_text("Which text shall stay?")).to_be_visible()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_label("The name")).to_have_value(kept)
    expect(page.get_by_text("Which text shall stay?")).to_be_hidden()
    if button == "Keep mine":
        expect(page.locator("#saved")).to_contain_text("Saved")
    assert stored(draft, "name") == kept


def test_rows_and_files_on_the_page_then_review_and_send(page, draft, write, files_root, tmp_path):
    write(draft, problem="Shops wait.", regulated=False)
    (tmp_path / "deck.pdf").write_bytes(corpus.pdf())
    (tmp_path / "page.pdf").write_bytes(b"<html>")
    page.goto(address(draft, "team"))
    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Name").nth(1).fill("Wong Tsz")
    expect(page.locator("#saved")).to_contain_text("Saved")
    assert [row["name"] for row in stored(draft, "people")] == ["Lam Ka Yan", "Wong Tsz"]
    page.get_by_role("button", name="Remove").first.click()
    page.get_by_label("The deck").set_input_files(tmp_path / "page.pdf")
    expect(page.get_by_text("This is not a PDF")).to_be_visible()
    page.get_by_label("The deck").set_input_files(tmp_path / "deck.pdf")
    expect(page.get_by_role("link", name="deck.pdf")).to_be_visible()
    expect(page.get_by_text("This is not a PDF")).to_be_hidden()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("The true").check()
    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_text("All questions are answered")).to_be_visible()
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_role("heading", name="We have your application FIN26A-0001")).to_be_visible()
    draft.refresh_from_db()
    assert draft.revision.answers["people"] == [{"name": "Wong Tsz", "full-time": None}]
    assert draft.revision.answers["deck"]["name"] == "deck.pdf"
    assert page.faults == []


def test_answer_sent_in_meanwhile_is_not_changed_and_says_so(page, ready, founder):
    page.goto(address(ready))
    applications.submit(ready, by=founder.actor, at=now())
    page.get_by_label("The problem").fill("Too late.")
    expect(page.get_by_text("Nothing was saved")).to_be_visible()
    assert stored(ready, "problem") == "Shops wait for their money."


@pytest.mark.parametrize("pause", [0, 0.3, 1.5])
def test_reload_while_a_save_is_under_way_shows_the_text(page, draft, pause):
    """The new page may be drawn before the save arrives, and the old one hear of the save before the new one is there."""
    page.goto(address(draft))
    page.route("**/answers/problem/", lambda route: (time.sleep(pause), route.continue_()))
    page.get_by_label("The problem").fill("Typed in the tunnel.")
    page.wait_for_timeout(1000 * pause)
    page.reload()
    expect(page.get_by_label("The problem")).to_have_value("Typed in the tunnel.")
    eventually(lambda: page.evaluate("localStorage.length") == 0, lambda: "the browser still keeps what the server has")
    assert stored(draft, "problem") == "Typed in the tunnel."
