"""The founder shows herself to a partner, whose people and systems see just that; a round, an interest, an introduction."""

import datetime
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from tests.journeys.story.mail import Post, text_of
from tests.journeys.story.pages import await_notice, follow, heading, press, take_step
from tests.journeys.story.people import Demo, People
from tests.journeys.story.receiver import Receiver, receiving

PARTNER = "Meridian Technologies"


class PartnersSystem:
    """A partner's programme, with its key."""

    def __init__(self, demo: Demo) -> None:
        self.url = f"{demo.base_url}/api/v1/"
        self.headers = {"Authorization": f"Bearer {demo.api_key}"}

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, headers=self.headers, timeout=20)

    def post(self, path: str, content: dict[str, Any]) -> requests.Response:
        return requests.post(self.url + path, json=content, headers={**self.headers, "Idempotency-Key": secrets.token_hex(16)}, timeout=20)

    def startups(self, name: str) -> list[dict[str, Any]]:
        """The startups of this name on the pages of the list."""
        found, cursor = [], ""
        while cursor is not None:
            page = self.get(f"startups?page_size=100&cursor={cursor}" if cursor else "startups?page_size=100").json()
            found += [one for one in page["data"] if one["name"] == name]
            cursor = page["next"]
        return found


@pytest.fixture(scope="module")
def system(demo: Demo) -> PartnersSystem:
    return PartnersSystem(demo)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as ours:
        yield ours


def test_partner_registers_an_endpoint_and_checks_its_signature(people: People, receiver: Receiver):
    partner = people.of("partner")
    page = partner.go("/partner/")
    partner.look("partner-home")
    partner.go("/partner/developers/")
    partner.look("partner-developers")
    partner.go("/partner/webhooks/")
    partner.look("partner-webhooks")
    follow(page, "New endpoint")
    page.get_by_label("Name").fill("Our own receiver")
    page.get_by_label("Address").fill("http://10.0.0.7/hooks/")
    press(page, "Create the endpoint")
    expect(page.get_by_role("alert").first).to_be_visible()  # an address inside somebody's network
    partner.look("partner-webhook-refused")
    page.get_by_label("Address").fill(receiver.url)
    press(page, "Create the endpoint")
    receiver.secret = page.get_by_label("The secret").input_value()
    partner.look("partner-webhook-secret")
    follow(page, "I have copied it")
    press(page, "Send a test message")
    receiver.await_message("notifications.endpoint_pinged")
    page.reload()
    expect(page.locator("#rows")).to_contain_text("204")
    partner.look("partner-webhook")


def test_disclosure_is_seen_at_once_and_gone_at_once_when_taken_back(people: People, post: Post, system: PartnersSystem, receiver: Receiver):
    founder, partner = people.note("founder"), people.of("partner")
    name = people.note("startup")
    assert system.startups(name) == []
    page = founder.go("/my/disclosures/")
    founder.look("my-who-sees-what-nobody")
    page.get_by_role("link", name="Show it to an organisation").first.click()
    page.get_by_label("Organisation").select_option(label=PARTNER)
    page.get_by_role("radio", name=re.compile("^Full")).check()
    founder.look("my-disclose")
    press(page, "Show it")
    expect(page.get_by_role("region", name="Open now")).to_contain_text(PARTNER)

    theirs = partner.go(post.link(post.await_mail(people.demo.email("partner"), name)))
    expect(heading(theirs)).to_contain_text(name)
    expect(theirs.get_by_role("main")).to_contain_text("Full")
    partner.look("partner-startup")
    address = theirs.url
    [listed] = system.startups(name)
    assert listed["level"] == "full"
    answer = system.get(f"startups/{listed['id']}")
    assert answer.status_code == 200
    assert people.note("email") not in answer.text  # only an introduction exchanges addresses

    founder.go("/my/disclosures/")
    looked = page.get_by_role("row").filter(has_text="Opened the profile")
    expect(looked.filter(has_text="Paula Meyer")).to_have_count(1)
    expect(looked.filter(has_text="Their system")).to_have_count(1)
    founder.look("my-who-looked")
    page.get_by_role("link", name=f"Take back {PARTNER}").click()
    founder.look("my-take-back")
    press(page, "Take it back")
    expect(page.get_by_role("region", name="Open now")).not_to_contain_text(PARTNER)
    partner.go(address, status=404)
    assert system.get(f"startups/{listed['id']}").status_code == 404
    assert system.startups(name) == []
    receiver.await_message("startups.disclosure_revoked")  # their system is told to forget


def test_round_is_listed_and_the_partner_s_system_declares_interest(people: People, post: Post, system: PartnersSystem, receiver: Receiver):
    founder, name = people.note("founder"), people.note("startup")
    page = founder.go("/my/rounds/")
    founder.look("my-rounds-none")
    follow(page, "Draft a round")
    page.get_by_label("Title").fill("Seed round 2027")
    page.get_by_label("Instrument").select_option(label="SAFE")
    page.get_by_label("Target").fill("4000000")
    page.get_by_label("Smallest ticket").fill("8000000")
    page.get_by_label("Use of funds").fill("Two hundred scales and the certificate.")
    page.get_by_label("Closes on").fill((datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=60)).isoformat())
    page.get_by_role("radio", name="Partners who invest").check()
    page.get_by_role("radio", name="Summary").check()
    press(page, "Save the draft")
    expect(page.get_by_role("alert").first).to_contain_text("at least one smallest ticket")
    founder.look("my-round-refused")
    page.get_by_label("Smallest ticket").fill("500000")
    press(page, "Save the draft")
    follow(page, "Send to the park")
    press(page, "Send the round to the park")
    expect(page.get_by_role("alert").first).to_contain_text("Tick that you agree")
    page.get_by_role("main").get_by_role("checkbox").check()
    founder.look("my-round-consent")
    press(page, "Send the round to the park")

    invest = people.of("invest")
    await_notice(invest, name)
    desk = invest.go("/staff/rounds/")
    invest.look("staff-rounds")
    follow(desk, name)
    take_step(invest, "List the round", look="staff-list-round")
    invest.look("staff-round")
    post.await_mail(people.note("email"), "Seed round 2027")
    founder.go("/my/rounds/")
    follow(page, "Seed round 2027")
    founder.look("my-round")

    [round] = [one for one in system.get("rounds?page_size=100").json()["data"] if one["title"] == "Seed round 2027"]
    wrong = system.post("interests", {"round": round["id"], "amount_min": "100", "amount_max": "200", "colour": "blue"})
    assert wrong.status_code in (400, 422), wrong.text
    assert wrong.headers["Content-Type"].startswith("application/problem+json")
    made = system.post("interests", {"round": round["id"], "amount_min": "1000000", "amount_max": "2000000", "role": "lead", "note": "We run canteens."})
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "consent_pending"
    assert receiver.await_message("interests.asked")["resource"].endswith(f"/api/v1/interests/{made.json()['id']}")
    people.notes["interest"] = made.json()["id"]
    partner = people.of("partner")
    partner.go("/partner/rounds/")
    partner.look("partner-rounds")
    partner.go("/partner/interests/")
    partner.look("partner-interests")


def test_founder_agrees_and_both_are_told_with_names(people: People, post: Post, system: PartnersSystem, receiver: Receiver):
    founder, partner = people.note("founder"), people.of("partner")
    email, interest = people.note("email"), people.note("interest")
    page = founder.go(post.link(post.await_mail(email, PARTNER, "We run canteens.")))
    founder.look("my-interest-asked")
    follow(page, "Agree to the introduction")
    expect(page.get_by_role("main")).to_contain_text(email)  # exactly what will be exchanged
    founder.look("my-interest-agree")
    press(page, "Agree to the introduction")
    expect(page.get_by_role("main")).to_contain_text(people.demo.email("partner"))
    founder.look("my-interest-introduced")

    assert people.demo.email("partner") in text_of(post.await_mail(email, "Meet Paula Meyer"))
    mail = post.await_mail(people.demo.email("partner"), "Meet Ada Wong", email)
    theirs = partner.go(post.link(mail))
    expect(theirs.get_by_role("main")).to_contain_text(email)
    partner.look("partner-interest-introduced")
    message = receiver.await_message("interests.introduced")
    assert email not in str(message)  # the message names the thing; their system reads the rest with its key
    read = requests.get(message["resource"], headers=system.headers, timeout=20).json()
    assert (read["id"], read["state"]) == (interest, "introduced")
    assert receiver.refused == 0


def test_inboxes_and_the_delivery_page_know_of_it(people: People):
    founder, officer = people.note("founder"), people.of("officer")
    page = founder.go("/my/")
    founder.look("my-home")
    bell = page.locator("#bell, [data-bell]").first
    expect(bell).to_be_visible()
    founder.go("/my/inbox/")
    expect(page.get_by_role("main")).to_contain_text(PARTNER)
    founder.look("my-inbox")
    page.get_by_role("main").get_by_role("link").first.click()
    admin = people.of("admin")
    admin.go("/staff/delivery/")
    admin.look("staff-delivery")
    officer.go("/staff/cohorts/")
    officer.look("staff-cohorts")
    founder.go("/mailbox/")
    founder.look("mailbox")
