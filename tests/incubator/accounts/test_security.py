"""Signing up and in: verification, throttling, silence about who is known, the second factor, how long a session lives."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from incubator.accounts.models import User
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.outbox.models import Event
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

SIGN_UP = {"name": "Nora New", "email": "nora@example.org", "password1": "a long enough pass phrase 7"}


def mailed(user: User) -> dict[str, str]:
    """What the last account mail to this person would say: the sealed words of its event."""
    event = Event.objects.filter(kind="accounts.mail_requested", subject_id=user.pk).order_by("-version")[0]
    return json.loads(sealing.unseal(event.told[0]["facts"]["sealed"], purpose="account-mail"))


# ── Signing up ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_sign_up_asks_for_the_name_and_verifies_the_address(client: Client):
    assert "Your name" in client.get("/accounts/signup/").content.decode()
    assert client.post("/accounts/signup/", {**SIGN_UP, "next": "/programmes/fintech/"}).status_code == 302
    user = User.objects.get(email="nora@example.org")
    assert user.name == "Nora New"
    assert client.get("/my/team/")["Location"].startswith("/accounts/login/"), "not signed in before the address is verified"
    address = re.sub(r"^https?://[^/]+", "", mailed(user)["activate_url"])
    elsewhere = Client()
    assert elsewhere.get(address).status_code == 200
    assert not EmailAddress.objects.get(user=user).verified, "a mail scanner that opens the link confirms nothing"
    assert client.post(address)["Location"] == "/programmes/fintech/", "one goes on where one was"
    assert EmailAddress.objects.get(user=user).verified
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Client().post("/accounts/login/", {"login": user.email, "password": SIGN_UP["password1"]})["Location"] == "/welcome/"


def test_confirming_in_another_browser_signs_nobody_in(client: Client):
    client.post("/accounts/signup/", SIGN_UP)
    user = User.objects.get()
    elsewhere = Client()
    elsewhere.post(re.sub(r"^https?://[^/]+", "", mailed(user)["activate_url"]))
    assert EmailAddress.objects.get(user=user).verified
    assert "_auth_user_id" not in elsewhere.session


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "This field is required"),
        ("email", "nonsense", "valid email"),
        ("password1", "short", "at least 12"),
        ("password1", "1q2w3e4r5t6y", "too common"),
    ],
)
def test_bad_sign_up_is_shown_at_its_field(client: Client, field, value, words):
    response = client.post("/accounts/signup/", {**SIGN_UP, field: value})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not User.objects.exists()


def test_robot_that_fills_the_hidden_field_gets_no_account(client: Client):
    client.post("/accounts/signup/", {**SIGN_UP, "website": "https://spam.example"})
    assert not User.objects.exists()
    assert not Event.objects.exists()


def test_sign_up_with_a_known_address_tells_nothing(client: Client, founder):
    known = client.post("/accounts/signup/", {**SIGN_UP, "email": founder.user.email})
    fresh = Client().post("/accounts/signup/", SIGN_UP)
    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])
    assert User.objects.filter(email=founder.user.email).count() == 1


# ── Signing in ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_five_wrong_passwords_slow_further_tries_down(client: Client):
    user = UserFactory()
    for _number in range(5):
        assert client.post("/accounts/login/", {"login": user.email, "password": "wrong wrong wrong"}).status_code == 200
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session, "even the right password is not tried now"
    assert "Too many failed login attempts" in response.content.decode()
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        assert client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
        assert client.session["_auth_user_id"] == str(user.pk)


def test_wrong_password_and_unknown_person_look_the_same(client: Client):
    user = UserFactory()
    wrong = client.post("/accounts/login/", {"login": user.email, "password": "wrong wrong wrong"})
    unknown = Client().post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong wrong wrong"})
    assert wrong.status_code == unknown.status_code
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_password_reset_tells_nothing_and_mails_only_the_known(client: Client):
    user = UserFactory()
    known = client.post("/accounts/password/reset/", {"email": user.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Event.objects.filter(kind="accounts.mail_requested").count() == 1
    address = re.sub(r"^https?://[^/]+", "", mailed(user)["password_reset_url"])
    form = client.get(address, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "another long pass phrase", "password2": "another long pass phrase"})
    user.refresh_from_db()
    assert user.check_password("another long pass phrase")
    assert "no longer" in client.get(address, follow=True).content.decode() or client.get(address, follow=True).context.get("token_fail")


# ── The second factor ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("role", "path"), [("officer", "/staff/"), ("admin", "/staff/catalogue/programme/"), ("reviewer", "/review/")])
def test_staff_and_reviewers_without_a_second_factor_are_sent_to_set_one_up(client: Client, park, role, path):
    user = UserFactory()
    MembershipFactory(user=user, organisation=park, role=role)
    client.force_login(user)
    response = client.get(path)
    if path == "/review/" and response.status_code == 404:
        path, response = "/review/inbox/", client.get("/review/inbox/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/2fa/"


def test_demo_may_skip_the_second_factor(client: Client, park, settings):
    settings.MFA_REQUIRED = False
    user = UserFactory()
    MembershipFactory(user=user, organisation=park, role="officer")
    client.force_login(user)
    assert client.get("/staff/").status_code == 200


def sign_in_twice(client: Client, user: User) -> None:
    """Signed in, and the password given once more, as changes to the account ask for."""
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_app_with_codes_is_set_up_and_asked_for_at_the_next_sign_in(client: Client, park):
    user = UserFactory()
    MembershipFactory(user=user, organisation=park, role="officer")
    sign_in_twice(client, user)
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200, "a wrong code changes nothing"
    assert not Authenticator.objects.exists()
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert client.get("/staff/").status_code == 200
    other = Client()
    response = other.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert other.get("/staff/").status_code == 302
    other.post("/accounts/2fa/authenticate/", {"code": code})
    assert other.session["_auth_user_id"] == str(user.pk)
    third = Client()
    third.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    third.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" not in third.session, "a code works once"


def test_page_to_add_a_passkey_opens(client: Client):
    user = UserFactory()
    sign_in_twice(client, user)
    assert client.get("/accounts/2fa/webauthn/add/").status_code == 200


# ── How long a session lives ──────────────────────────────────────────────────────────────────────────────────────────
def open_staff(member) -> None:
    assert member.client.get("/staff/").status_code == 200


def test_staff_session_ends_after_half_an_hour_of_rest(officer):
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        open_staff(officer)
        clock.move_to(start + timedelta(minutes=29))
        open_staff(officer)
        clock.move_to(start + timedelta(minutes=58))
        open_staff(officer)
        clock.move_to(start + timedelta(minutes=89))
        response = officer.client.get("/staff/catalogue/programme/")
        assert response.status_code == 302
        assert response["Location"] == "/accounts/login/?next=/staff/catalogue/programme/"
        assert "_auth_user_id" not in officer.client.session


def test_staff_session_ends_after_twelve_hours_of_work(officer):
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        open_staff(officer)
        for minutes in range(25, 12 * 60, 25):
            clock.move_to(start + timedelta(minutes=minutes))
            open_staff(officer)
        clock.move_to(start + timedelta(hours=12, seconds=1))
        assert officer.client.get("/staff/").status_code == 302


def test_polling_does_not_keep_a_session_alive(officer):
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        open_staff(officer)
        for minutes in (10, 20, 29):
            clock.move_to(start + timedelta(minutes=minutes))
            assert officer.client.get("/staff/", headers={"HX-Request": "true"}).status_code == 200
        clock.move_to(start + timedelta(minutes=31))
        response = officer.client.get("/staff/", headers={"HX-Request": "true"})
        assert response.status_code == 204
        assert response["HX-Refresh"] == "true"


def test_founders_session_has_no_such_limits(founder):
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        assert founder.client.get("/my/team/").status_code == 200
        clock.move_to(start + timedelta(hours=13))
        assert founder.client.get("/my/team/").status_code == 200
