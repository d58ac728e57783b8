"""The developers page: keys are made, shown once, used, revoked."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from incubator.accounts.models import ApiKey
from incubator.lib.clock import now
from tests.cast import Member
from tests.factories.accounts import PASSWORD
from tests.factories.api import ApiClient, ApiKeyFactory

pytestmark = pytest.mark.django_db

NEW = "/partner/developers/keys/new/"
GIVEN = {"name": "CRM import", "scopes": ["startups:read"], "days": "30", "allowed_networks": "127.0.0.1"}


@pytest.fixture
def maker(partner_person: Member) -> Client:
    """Has given the password again a moment ago, and has a second factor."""
    client = partner_person.client
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302
    Authenticator.objects.create(user=partner_person.user, type=Authenticator.Type.TOTP, data={"secret": "not-a-real-secret"})
    return client


def test_a_key_is_made_shown_once_and_works(maker: Client) -> None:
    assert maker.get(NEW).status_code == 200
    assert maker.post(NEW, GIVEN).status_code == 302
    page = maker.get("/partner/developers/").content.decode()
    text = page.split('id="new-key"')[1].split(">")[1].split("<")[0]
    assert text.startswith("spk_")
    assert text not in maker.get("/partner/developers/").content.decode()
    answer = ApiClient(text).get("startups")
    assert answer.status == 200
    assert ApiClient(text).get("rounds").status == 403
    assert "Not yet" not in maker.get("/partner/developers/").content.decode()


def test_a_key_is_bound_to_its_addresses(maker: Client) -> None:
    maker.post(NEW, {**GIVEN, "allowed_networks": "203.0.113.0/24\n2001:db8::/32"})
    text = maker.get("/partner/developers/").content.decode().split('id="new-key"')[1].split(">")[1].split("<")[0]
    assert ApiClient(text).get("me").json["code"] == "address_not_allowed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scopes": []}, "Choose at least one"),
        ({"scopes": ["everything:write"]}, "everything:write"),
        ({"name": ""}, "required"),
        ({"days": "3650"}, "3650"),
        ({"allowed_networks": "300.1.1.1"}, "is not an address"),
    ],
)
def test_wrong_input_is_named_and_makes_no_key(maker: Client, change: dict[str, object], words: str) -> None:
    answer = maker.post(NEW, {**GIVEN, **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_third_key_is_refused_with_the_remedy(maker: Client, partner_person: Member) -> None:
    for _ in range(2):
        ApiKeyFactory(organisation=partner_person.organisation)
    answer = maker.post(NEW, GIVEN)
    assert answer.status_code == 422
    assert "two live keys" in answer.content.decode()
    assert ApiKey.objects.count() == 2


def test_making_a_key_asks_for_the_password_again(partner_person: Member) -> None:
    answer = partner_person.client.get(NEW)
    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]


def test_making_a_key_needs_a_second_factor(maker: Client) -> None:
    Authenticator.objects.all().delete()
    answer = maker.post(NEW, GIVEN)
    assert answer.status_code == 302
    assert not ApiKey.objects.exists()


def test_a_revoked_key_stops_at_once(partner_person: Member) -> None:
    key = ApiKeyFactory(organisation=partner_person.organisation)
    assert ApiClient(key).get("me").status == 200
    page = f"/partner/developers/keys/{key.pk}/revocation/"
    assert "stops working at once" in partner_person.client.get(page).content.decode()
    assert ApiClient(key).get("me").status == 200
    assert partner_person.client.post(page).status_code == 302
    assert ApiClient(key).get("me").json["code"] == "credential_revoked"
    assert "Past keys" in partner_person.client.get("/partner/developers/").content.decode()


def test_another_organisations_key_does_not_exist(partner_person: Member) -> None:
    foreign = ApiKeyFactory()
    assert partner_person.client.post(f"/partner/developers/keys/{foreign.pk}/revocation/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.revoked_at is None


def test_expired_and_ended_keys_say_so(partner_person: Member, ended_partner: Member) -> None:
    expired = ApiKeyFactory(organisation=partner_person.organisation, expires_at=now() - timedelta(seconds=1))
    assert ApiClient(expired).get("me").json["code"] == "credential_expired"
    ended = ApiKeyFactory(organisation=ended_partner.organisation)
    answer = ApiClient(ended).get("me")
    assert (answer.status, answer.json["code"]) == (403, "access_ended")


def test_the_page_has_as_many_queries_for_one_key_as_for_twelve(partner_person: Member, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            partner_person.client.get("/partner/developers/")
        counts.append(len(queries))
        ApiKeyFactory.create_batch(12, organisation=partner_person.organisation)
    assert counts[0] == counts[1]
