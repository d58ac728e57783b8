"""The founder asks for what a partner offers; the park words it, the partner says yes and gives a code, the founder rates."""

from playwright.sync_api import expect

from tests.journeys.story.pages import follow, heading, press, take_step
from tests.journeys.story.people import People

OFFERING, CODE = "Payments sandbox with live-like data", "SANDBOX-4711-KITE"


def test_founder_finds_what_fits_and_asks(people: People):
    founder = people.of("founder")
    page = founder.go("/my/expertise/")
    expect(page.get_by_text("You asked for help with Payment systems").first).to_be_visible()
    founder.look("expertise-catalogue")
    follow(page, OFFERING)
    follow(page, "Ask for this")
    page.get_by_label("What you need help with").fill("We want to try refunds in eleven currencies before our first merchant does.")
    page.get_by_label("What should come of it").fill("Our refunds pass the partner's own test list.")
    founder.look("expertise-ask")
    press(page, "Save the draft")
    follow(page, "Send to the park")
    page.get_by_label("may see my startup").check()
    press(page, "Send the request")
    expect(page.get_by_text("Sent. The park reads it within three working days.")).to_be_visible()
    people.notes["support request"] = page.url.rstrip("/").rpartition("/")[2]


def test_park_words_it_and_puts_it_to_the_partner(people: People):
    officer, pk = people.of("officer"), people.note("support request")
    page = officer.go(f"/staff/support-requests/{pk}/")
    follow(page, "Word it for the partner")
    page.get_by_label("The need, as the partner reads it").fill("A startup wants to try refunds in many currencies.")
    press(page, "Word it for the partner")
    take_step(officer, "Put it to the partner")
    officer.look("support-request-staff")


def test_partner_accepts_gives_the_code_and_delivers(people: People):
    partner, pk = people.of("partner"), people.note("support request")
    page = partner.go(f"/partner/expertise/requests/{pk}/")
    expect(heading(page)).to_have_text(OFFERING)  # not yet who asks
    take_step(partner, "Accept")
    expect(heading(page)).to_have_text(f"Lumen Pay: {OFFERING}")
    follow(page, "Give the code")
    page.get_by_label("Code", exact=True).fill(CODE)
    press(page, "Give the code")
    follow(page, "Say that it is delivered")
    page.get_by_label("What was delivered").fill("An account with eleven currencies and a test list.")
    press(page, "Say that it is delivered")
    partner.look("support-request-partner")


def test_founder_sees_the_code_behind_a_click_and_rates(people: People):
    founder, pk = people.of("founder"), people.note("support request")
    page = founder.go(f"/my/expertise/requests/{pk}/")
    follow(page, "Go to the code")
    expect(page.get_by_text(CODE)).to_have_count(0)
    press(page, "Show the code")
    expect(page.get_by_text(CODE)).to_be_visible()
    follow(page, "Back to the request")
    follow(page, "Confirm and rate")
    page.get_by_label("5: it solved it").check()
    press(page, "Confirm and rate")
    expect(page.get_by_text("5 of 5").first).to_be_visible()
    founder.look("support-request-closed")
