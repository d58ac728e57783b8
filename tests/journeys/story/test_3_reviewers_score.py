"""Two reviewers declare themselves free, read, score and send; staff see mean and spread."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.story.mail import Post
from tests.journeys.story.pages import heading, press, saved
from tests.journeys.story.people import People, Person


def open_review(people: People, reviewer: Person) -> Page:
    page = reviewer.go("/review/")
    reviewer.look("review-queue")
    page.get_by_role("link", name=people.note("startup")).click()
    expect(heading(page)).to_have_text("Before you read")
    reviewer.look("review-declare")
    expect(page.get_by_role("main")).not_to_contain_text("Rent by the tray")
    page.get_by_role("button", name="I have no conflict").click()
    expect(page.get_by_role("region", name="Application")).to_contain_text("Rent by the tray")
    page.wait_for_load_state("domcontentloaded")
    return page


def score(page: Page, *values: str) -> None:
    for number, value in enumerate(values):
        page.locator("[data-criterion]").nth(number).locator(f"input[type=radio][value='{value}']").check()


def test_reviewer_declares_drafts_and_sends(people: People, post: Post):
    rebecca = people.of("reviewer")
    page = rebecca.go(post.link(post.await_mail(people.demo.email("reviewer"), people.note("reference"))))
    page = open_review(people, rebecca)
    score(page, "5", "4", "na", "4")
    page.get_by_label("Strengths").fill("She measured forty bakeries before she wrote a line of code.")
    saved(page)
    rebecca.look("review-desk")
    page.reload()
    expect(page.get_by_label("Strengths")).to_have_value(re.compile("forty bakeries"))
    press(page, "Check and send")
    expect(page.get_by_role("alert")).to_contain_text("Not complete yet")
    rebecca.look("review-incomplete")
    page.get_by_role("link", name="Go back").click()
    page.get_by_role("group", name="Recommendation").locator("input").first.check()
    page.get_by_label("Weaknesses").fill("One founder.")
    for box in page.locator("[data-criterion]").all():
        box.get_by_role("textbox").fill("As the interviews in the annex show.")
    saved(page)
    press(page, "Check and send")
    rebecca.look("review-send")
    press(page, "Send review")
    expect(page.get_by_role("region", name="Review")).to_contain_text("4.40")  # (5×30 + 4×25 + 4×20) / 75
    rebecca.look("review-sent")


def test_second_reviewer_differs_and_staff_see_the_spread(people: People):
    vivian, officer = people.known["vivian"], people.of("officer")
    page = open_review(people, vivian)
    score(page, "4", "3", "4", "3")
    page.get_by_role("group", name="Recommendation").locator("input").first.check()
    page.get_by_label("Strengths").fill("A problem one can weigh.")
    page.get_by_label("Weaknesses").fill("Hardware is slow.")
    for box in page.locator("[data-criterion]").all():
        box.get_by_role("textbox").fill("Compared with two others that I know.")
    saved(page)
    press(page, "Check and send")
    press(page, "Send review")
    expect(page.get_by_role("region", name="Review")).to_contain_text("Rebecca Tam")  # own sent: now the others can be read
    staff = officer.go(f"/staff/reviews/applications/{people.note('application')}/")
    expect(staff.get_by_role("main")).to_contain_text("3.98")  # the mean of 4.40 and 3.55
    expect(staff.get_by_role("main")).to_contain_text("0.85")
    officer.look("staff-reviews-scored")
