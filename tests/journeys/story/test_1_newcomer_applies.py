"""Somebody new finds an open call, signs up, sets up a startup, fills the form in, and sends it."""

import re
import secrets
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests import corpus
from tests.journeys.story.mail import Post
from tests.journeys.story.pages import arrived, heading, saved
from tests.journeys.story.people import People

CALL = "Launch Ideation, spring 2027"
PASSWORD = "kites over Lantau 71"
LONG = "Bakeries throw a tenth of each day's bread away, and nobody measures which. Our scale under the tray does."


def row(page: Page, table: str, number: int) -> Locator:
    return page.get_by_role("group", name=table).get_by_role("group", name=f"Row {number}", exact=True)


def test_newcomer_signs_up_and_sets_up_a_startup(people: People, post: Post):
    name = f"Tray Scale {secrets.token_hex(3)}"
    email = f"founder-{secrets.token_hex(4)}@tray.example"
    founder = people.new("newcomer")
    page = founder.go("/")
    founder.look("public-front")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Programmes").click()
    founder.look("public-programmes")
    founder.go("/calls/")
    founder.look("public-calls")
    founder.go("/programmes/launch-ideation/")
    expect(page.locator("#apply")).to_contain_text(re.compile(r"17:00 HKT\s*in 4 weeks"))
    founder.look("public-programme")
    page.get_by_role("link", name="Create an account to apply").click()
    founder.look("sign-up")
    page.get_by_label("Your name").fill("Ada Wong")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert")).to_contain_text("12 characters")
    founder.look("sign-up-refused")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(heading(page)).to_contain_text("mail")
    founder.look("sign-up-check-your-mail")

    founder.go(post.link(post.await_mail(email, "onfirm")))
    founder.look("confirm-address")
    page.get_by_role("button", name="Confirm address").click()
    page.wait_for_url(lambda url: "confirm" not in url)
    if page.get_by_role("button", name="Sign in", exact=True).count():
        founder.sign_in(email, PASSWORD)
    founder.go("/welcome/")
    expect(page).to_have_url(re.compile("/my/startup/new/$"))
    founder.look("startup-new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("pitch").fill("A scale that tells a bakery what it will throw away tonight.")
    page.get_by_role("button", name="Set up the startup").click()
    arrived(page, name)
    founder.look("my-home-new")
    page.goto(f"{people.demo.base_url}/my/startup/")
    founder.look("my-startup")
    people.notes.update(founder=founder, email=email, password=PASSWORD, startup=name)


def test_founder_fills_every_kind_of_question_and_nothing_typed_is_lost(people: People, tmp_path: Path):
    founder = people.note("founder")
    page = founder.go("/my/")
    page.get_by_role("link", name=CALL).click()
    founder.look("my-application-start")
    page.get_by_role("button", name="Start the application").click()
    arrived(page, "Your company")
    people.notes["application"] = re.search(r"/applications/([0-9a-f-]{36})/", page.url)[1]  # type: ignore[index]

    expect(page.get_by_label("Name of the company")).to_have_value(people.note("startup"))  # from the profile
    where = page.locator("fieldset").filter(has_text="Where is it incorporated?")
    expect(where).to_be_hidden()
    page.get_by_role("group", name="Is the company incorporated?").get_by_label("Yes").check()
    where.get_by_label("Hong Kong").check()
    page.get_by_label("Date of incorporation").fill("2026-03-02")
    page.get_by_label("Business registration number").fill("76543210")
    saved(page)
    wrong, right = tmp_path / "certificate.pdf", tmp_path / "registration.pdf"
    wrong.write_bytes(b"<html>not a document</html>")
    right.write_bytes(corpus.pdf())
    page.get_by_label("Business registration certificate").set_input_files(wrong)
    expect(page.get_by_text("This is not a PDF")).to_be_visible()
    page.get_by_label("Business registration certificate").set_input_files(right)
    expect(page.get_by_role("link", name="registration.pdf")).to_be_visible()
    expect(page.get_by_text("This is not a PDF")).to_be_hidden()
    founder.look("form-company")
    onward(page, "The idea")

    page.get_by_label("Abstract").fill(LONG)
    page.get_by_role("group", name="Focus areas").get_by_label("AI").check()
    page.get_by_label("The problem, and who has it").fill(LONG)
    saved(page)
    offline_and_back(people, page)
    two_tabs(people, page)
    founder.look("form-idea")
    onward(page, "Technology")

    page.get_by_label("The technology, what is new in it").fill(LONG)
    page.get_by_label("Technology readiness level today").fill("about four")
    expect(page.locator("#saved")).to_contain_text("Not saved: please check")
    founder.look("form-refused")
    page.get_by_label("Technology readiness level today").fill("4")
    page.get_by_label("Technology readiness level in twelve months").fill("6")
    saved(page)
    onward(page, "Market and business")

    page.get_by_label("Target customers").fill(LONG)
    page.get_by_label("Business model and prices").fill(LONG)
    page.get_by_label("Traction so far").fill(LONG)
    page.get_by_label("Revenue of the last twelve months", exact=True).fill("120000")
    page.get_by_role("group", name="regulated activity").get_by_label("No").check()
    onward(page, "Team and ownership")

    row(page, "The team", 1).get_by_label("Name").fill("Ada Wong")
    row(page, "The team", 1).get_by_label("Role").fill("Founder")
    row(page, "The team", 1).get_by_label("Full-time").check()
    row(page, "The team", 1).get_by_label("Technical").check()
    row(page, "The team", 1).get_by_label("Equity in %").fill("100")
    page.get_by_label("Funds raised so far", exact=True).fill("0")
    page.get_by_role("group", name="another incubation scheme").get_by_label("No").check()
    saved(page)
    founder.look("form-team")
    onward(page, "Plan and use of the grant")

    page.get_by_label("What you would use the grant for").fill(LONG)
    row(page, "Proposed milestones", 1).get_by_label("Milestone").fill("Ten bakeries weigh every tray")
    row(page, "Proposed milestones", 1).get_by_label("By").fill("2027-06-30")
    row(page, "Proposed milestones", 1).get_by_label("Share of the grant").fill("60000")
    page.get_by_label("Benefit to the city").fill(LONG)
    onward(page, "Working with the park")
    page.get_by_role("group", name="Which help").get_by_label("Cloud computing").check()
    onward(page, "Declarations")
    founder.look("form-declarations")
    page.get_by_label("Everything stated here is true").check()
    page.get_by_label("may show this application to its review panel").check()
    page.get_by_label("I have named every tie").check()
    page.get_by_role("button", name="Save and review").click()
    arrived(page, "Review and send")


def onward(page: Page, title: str) -> None:
    page.get_by_role("button", name="Save and go on").click()
    arrived(page, title)


def offline_and_back(people: People, page: Page) -> None:
    """Typed without a connection: said so, kept, and sent when it is back."""
    founder = people.note("founder")
    founder.context.set_offline(True)
    page.get_by_label("The product, and why").fill("Typed in the tunnel under the harbour.")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    founder.context.set_offline(False)
    saved(page)
    page.reload()
    expect(page.get_by_label("The product, and why")).to_have_value("Typed in the tunnel under the harbour.")


def two_tabs(people: People, page: Page) -> None:
    """The same answer changed in two tabs: the later one is shown both texts and chooses."""
    founder = people.note("founder")
    other = founder.new_tab()
    other.goto(page.url)
    other.get_by_label("The product, and why").fill("Written in the other tab.")
    saved(other)
    page.get_by_label("The product, and why").fill("Written in this tab.")
    box = page.get_by_role("alert").filter(has_text="Which text shall stay?")
    expect(box).to_contain_text("Written in the other tab.")
    expect(box).to_contain_text("Written in this tab.")
    founder.look("form-two-texts")
    page.get_by_role("button", name="Keep mine").click()
    saved(page)
    other.reload()
    expect(other.get_by_label("The product, and why")).to_have_value("Written in this tab.")
    other.close()


def test_application_is_sent_once_complete_and_arrives_in_the_open_list_of_staff(people: People, post: Post):
    founder, officer = people.note("founder"), people.of("officer")
    officer.go("/staff/applications/screening/")  # stays open while the application is sent
    missing = "Why this programme?"
    page = founder.go(f"/my/applications/{people.note('application')}/review/")
    expect(page.get_by_role("button", name="Send application")).to_be_disabled()
    founder.look("form-review-missing")
    page.get_by_role("region", name="needs your attention").get_by_role("link", name=missing).click()
    arrived(page, "Working with the park")
    page.get_by_label(missing).fill("Three of the park's partners run canteens.")
    saved(page)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_text("All questions are answered")).to_be_visible()
    founder.look("form-review")
    page.get_by_role("button", name="Send application").click()
    expect(heading(page)).to_contain_text("We have your application")
    reference = re.search(r"LI27A-\d+", heading(page).inner_text())[0]  # type: ignore[index]
    founder.look("receipt")
    founder.go(post.link(post.await_mail(people.note("email"), reference)))
    founder.look("my-application-sent")
    expect(page.get_by_role("main")).to_contain_text(reference)
    people.notes["reference"] = reference
    expect(officer.page.locator("#arrivals")).to_contain_text(reference, timeout=30_000)
    officer.look("staff-screening-new")

    # a repeated click, and the form after it was sent: a clear answer, nothing changed
    founder.go(f"/my/applications/{people.note('application')}/form/company/")
    expect(page.get_by_text("can no longer be changed")).to_be_visible()
    founder.go("/my/applications/")
    founder.look("my-applications")
