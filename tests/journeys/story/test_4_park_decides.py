"""The call is closed, the rest is decided, letters are read over and released in one batch; founders answer their offers."""

import re

from playwright.sync_api import expect

from tests.journeys.story.mail import Post, text_of
from tests.journeys.story.pages import await_notice, follow, heading, new_password, press, take_step
from tests.journeys.story.people import People, Person

CALL = "Launch Ideation, spring 2027"
DECIDED = "Launch Ideation, autumn 2026"


def address_of_call(people: People, person: Person, title: str) -> str:
    """The path of the call's record, through the list of calls."""
    person.go("/staff/catalogue/intake/")
    person.page.get_by_role("link", name=title, exact=True).first.click()
    expect(person.page.get_by_label("Title")).to_have_value(title)
    return re.search("[0-9a-f-]{36}", person.page.url)[0]  # type: ignore[index]


def test_manager_closes_the_call_and_the_rest_is_screened(people: People, post: Post):
    manager, officer = people.of("manager"), people.of("officer")
    page = manager.go("/staff/catalogue/intake/")
    manager.look("staff-calls")
    call = people.notes["call"] = address_of_call(people, manager, CALL)
    manager.look("staff-call")
    take_step(manager, "Close early", look="staff-close-early")
    take_step(manager, "Start the review")
    expect(page.get_by_role("main")).to_contain_text("In review")
    founder = people.note("founder")
    hers = founder.go(f"/my/applications/{people.note('application')}/")
    expect(hers.get_by_role("main")).to_contain_text("In review")

    desk = officer.go(f"/staff/applications/?call={call}")
    officer.go("/staff/applications/screening/")
    waiting = desk.locator("#rows tbody tr").filter(has_text="LI27A").locator("a.row-link")
    for path in [link.get_attribute("href") for link in waiting.all()]:
        officer.go(str(path))
        if desk.get_by_role("main").get_by_role("link", name="Start screening", exact=True).count():
            take_step(officer, "Start screening")
        if desk.get_by_role("main").get_by_role("link", name="Go on without an answer", exact=True).count():
            follow(desk, "Go on without an answer")
            desk.get_by_label("Reason").fill("The call has ended.")
            press(desk, "Go on with the screening")
        follow(desk, "Find not eligible")
        desk.get_by_label("Which rule is not met?").select_option(label="In no other incubation scheme")
        desk.get_by_label("Explain it to the applicant").fill("The register names you as a member of another scheme.")
        officer.look("staff-find-ineligible")
        press(desk, "Find not eligible")
        expect(desk.get_by_role("main")).to_contain_text("Not eligible")


def test_manager_decides_and_the_founder_sees_nothing_of_it(people: People):
    manager, officer, founder = people.of("manager"), people.of("officer"), people.note("founder")
    application, call = people.note("application"), people.note("call")
    desk = officer.go(f"/staff/reviews/applications/{application}/")
    follow(desk, "Close the review")
    press(desk, "Close the review")
    expect(desk.get_by_role("main")).to_contain_text("2 of 3 reviews are in")  # an officer has to wait; a manager need not
    page = manager.go(f"/staff/reviews/applications/{application}/")
    follow(page, "Close the review")
    page.get_by_label("Reason").fill("The third reviewer is travelling; the two agree.")
    press(page, "Close the review")
    manager.go(f"/staff/cohorts/intakes/{call}/deliberation/")
    take_step(manager, "Open the deliberation")
    manager.look("staff-deliberation")
    follow(page, "Decide")
    press(page, "Record the decision")
    expect(page.get_by_role("alert").first).to_contain_text("Reasons for the record")
    page.get_by_label("Offer a place").check()
    page.get_by_label("Main reason").select_option(label="Market")
    page.get_by_label("Reasons for the record").fill("Measured before she built; the market is a short walk away.")
    manager.look("staff-decide")
    press(page, "Record the decision")
    expect(heading(page)).to_contain_text("Letter to")
    letter = page.get_by_label("Letter", exact=True)
    letter.fill(letter.input_value() + "\n\nPlease bring a scale on the first day.")
    press(page, "Save the letter")
    manager.look("staff-letter")

    hers = founder.go(f"/my/applications/{application}/")
    expect(hers.get_by_role("main")).to_contain_text("In review")
    expect(hers.get_by_role("main")).not_to_contain_text("Offer")
    founder.go(f"/my/cohort/letters/{application}/", status=404)


def test_release_shows_who_will_be_told_what_first(people: People):
    manager, call, email = people.of("manager"), people.note("call"), people.note("email")
    page = manager.go(f"/staff/cohorts/intakes/{call}/deliberation/")
    take_step(manager, "Close the deliberation")
    follow(page, "Prepare the release")
    expect(page.get_by_role("main")).to_contain_text(email)
    page.locator("summary").filter(has_text=people.note("startup")).click()
    expect(page.get_by_role("main")).to_contain_text("Please bring a scale on the first day.")
    manager.look("staff-release")
    press(page, "Release the decisions")
    manager.look("staff-cohort")


def test_founder_reads_the_letter_and_accepts(people: People, post: Post):
    manager, founder = people.of("manager"), people.note("founder")
    application, email = people.note("application"), people.note("email")
    letter = post.await_mail(email, "Please bring a scale on the first day.")
    hers = founder.go(post.link(letter))
    founder.go(f"/my/applications/{application}/")
    expect(hers.get_by_role("main")).to_contain_text("Offer")
    founder.look("my-application-offered")
    founder.go(f"/my/cohort/letters/{application}/")
    expect(hers.get_by_role("main")).to_contain_text(re.compile(r"HKT \(in 1[34] days\)"))
    founder.look("my-letter")
    press(hers, "Accept the offer")
    expect(hers.get_by_role("alert").first).to_contain_text("Tick the box")
    founder.look("my-letter-refused")
    hers.get_by_label("I have read the terms").check()
    hers.get_by_label("Your full name").fill("Ada Wong")
    press(hers, "Accept the offer")
    expect(heading(hers)).to_have_text("Your cohort")
    expect(hers.get_by_role("main")).to_contain_text(CALL)
    founder.look("my-cohort")
    await_notice(manager, f"{people.note('startup')} has accepted")
    founder.go(f"/my/applications/{application}/")
    expect(hers.get_by_role("main")).to_contain_text("Admitted")


def test_declined_offer_goes_to_the_first_of_the_waiting_list(people: People, post: Post):
    manager = people.of("manager")
    page = manager.page
    call = address_of_call(people, manager, DECIDED)
    manager.go(f"/staff/cohorts/intakes/{call}/deliberation/?outcome=waitlist")
    first = page.locator("#rows a.row-link").all_inner_texts()
    manager.go(f"/staff/cohorts/intakes/{call}/release/")
    offers = page.locator("section.card").filter(has=page.get_by_role("heading", name="Offer a place", exact=True))
    offers.locator("summary").first.click()
    address = re.search(r"<(founder@[^>]+)>", offers.locator("details").first.inner_text())[1]  # type: ignore[index]
    press(page, "Release the decisions")

    letter = post.await_mail(address, "HKT")
    founder = new_password(people, post, "decliner", address, "somewhere else this year 8")
    hers = founder.go(post.link(letter))
    if not re.search("/letters/", hers.url):
        follow(hers, "Read the letter")
    follow(hers, "Decline")
    founder.look("my-decline")
    press(hers, "Decline the offer")
    expect(hers.get_by_role("main")).to_contain_text("You have declined the offer")
    manager.go(f"/staff/cohorts/intakes/{call}/deliberation/?outcome=waitlist")
    offered = page.locator("#rows tbody tr").filter(has_text="Offered")
    expect(offered).to_have_count(1)
    promoted = offered.locator("a.row-link").inner_text()
    assert promoted in first
    assert any("place" in text_of(mail) and promoted in text_of(mail) for mail in post.to("founder@"))
