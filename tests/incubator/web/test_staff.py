"""The staff site: its gate, its frame, its content security policy."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from incubator.accounts.models import Membership, Organisation, User
from incubator.lib.clock import now
from incubator.web.middleware import UNFOLD_STYLE_HASHES

pytestmark = pytest.mark.django_db
NOW = now()


@pytest.fixture
def park() -> Organisation:
    return Organisation.objects.create(kind="park", name="The park", created_at=NOW, updated_at=NOW)


def sign_in(client: Client, organisation: Organisation, role: str) -> User:
    user = User.objects.create_user(f"{role}@example.org", name="Ada Wong")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    client.force_login(user)
    return user


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def indicator_style() -> str:
    """The style block that the admin theme's htmx writes into the page, read from its source."""
    script = Path(finders.find("unfold/js/htmx/htmx.js")).read_text()
    found = re.search(r'<style"\+\w+\+">(.*?)</style>', script)
    assert found, "htmx of the admin theme writes its indicator styles in another way now"
    text = re.sub(r'"\+\w+\.config\.indicatorClass\+"', "htmx-indicator", found[1])
    return re.sub(r'"\+\w+\.config\.requestClass\+"', "htmx-request", text)


def test_anonymous_is_sent_to_the_one_sign_in(client: Client):
    assert client.get("/staff/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/staff/", "/staff/search/?s=a", "/staff/login/", "/staff/password_change/", "/staff/r/1/1/"])
def test_person_without_a_staff_role_meets_nothing(client: Client, path: str):
    startup = Organisation.objects.create(kind="startup", name="Startup", created_at=NOW, updated_at=NOW)
    sign_in(client, startup, "founder")
    assert client.get(path).status_code == 404


def test_officer_sees_the_frame(client: Client, park: Organisation, settings):
    settings.MFA_REQUIRED = False
    sign_in(client, park, "officer")
    response = client.get("/staff/")
    assert response.status_code == 200
    assert "Ada Wong" in response.content.decode()


def test_signing_out_is_a_post(client: Client, park: Organisation, settings):
    settings.MFA_REQUIRED = False
    sign_in(client, park, "officer")
    assert client.get("/staff/logout/").status_code == 405
    assert client.post("/staff/logout/").status_code == 302
    assert client.get("/staff/")["Location"].startswith("/accounts/login/")


def test_policy_names_exactly_the_admin_themes_inline_styles(client: Client, park: Organisation, settings):
    settings.MFA_REQUIRED = False
    sign_in(client, park, "officer")
    response = client.get("/staff/")
    colours = re.findall(r"<style[^>]*>(.*?)</style>", response.content.decode(), re.S)
    assert len(colours) == 1
    assert (sha256(colours[0]), sha256(indicator_style())) == UNFOLD_STYLE_HASHES, "write these into web/middleware.py"
    policy = response["Content-Security-Policy"]
    for one in UNFOLD_STYLE_HASHES:
        assert one in policy
    assert "unsafe-eval" in policy
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "style-src-elem 'self'" in policy


def test_palette_finds_the_sidebars_pages_by_their_words(client: Client, park: Organisation, settings):
    settings.MFA_REQUIRED = False
    sign_in(client, park, "officer")
    assert 'href="/staff/"' in client.get("/staff/search/?extended=1&s=TODAY").content.decode()
    assert 'href="/staff/"' not in client.get("/staff/search/?extended=1&s=nothing-like-it").content.decode()
