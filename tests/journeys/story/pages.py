"""What several chapters do on pages."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.story.mail import Post
from tests.journeys.story.people import Demo, People, Person
from tests.journeys.story.waiting import eventually


def saved(page: Page) -> None:
    """The page says that what was typed is saved, with the time."""
    expect(page.locator("#saved")).to_have_text(re.compile(r"Saved .*\d\d:\d\d"))


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def arrived(page: Page, title: str) -> None:
    """On the page of this heading, with its scripts running."""
    expect(heading(page)).to_have_text(title)
    page.wait_for_load_state("domcontentloaded")


def press(page: Page, name: str) -> None:
    """Press the button of the page's own form or header, which says exactly this."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def take_step(person: Person, step: str, button: str = "", look: str = "") -> Page:
    """Go to a step's page, which says what will happen and who will be told, and take it."""
    page = person.page
    menu = page.get_by_role("main").locator("details.menu summary")
    if not page.get_by_role("main").get_by_role("link", name=step, exact=True).first.is_visible() and menu.count():
        menu.first.click()
    follow(page, step)
    expect(page.get_by_role("heading", name="Who will be told")).to_be_visible()
    if look:
        person.look(look)
    press(page, button or step)
    return page


def await_notice(person: Person, words: str, portal: str = "staff") -> None:
    """Look into one's inbox until a notice of these words is there: it comes by the worker."""

    def found() -> bool:
        person.go(f"/{portal}/inbox/")
        return words in person.page.get_by_role("main").inner_text()

    eventually(found, lambda: f"no notice of «{words}»")


def new_password(people: People, post: Post, name: str, email: str, password: str) -> Person:
    """Somebody who has forgotten the password sets another through the mail, and is signed in."""
    person = people.new(name)
    page = person.go("/accounts/login/")
    page.get_by_role("link", name=re.compile("orgot")).click()
    person.look("password-forgotten")
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send link").click()
    expect(heading(page)).to_have_text("Look into your mail")
    person.go(post.link(post.await_mail(email, "Choose a new password")))
    person.look("password-new")
    for field in page.locator("input[type=password]").all():
        field.fill(password)
    page.get_by_role("button", name="Save password").click()
    page.wait_for_url(lambda url: "set-password" not in url)
    person.go("/accounts/login/")
    if "/login" in page.url:
        person.sign_in(email, password)
    return person


def address_of(demo: Demo, role: str, number: int) -> str:
    """The address of the second, third … of a role."""
    return demo.email(role).replace("@", f"{number}@")
