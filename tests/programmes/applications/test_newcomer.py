"""Somebody who presses «apply» before having an account or a startup comes back to the call: through sign-up, mail and first page."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from incubator.lib import sealing
from incubator.outbox.models import Event
from programmes.applications.models import Application

pytestmark = pytest.mark.django_db
PASSWORD = "kites over Lantau 71"
STARTUP = {"name": "Tray Scale", "pitch": "A scale that tells a bakery what it will throw away."}


def mailed_link() -> str:
    sealed = Event.objects.filter(kind="accounts.mail_requested").latest("at").told[0]["facts"]["sealed"]
    return json.loads(sealing.unseal(sealed, purpose="account-mail"))["activate_url"]


def sign_up(client: Client, back: str) -> str:
    """Sign up from a page; gives the link of the mail."""
    form = {"name": "Ada Wong", "email": "ada@tray.example", "password1": PASSWORD, "next": back}
    assert client.post("/accounts/signup/", form).status_code == 302
    return mailed_link()


def set_up(client: Client, address: str) -> str:
    """Fill in the page that sets the startup up, as the browser would with its hidden field; gives where it leads."""
    page = client.get(address)
    hidden = page.context["back"]
    response = client.post("/my/startup/new/", {**STARTUP, **({"next": hidden} if hidden else {})})
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


def test_newcomer_is_led_back_to_the_call_through_sign_up_mail_and_first_page(call, client):
    programme = reverse("public:catalogue:programme", args=[call.programme.slug])
    page = client.get(programme).content.decode()
    assert f"/accounts/signup/?next={programme}%23apply" in page
    confirmed = client.post(sign_up(client, f"{programme}#apply"), {})
    assert confirmed["Location"] == f"{programme}#apply"
    start = reverse("my:applications:start", args=[call.pk])
    asked = client.post(start)
    assert asked.status_code == 302
    assert parse_qs(urlsplit(asked["Location"]).query) == {"next": [start]}
    assert set_up(client, asked["Location"]) == start
    assert call.title in client.get(start).content.decode()
    client.post(start)
    assert Application.objects.get().intake == call


def test_the_way_back_is_in_the_mail_for_another_browser(call, client):
    programme = reverse("public:catalogue:programme", args=[call.programme.slug])
    link, phone = sign_up(client, programme), Client()
    form = phone.get(link).context["redirect_field_value"]
    led = phone.post(link, {"next": form}, follow=True)
    assert led.request["PATH_INFO"] == "/accounts/login/"
    signed_in = phone.post(
        "/accounts/login/",
        {"login": "ada@tray.example", "password": PASSWORD, "next": parse_qs(led.request["QUERY_STRING"])["next"][0]},
    )
    assert phone.get(signed_in["Location"])["Location"] == programme


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/my/", "javascript:alert(1)", "/\\evil.example"])
def test_nobody_is_led_to_another_site(call, client, newcomer, back):
    assert "evil" not in sign_up(client, back)
    assert set_up(newcomer.client, f"/my/startup/new/?next={back}") == reverse("my:home:index")
    response = newcomer.client.post("/my/startup/new/", {**STARTUP, "name": "Second", "next": back})
    assert response["Location"] == reverse("my:home:index")
    assert newcomer.client.get("/welcome/", {"next": back})["Location"].startswith("/my/")
