"""The sandbox: a world of its own for each partner, which nobody else sees and which sees nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from incubator.accounts import operations as accounts
from incubator.accounts.actors import acting_for, system_actor
from incubator.accounts.models import Organisation, User
from incubator.api import sandbox
from incubator.lib.clock import now
from incubator.lib.refusals import NotAllowed
from incubator.notifications import fanout
from incubator.notifications.models import Delivery
from incubator.outbox.models import Event, Pending
from incubator.startups.models import Disclosure, Startup
from investments.interests import operations as interests
from investments.interests.models import Interest, Introduction
from investments.rounds.models import Round
from tests.cast import join
from tests.factories.accounts import OrganisationFactory
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.catalogue import IntakeFactory
from tests.factories.notifications import EventFactory, WebhookEndpointFactory, told
from tests.factories.partners import PartnerFactory
from tests.factories.rounds import RoundFactory
from tests.factories.startups import DisclosureFactory, StartupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Organisation:
    found: Organisation = PartnerFactory(webhook_domains=["hooks.example"]).organisation
    return found


@pytest.fixture
def paula(house: Organisation) -> Any:
    return join(house, "partner", name="Paula")


@pytest.fixture
def twin(house: Organisation, paula: Any) -> Organisation:
    return sandbox.open_sandbox(house, by=acting_for(paula.user, house, frozenset({"partner"})), at=now())


@pytest.fixture
def tests_(twin: Organisation) -> ApiClient:
    return ApiClient(ApiKeyFactory(organisation=twin))


def names(client: ApiClient, path: str, field: str = "name") -> list[str]:
    return [one[field] for one in client.get(path).json["data"]]


def declare(client: ApiClient, note: str = "", number: int = 0) -> str:
    round_id = client.get("rounds").json["data"][number]["id"]
    body = {"round": round_id, "amount_min": "500000", "amount_max": "900000", "note": note}
    answer = client.post("interests", body)
    assert answer.status == 201, answer.raw
    return str(answer.json["id"])


def test_a_test_key_sees_the_invented_world_and_nothing_real(tests_: ApiClient) -> None:
    DisclosureFactory(startup=StartupFactory(profile="verified"), audience="partners")
    DisclosureFactory(startup=StartupFactory(profile="verified", visibility="public"), audience="public")
    RoundFactory(listed=True)
    IntakeFactory()
    assert len(names(tests_, "startups")) == 8
    levels = sorted(one["level"] for one in tests_.get("startups").json["data"])
    assert levels == ["full"] * 2 + ["summary"] * 4 + ["teaser"] * 2
    assert len(names(tests_, "rounds", "id")) == 2
    assert names(tests_, "programmes", "title") == ["Sandbox accelerator"]
    assert names(tests_, "intakes", "title") == ["Sandbox call"]
    assert tests_.get("me").json["agreement"]["title"] == "Sandbox agreement"


def test_a_live_key_sees_nothing_of_any_sandbox_nor_one_sandbox_of_another(house: Organisation, twin: Organisation, tests_: ApiClient) -> None:
    other = PartnerFactory().organisation
    theirs = sandbox.open_sandbox(other, by=acting_for(join(other, "partner", name="Otto").user, other, frozenset({"partner"})), at=now())
    declare(tests_)
    sandbox.answer_interests(now() + timedelta(minutes=1))
    invented = Startup.objects.filter(organisation__sandbox_of=house).get(name="Testbed Payments")
    for client in (ApiClient(ApiKeyFactory(organisation=house)), ApiClient(ApiKeyFactory(organisation=other)), ApiClient(ApiKeyFactory(organisation=theirs))):
        own = client.get("startups").json["data"]
        assert str(invented.pk) not in {one["id"] for one in own}
        assert client.get(f"startups/{invented.pk}").status == 404
        assert client.get(f"rounds/{Round.objects.get(startup=invented).pk}").status == 404
        assert names(client, "interests", "id") == names(client, "introductions", "id") == []
    assert names(ApiClient(ApiKeyFactory(organisation=house)), "programmes", "title") == []


def test_the_two_worlds_do_not_share_compiled_statements(house: Organisation, tests_: ApiClient) -> None:
    """The same question by both keys of one house, in both orders."""
    DisclosureFactory(startup=StartupFactory(name="Real", profile="verified"), audience="partners")
    live = ApiClient(ApiKeyFactory(organisation=house))
    for _ in range(2):
        assert names(live, "startups") == ["Real"]
        assert "Real" not in names(tests_, "startups")
        assert names(live, "programmes", "id") == []
        assert len(names(tests_, "programmes", "id")) == 1


@pytest.mark.parametrize(("note", "state"), [("", "introduced"), ("Please DECLINE this", "declined_by_startup")])
def test_invented_founders_answer_by_the_documented_rule(tests_: ApiClient, note: str, state: str) -> None:
    pk = declare(tests_, note)
    assert sandbox.answer_interests(now()) == 0, "not at once: an integration waits for its webhook"
    assert sandbox.answer_interests(now() + sandbox.ANSWER_AFTER) == 1
    assert sandbox.answer_interests(now() + sandbox.ANSWER_AFTER) == 0
    assert tests_.get(f"interests/{pk}").json["state"] == state
    introduced = tests_.get("introductions").json["data"]
    assert len(introduced) == (1 if state == "introduced" else 0)


def test_nobody_but_an_endpoint_of_the_sandbox_is_told(house: Organisation, twin: Organisation, tests_: ApiClient) -> None:
    park = OrganisationFactory(kind="park")
    join(park, "invest", name="Irene")
    hook, real = WebhookEndpointFactory(organisation=twin), WebhookEndpointFactory(organisation=house)
    declare(tests_)
    sandbox.answer_interests(now() + timedelta(minutes=1))
    while fanout.fan_out():
        pass
    sent = Delivery.objects.all()
    assert {one.endpoint_id for one in sent} == {hook.pk}
    assert {"interests.introduced", "startups.disclosed"} <= {one.kind for one in sent}
    assert real.pk != hook.pk


def test_what_is_told_to_all_partners_does_not_reach_a_sandbox(twin: Organisation) -> None:
    hook, real = WebhookEndpointFactory(organisation=twin), WebhookEndpointFactory()
    Pending.objects.create(event=EventFactory(kind="notifications.endpoint_pinged", told=[told("partner", kind="partner")]), created_at=now())
    while fanout.fan_out():
        pass
    assert Delivery.objects.filter(endpoint=real).exists()
    assert not Delivery.objects.filter(endpoint=hook).exists()


def test_the_sandbox_is_as_open_as_its_organisation(house: Organisation, tests_: ApiClient) -> None:
    accounts.set_access(house, has_access=False, until=None, by=system_actor(), at=now())
    assert tests_.get("me").status == 403
    accounts.set_access(house, has_access=True, until=now() - timedelta(days=1), by=system_actor(), at=now())
    assert tests_.get("me").status == 403
    accounts.set_access(house, has_access=True, until=None, by=system_actor(), at=now())
    assert tests_.get("me").status == 200


def test_a_key_with_the_prefix_of_the_other_world_is_no_key(twin: Organisation, house: Organisation) -> None:
    test, live = ApiClient(ApiKeyFactory(organisation=twin)), ApiClient(ApiKeyFactory(organisation=house))
    assert str(test.token).startswith("spk_test_")
    assert test.get("me").status == live.get("me").status == 200
    test.token, live.token = str(test.token).replace("spk_test_", "spk_"), str(live.token).replace("spk_", "spk_test_")
    assert test.get("me").status == live.get("me").status == 401


def test_reset_takes_back_what_was_done_and_keeps_the_ids(twin: Organisation, paula: Any, house: Organisation, tests_: ApiClient) -> None:
    before = {one["id"] for one in tests_.get("startups").json["data"]}
    declare(tests_)
    declare(tests_, "decline", 1)
    sandbox.answer_interests(now() + timedelta(minutes=1))
    real = Interest.objects.create(round=RoundFactory(listed=True), organisation=house, created_at=now(), updated_at=now())
    by = acting_for(paula.user, twin, frozenset({"partner"}))
    sandbox.reset(twin, by=by, at=now())
    assert tests_.get("interests").json["data"] == tests_.get("introductions").json["data"] == []
    assert {one["id"] for one in tests_.get("startups").json["data"]} == before
    assert list(Interest.objects.all()) == [real]
    assert not Introduction.objects.exists()
    assert set(Disclosure.objects.filter(organisation=twin).values_list("source", flat=True)) == {"founder"}
    declare(tests_)
    with pytest.raises(NotAllowed):
        sandbox.reset(house, by=by, at=now())


def test_opening_twice_makes_one_sandbox_and_only_the_organisations_own_people_may(house: Organisation, twin: Organisation, paula: Any) -> None:
    by = acting_for(paula.user, house, frozenset({"partner"}))
    assert sandbox.open_sandbox(house, by=by, at=now()).pk == twin.pk
    assert Organisation.objects.filter(sandbox_of=house).count() == 9
    with pytest.raises(NotAllowed):
        sandbox.open_sandbox(PartnerFactory().organisation, by=by, at=now())
    with pytest.raises(NotAllowed):
        sandbox.open_sandbox(twin, by=acting_for(paula.user, twin, frozenset({"partner"})), at=now())


def test_invented_people_cannot_sign_in_and_nobody_lists_them(twin: Organisation) -> None:
    invented = User.objects.get_queryset().filter(email__endswith="@sandbox.invalid")
    assert invented.count() == 9
    assert not any(one.has_usable_password() is True for one in invented)
    park = OrganisationFactory(kind="park")
    admin = acting_for(join(park, "admin", name="Ada").user, park, frozenset({"admin"}))
    assert not User.objects.visible_to(admin).filter(email__endswith="@sandbox.invalid").exists()


def test_the_switch_shows_the_keys_of_the_sandbox_and_the_way_back(house: Organisation, paula: Any) -> None:
    ApiKeyFactory(organisation=house, name="Real key")
    client = paula.client
    assert "Switch to the sandbox" in client.get("/partner/developers/").content.decode()
    page = client.post("/partner/developers/mode/test/", follow=True).content.decode()
    assert "everything here is invented" in page
    assert "Real key" not in page
    twin = Organisation.objects.twin_of(house.pk)
    assert twin is not None
    ApiKeyFactory(organisation=twin, name="Test key")
    assert "spk_test_" in client.get("/partner/developers/").content.decode()
    WebhookEndpointFactory(organisation=twin, name="Test hook")
    assert "Test hook" in client.get("/partner/webhooks/").content.decode()
    page = client.post("/partner/developers/mode/live/", follow=True).content.decode()
    assert "Real key" in page
    assert "Test key" not in page
    assert "Test hook" not in client.get("/partner/webhooks/").content.decode()


def test_the_other_pages_stay_real_while_the_console_shows_the_sandbox(paula: Any) -> None:
    DisclosureFactory(startup=StartupFactory(name="Really there", profile="verified"), audience="partners", level=2)
    paula.client.post("/partner/developers/mode/test/")
    page = paula.client.get("/partner/startups/").content.decode()
    assert "Really there" in page
    assert "Testbed" not in page


def test_reset_asks_first(house: Organisation, paula: Any) -> None:
    client = paula.client
    assert client.get("/partner/developers/sandbox/reset/").status_code == 302
    client.post("/partner/developers/mode/test/")
    twin = Organisation.objects.twin_of(house.pk)
    assert twin is not None
    declare(ApiClient(ApiKeyFactory(organisation=twin)))
    assert "Startups and rounds keep their ids" in client.get("/partner/developers/sandbox/reset/").content.decode()
    assert Interest.objects.count() == 1
    client.post("/partner/developers/sandbox/reset/")
    assert Interest.objects.count() == 0


def test_events_of_the_sandbox_are_in_its_feed(house: Organisation, tests_: ApiClient) -> None:
    declare(tests_)
    while fanout.fan_out():
        pass
    assert names(tests_, "events", "type")
    assert names(ApiClient(ApiKeyFactory(organisation=house)), "events", "type") == []
    assert Event.objects.exists()


def test_interests_are_for_one_world(house: Organisation, twin: Organisation) -> None:
    invented = Round.objects.filter(startup__organisation__is_sandbox=True).first()
    assert invented is not None
    live = acting_for(join(house, "partner", name="Pat").user, house, frozenset({"partner"}))
    with pytest.raises(interests.RoundClosed):
        interests.watch(invented, by=live, at=now())
