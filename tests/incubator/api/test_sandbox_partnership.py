"""The partnership of a sandbox, its documents, and an OAuth application for it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from incubator.accounts import operations as accounts
from incubator.accounts.actors import acting_for
from incubator.accounts.models import Organisation
from incubator.api import sandbox
from incubator.lib import filetypes
from incubator.lib.actor import ActingAs
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.notifications import fanout
from incubator.notifications.models import Delivery
from tests.cast import join
from tests.factories.accounts import OrganisationFactory
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.notifications import WebhookEndpointFactory
from tests.factories.partners import CommitmentFactory
from tests.incubator.api.test_oauth import fetch
from tests.incubator.api.test_sandbox import house as house
from tests.incubator.api.test_sandbox import paula as paula
from tests.incubator.api.test_sandbox import tests_ as tests_
from tests.incubator.api.test_sandbox import twin as twin

pytestmark = pytest.mark.django_db
SHOWN_ON_THE_FIRST_DAY = [
    ("park", "delivered", "0.00", ["accept", "dispute"]),
    ("park", "in_progress", "1.00", []),
    ("partner", "agreed", "0.00", ["start"]),
    ("partner", "disputed", "0.00", ["resume"]),
    ("partner", "in_progress", "0.00", ["deliver"]),
]


def of(organisation: Organisation, person: Any) -> ActingAs:
    return acting_for(person.user, organisation, frozenset({"partner"}))


def promises(client: ApiClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("commitments").json["data"]
    return found


def first_day(client: ApiClient) -> list[Any]:
    return sorted((one["owed_by"], one["state"], one["actual"], one["allowed"]) for one in promises(client))


def step(client: ApiClient, verb: str, pk: str = "", **body: str) -> dict[str, Any]:
    """Take a step of the commitment that waits for it, or of this one."""
    pk = pk or next(one["id"] for one in promises(client) if verb in one["allowed"])
    tag = client.get(f"commitments/{pk}").headers["ETag"]
    answer = client.post(f"commitments/{pk}/{verb}", body or None, **{"If-Match": tag})
    assert answer.status == 200, answer.raw
    found: dict[str, Any] = answer.json
    return found


def test_every_step_of_a_commitment_can_be_tried(tests_: ApiClient) -> None:
    assert [one["title"] for one in tests_.get("agreements").json["data"]] == ["Sandbox agreement"]
    assert first_day(tests_) == SHOWN_ON_THE_FIRST_DAY
    assert step(tests_, "start")["state"] == "in_progress"
    assert step(tests_, "resume")["state"] == "in_progress"
    assert step(tests_, "dispute", reason="One evening is missing.")["state"] == "disputed"


@pytest.mark.parametrize(("evidence", "state"), [("Both samples are there.", "accepted"), ("Please DISPUTE this one.", "disputed")])
def test_the_invented_park_answers_a_delivery_by_the_documented_rule(tests_: ApiClient, evidence: str, state: str) -> None:
    pk = step(tests_, "deliver", evidence=evidence)["id"]
    assert sandbox.answer(now()) == 0, "not at once: an integration waits for its webhook"
    assert sandbox.answer(now() + sandbox.ANSWER_AFTER + timedelta(seconds=1)) == 1
    assert sandbox.answer(now() + timedelta(minutes=1)) == 0
    assert tests_.get(f"commitments/{pk}").json["state"] == state
    if state == "disputed":
        step(tests_, "resume", pk)
        assert step(tests_, "deliver", pk, evidence="Now it is done.")["state"] == "delivered"


def test_a_real_delivery_waits_for_the_real_park_and_nobody_real_hears_of_an_invented_one(tests_: ApiClient, twin: Organisation) -> None:
    join(OrganisationFactory(kind="park"), "partnership", name="Petra")
    real = CommitmentFactory(status="delivered", evidence="All of it is done.")
    hook = WebhookEndpointFactory(organisation=twin)
    step(tests_, "deliver", evidence="Both samples are there.")
    assert sandbox.answer(now() + timedelta(minutes=1)) == 1
    while fanout.fan_out():
        pass
    assert {one.endpoint_id for one in Delivery.objects.all()} == {hook.pk}
    assert "partners.commitment_accepted" in {one.kind for one in Delivery.objects.all()}
    real.refresh_from_db()
    assert real.status == "delivered"


def test_reset_puts_the_promises_back(tests_: ApiClient, twin: Organisation, paula: Any) -> None:
    step(tests_, "deliver", evidence="Both samples are there.")
    step(tests_, "accept")
    sandbox.answer(now() + timedelta(minutes=1))
    real = CommitmentFactory(status="in_progress")
    assert first_day(tests_) != SHOWN_ON_THE_FIRST_DAY
    for _ in range(2):
        sandbox.reset(twin, by=of(twin, paula), at=now())
        assert first_day(tests_) == SHOWN_ON_THE_FIRST_DAY
    real.refresh_from_db()


def test_documents_of_the_sandbox_are_real_files(tests_: ApiClient, house: Organisation) -> None:
    full = [one for one in tests_.get("startups").json["data"] if one["level"] == "full"]
    assert [len(one["documents"]) for one in full] == [2, 2]
    startup = full[0]["id"]
    (paper, *_rest) = tests_.get(f"startups/{startup}/documents").json["data"]
    link = tests_.post(f"startups/{startup}/documents/{paper['id']}/download").json["url"]
    answer = tests_.get(link.removeprefix("http://testserver"))
    assert (answer.status, answer.headers["Content-Type"], len(answer.raw)) == (200, "application/pdf", paper["size"])
    assert filetypes.identify(BytesIO(answer.raw), name="deck.pdf", declared="application/pdf") == filetypes.PDF
    assert ApiClient(ApiKeyFactory(organisation=house)).get(f"startups/{startup}/documents").status == 404


def test_an_application_of_the_sandbox_gets_tokens_for_it_alone(twin: Organisation, house: Organisation, paula: Any) -> None:
    at = now()
    given = {"name": "CRM", "scopes": ["startups:read"], "expires_at": at + timedelta(days=1), "at": at}
    test, secret = accounts.issue_application(twin, **given, by=of(twin, paula))
    live, _secret = accounts.issue_application(house, **given, by=of(house, paula))
    assert test.client_id.startswith("app_test_")
    assert not live.client_id.startswith("app_test_")
    client = ApiClient(fetch(test, secret).json["access_token"])
    assert len(client.get("startups").json["data"]) == 8
    assert client.get("me").json["organisation"]["name"].endswith("(sandbox)")
    with pytest.raises(Refusal):
        accounts.issue_application(house, **given, by=of(twin, paula))


def test_the_console_makes_applications_of_the_world_that_it_shows(paula: Any, twin: Organisation) -> None:
    client = paula.client
    client.post("/partner/developers/mode/test/")
    accounts.issue_application(twin, name="Test CRM", scopes=["startups:read"], expires_at=now() + timedelta(days=1), by=of(twin, paula), at=now())
    page = client.get("/partner/developers/applications/").content.decode()
    assert "Test CRM" in page
    assert "everything here is invented" in page
    client.post("/partner/developers/mode/live/")
    assert "Test CRM" not in client.get("/partner/developers/applications/").content.decode()


def test_an_investors_sandbox_has_no_agreement(db: None) -> None:
    fund = OrganisationFactory(kind="investor")
    person = join(fund, "investor", name="Ivo")
    twin = sandbox.open_sandbox(fund, by=acting_for(person.user, fund, frozenset({"investor"})), at=now())
    client = ApiClient(ApiKeyFactory(organisation=twin))
    assert client.get("agreements").json["data"] == promises(client) == []
