"""The page of OAuth applications: made, secret shown once, used, revoked."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incubator.accounts import operations as accounts
from incubator.accounts.models import OAuthApplication
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, NotAllowed
from incubator.outbox.models import Event
from tests.cast import Member
from tests.factories.api import ApiClient, OAuthApplicationFactory, token_of
from tests.incubator.api.test_developers import GIVEN
from tests.incubator.api.test_developers import maker as maker
from tests.incubator.api.test_oauth import fetch

pytestmark = pytest.mark.django_db

PAGE = "/partner/developers/applications/"
NEW = f"{PAGE}new/"


def shown(page: str, name: str) -> str:
    return page.split(f'id="{name}"')[1].split(">")[1].split("<")[0]


def test_an_application_is_made_its_secret_shown_once_and_works(maker: Client) -> None:
    assert maker.get(NEW).status_code == 200
    assert maker.post(NEW, GIVEN).status_code == 302
    page = maker.get(PAGE).content.decode()
    secret = shown(page, "new-secret")
    assert secret not in maker.get(PAGE).content.decode()
    application = OAuthApplication.objects.get()
    assert shown(page, "new-id") == application.client_id
    answer = fetch(application, secret)
    assert answer.json["scope"] == "startups:read"
    assert ApiClient(answer.json["access_token"]).get("startups").status == 200
    assert "Not yet" not in maker.get(PAGE).content.decode()
    event = Event.objects.get(kind="accounts.application_issued")
    assert secret not in str(event.facts) + str(event.told)


@pytest.mark.parametrize(("change", "words"), [({"scopes": []}, "Choose at least one"), ({"days": "3650"}, "3650"), ({"name": ""}, "required")])
def test_wrong_input_is_named_and_makes_no_application(maker: Client, change: dict[str, object], words: str) -> None:
    answer = maker.post(NEW, {**GIVEN, **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not OAuthApplication.objects.exists()


def test_a_sixth_application_is_refused_with_the_remedy(maker: Client, partner_person: Member) -> None:
    OAuthApplicationFactory.create_batch(5, organisation=partner_person.organisation)
    answer = maker.post(NEW, GIVEN)
    assert answer.status_code == 422
    assert "five live applications" in answer.content.decode()
    assert OAuthApplication.objects.count() == 5


def test_making_one_asks_for_the_password_and_a_second_factor(maker: Client, other_partner: Member) -> None:
    assert "reauthenticate" in other_partner.client.get(NEW).headers["Location"]
    Authenticator.objects.all().delete()
    assert maker.post(NEW, GIVEN).status_code == 302
    assert not OAuthApplication.objects.exists()


def test_a_revoked_application_stops_at_once(partner_person: Member) -> None:
    application = OAuthApplicationFactory(organisation=partner_person.organisation)
    text = token_of(application)
    page = f"{PAGE}{application.pk}/revocation/"
    assert "stop working at once" in partner_person.client.get(page).content.decode()
    assert ApiClient(text).get("me").status == 200
    assert partner_person.client.post(page).status_code == 302
    assert ApiClient(text).get("me").json["code"] == "credential_revoked"
    assert partner_person.client.post(page).status_code == 302
    assert Event.objects.filter(kind="accounts.application_revoked").count() == 1
    assert "Past applications" in partner_person.client.get(PAGE).content.decode()


def test_another_organisations_application_does_not_exist(partner_person: Member) -> None:
    foreign = OAuthApplicationFactory(name="FOREIGN-CANARY")
    assert partner_person.client.post(f"{PAGE}{foreign.pk}/revocation/").status_code == 404
    assert "FOREIGN-CANARY" not in partner_person.client.get(PAGE).content.decode()
    foreign.refresh_from_db()
    assert foreign.revoked_at is None


def test_a_system_makes_and_revokes_no_applications(partner_person: Member, founder: Member) -> None:
    organisation = partner_person.organisation
    assert organisation is not None
    application = OAuthApplicationFactory(organisation=organisation)
    at = now()
    with pytest.raises(NotAllowed):
        accounts.issue_application(organisation, name="x", scopes=[], expires_at=at + timedelta(days=1), by=founder.actor, at=at)
    with pytest.raises(NotAllowed):
        accounts.revoke_application(application, by=founder.actor, at=at)
    for days in (0, 181):
        with pytest.raises(Invalid):
            accounts.issue_application(organisation, name="x", scopes=[], expires_at=at + timedelta(days=days), by=partner_person.actor, at=at)


def test_the_page_has_as_many_queries_for_one_application_as_for_twelve(partner_person: Member) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            partner_person.client.get(PAGE)
        counts.append(len(queries))
        OAuthApplicationFactory.create_batch(12, organisation=partner_person.organisation)
    assert counts[0] == counts[1]
