"""The application arrives, is screened, a question is asked and answered, reviewers are chosen, and it goes to them."""

import re

from playwright.sync_api import expect

from tests.journeys.story.mail import Post
from tests.journeys.story.pages import address_of, await_notice, follow, heading, new_password, press, take_step
from tests.journeys.story.people import People

QUESTION = "Please say who repairs the scales."
REVIEWERS = ("Rebecca Tam", "Dr Vivian Poon", "Nathan Brooks")


def test_officer_screens_asks_and_reads_the_answer(people: People, post: Post):
    officer, founder = people.of("officer"), people.note("founder")
    page = officer.go("/staff/")
    officer.look("staff-today")
    officer.go("/staff/applications/")
    officer.look("staff-applications")
    page.get_by_role("link", name=people.note("startup")).first.click()
    expect(page.get_by_role("main")).to_contain_text(people.note("reference"))
    take_step(officer, "Start screening", look="staff-start-screening")
    rules = page.locator("section").filter(has=page.get_by_role("heading", name=re.compile("ligib"))).first
    expect(rules).to_contain_text("In no other incubation scheme")
    expect(rules).to_contain_text("At least one person works full-time")
    officer.look("staff-application")
    follow(page, "Ask for information")
    press(page, "Send the questions")
    expect(page.get_by_role("alert").first).to_contain_text("What do you need?")
    page.get_by_label("What do you need?").fill(QUESTION)
    officer.look("staff-ask")
    press(page, "Send the questions")
    expect(page.get_by_role("main")).to_contain_text("Information requested")

    hers = founder.go(post.link(post.await_mail(people.note("email"), people.note("reference"), QUESTION)))
    expect(hers.get_by_role("main")).to_contain_text("Action needed")
    founder.look("my-application-asked")
    founder.go(f"/my/applications/{people.note('application')}/form/market/")
    hers.get_by_label("Business model and prices").fill("Rent by the tray. The baker next door repairs them, we train her.")
    expect(hers.locator("#saved")).to_contain_text("Saved")
    founder.go(f"/my/applications/{people.note('application')}/review/")
    hers.get_by_label("Your answer").fill("See prices: the baker next door.")
    founder.look("my-answer")
    press(hers, "Send answer")
    expect(hers.get_by_role("main")).to_contain_text("Received")

    await_notice(officer, f"{people.note('startup')} has answered")
    officer.look("staff-inbox")
    officer.go(f"/staff/applications/{people.note('application')}/")
    expect(page.get_by_role("link", name=re.compile("Revision 2"))).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("The baker next door repairs them")
    page.get_by_role("link", name=re.compile("Revision 1")).click()
    expect(page.get_by_role("main")).not_to_contain_text("The baker next door repairs them")
    officer.look("staff-application-first-revision")


def test_person_of_the_team_cannot_be_chosen_as_reviewer(people: People, post: Post):
    officer, founder = people.of("officer"), people.note("founder")
    simon = address_of(people.demo, "reviewer", 2)
    hers = founder.go("/my/team/")
    hers.get_by_label("E-mail address").fill(simon)
    founder.look("my-team")
    press(hers, "Send the invitation")
    invited = people.new("simon")
    invited.sign_in(simon, people.demo.password())
    his = invited.go(post.link(post.await_mail(simon, people.note("startup"))))
    invited.look("invitation")
    press(his, "Accept the invitation")
    invited.go("/welcome/places/")
    expect(his.get_by_role("main")).to_contain_text(people.note("startup"))
    invited.look("places")

    page = officer.go(f"/staff/reviews/applications/{people.note('application')}/")
    follow(page, "Ask reviewers")
    line = page.get_by_role("row").filter(has_text="Simon Au")
    expect(line.get_by_role("checkbox")).to_be_disabled()
    expect(line).to_contain_text("Belongs to the startup")
    for name in REVIEWERS:
        page.get_by_label(name).check()
    officer.look("staff-ask-reviewers")
    press(page, "Ask them")
    expect(page.get_by_role("main")).to_contain_text("Dr Vivian Poon")
    officer.look("staff-application-reviews")
    take_step(officer, "Send to review")
    expect(page.get_by_role("main")).to_contain_text("In review")
    post.await_mail(people.demo.email("reviewer"), people.note("reference"))
    # who cannot be a reviewer finds nothing of it among his reviews
    invited.go("/review/")
    expect(his.get_by_role("main")).not_to_contain_text(people.note("reference"))


def test_matrix_shows_who_reads_what(people: People):
    officer = people.of("officer")
    page = officer.go("/staff/reviews/")
    officer.look("staff-reviews")
    follow(page, "Launch Ideation, spring 2027")
    line = page.get_by_role("row").filter(has_text=people.note("startup"))
    expect(line.get_by_role("img", name="Conflict of interest")).to_have_count(1)
    expect(line.get_by_role("img", name="Assigned")).to_have_count(len(REVIEWERS))
    officer.look("staff-reviews-matrix")


def test_reviewer_without_a_password_gets_one_by_mail(people: People, post: Post):
    vivian = new_password(people, post, "vivian", address_of(people.demo, "reviewer", 3), "reading by the window 5")
    vivian.go("/review/")
    expect(heading(vivian.page)).to_have_text("My reviews")
