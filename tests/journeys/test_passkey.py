"""A reviewer adds a passkey and signs in with nothing else, in Chromium with its virtual authenticator."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect, sync_playwright

from tests import browser
from tests.factories.accounts import PASSWORD

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(live_server, monkeypatch, settings):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in this thread, the database calls do not
    settings.MFA_REQUIRED = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the live server speaks http, as the demo does, which sets this too
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        # a passkey belongs to a host name; an address will not do
        context = chromium.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"), viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.faults = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.faults.append(str(error)))  # type: ignore[attr-defined]
        page.on("console", lambda message: page.faults.append(message.text) if "Content Security Policy" in message.text else None)  # type: ignore[attr-defined]
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]  # type: ignore[attr-defined]
        page.devtools = devtools  # type: ignore[attr-defined]
        yield page
        context.close()
        chromium.close()


def keys(page: Page) -> list[object]:
    """What the virtual authenticator holds."""
    listed = page.devtools.send("WebAuthn.getCredentials", {"authenticatorId": page.devtools.authenticator})  # type: ignore[attr-defined]
    return list(listed["credentials"])


def test_reviewer_adds_a_passkey_and_signs_in_with_it_alone(page: Page, reviewer):
    Authenticator.objects.filter(user=reviewer.user).delete()
    page.goto("/accounts/login/?next=/review/")
    page.get_by_label("Email").fill(reviewer.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step at sign-in")).to_be_visible()  # a reviewer goes nowhere without
    page.get_by_role("link", name="Add a key").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()  # a new way in is never added on a session left open
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    assert len(keys(page)) == 1

    page.context.clear_cookies()
    page.goto("/review/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/review/")
    expect(page.get_by_role("heading", name="My reviews")).to_be_visible()
    assert page.faults == []  # type: ignore[attr-defined]
