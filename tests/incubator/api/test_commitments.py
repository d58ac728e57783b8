"""Agreements and commitments, as a partner's system reads and keeps them, with the park on the other side."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import Organisation
from incubator.api.models import IdempotencyKey
from incubator.lib.clock import now, today
from incubator.notifications.fanout import fan_out
from incubator.notifications.models import Delivery
from incubator.outbox.models import Event
from incubator.partners import operations as partners
from incubator.partners.models import Agreement, Commitment, Workstream
from tests.cast import Member
from tests.factories.api import Answer, ApiClient
from tests.factories.notifications import WebhookEndpointFactory
from tests.factories.partners import AgreementFactory, CommitmentFactory, ContributionFactory, PartnerFactory, WorkstreamFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db
LIST, ITEM = "/api/v1/commitments", "/api/v1/commitments/{id}"
DONE = {"evidence": "All sessions stand in the list."}


@pytest.fixture
def agreement(partner_organisation: Organisation) -> Agreement:
    return AgreementFactory(partner=PartnerFactory(organisation=partner_organisation), status="active")


@pytest.fixture
def strand(agreement: Agreement) -> Workstream:
    return WorkstreamFactory(agreement=agreement)


@pytest.fixture
def owed(strand: Workstream) -> Commitment:
    """What the partner owes and works on."""
    return CommitmentFactory(workstream=strand, status="in_progress")


@pytest.fixture
def delivered(strand: Workstream) -> Commitment:
    """What the park owes and has delivered."""
    return CommitmentFactory(workstream=strand, side="park", status="delivered", evidence="The four days were held.")


def step(api: ApiClient, commitment: Commitment, verb: str, body: object = None, *, key: str = "", match: str = "") -> Answer:
    path = f"{LIST}/{commitment.pk}"
    answer = api.post(f"{path}/{verb}", body, key=key, **{"If-Match": match or api.get(path).headers["ETag"]})
    check_answer(answer, f"{ITEM}/{verb}", "post")
    return answer


def test_agreements_are_read_from_the_moment_they_are_out_for_signature(api: ApiClient, agreement: Agreement) -> None:
    AgreementFactory(partner=agreement.partner, status="draft")
    AgreementFactory(status="active")
    old = AgreementFactory(partner=agreement.partner, status="expired", ends_on=today() - timedelta(days=1), created_at=now() - timedelta(days=900))
    answer = api.get("agreements")
    check_answer(answer, "/api/v1/agreements", "get")
    assert [row["id"] for row in answer.json["data"]] == [str(agreement.pk), str(old.pk)]
    shown = api.get(f"agreements/{agreement.pk}")
    check_answer(shown, "/api/v1/agreements/{id}", "get")
    assert shown.json == answer.json["data"][0]
    assert api.get(f"agreements/{agreement.pk}", **{"If-None-Match": shown.headers["ETag"]}).status == 304
    assert [row["state"] for row in api.get("agreements?state=expired").json["data"]] == ["expired"]
    assert_problem(api.get("agreements?state=draft"), 400, "invalid_parameter")


def test_a_commitment_shows_how_far_it_is_and_what_may_be_done(api: ApiClient, owed: Commitment, delivered: Commitment) -> None:
    ContributionFactory(commitment=owed, amount="12.5")
    ContributionFactory(commitment=owed, amount=10)
    answer = api.get(LIST)
    check_answer(answer, LIST, "get")
    rows = {row["id"]: row for row in answer.json["data"]}
    assert rows[str(owed.pk)]["actual"] == "22.50"
    assert rows[str(owed.pk)]["target"] == "400.00"
    assert rows[str(owed.pk)]["allowed"] == ["deliver"]
    assert rows[str(delivered.pk)]["actual"] == "0.00"
    assert rows[str(delivered.pk)]["allowed"] == ["accept", "dispute"]
    shown = api.get(f"{LIST}/{owed.pk}")
    check_answer(shown, ITEM, "get")
    assert shown.json == rows[str(owed.pk)]
    assert [row["id"] for row in api.get(f"{LIST}?owed_by=park").json["data"]] == [str(delivered.pk)]
    assert [row["id"] for row in api.get(f"{LIST}?state=in_progress").json["data"]] == [str(owed.pk)]
    assert len(api.get(f"{LIST}?agreement={owed.agreement.pk}").json["data"]) == 2
    assert api.get(f"{LIST}?agreement={UUID(int=1)}").json["data"] == []


def test_the_partner_delivers_the_park_disputes_the_partner_delivers_again(api: ApiClient, owed: Commitment, partnership_manager: Member) -> None:
    first = step(api, owed, "deliver", DONE, key="once")
    assert (first.status, first.json["state"], first.json["evidence"], first.json["allowed"]) == (200, "delivered", DONE["evidence"], [])
    again = step(api, owed, "deliver", DONE, key="once", match='"old"')
    assert (again.headers["Idempotency-Replayed"], again.raw) == ("true", first.raw)
    assert Event.objects.filter(kind="partners.commitment_delivered").count() == 1
    partners.dispute(Commitment.objects.get(), reason="Two sessions are missing.", by=partnership_manager.actor, at=now())
    assert step(api, owed, "resume").json["state"] == "in_progress"
    assert step(api, owed, "deliver", {"evidence": "Now all of them are there."}).json["evidence"] == "Now all of them are there."


def test_what_both_agreed_to_is_started(api: ApiClient, strand: Workstream) -> None:
    agreed = CommitmentFactory(workstream=strand, status="agreed")
    assert step(api, agreed, "start").json["allowed"] == ["deliver"]


def test_the_partner_accepts_or_disputes_what_the_park_delivered(api: ApiClient, delivered: Commitment, strand: Workstream) -> None:
    assert step(api, delivered, "accept").json["state"] == "accepted"
    other = CommitmentFactory(workstream=strand, side="park", status="delivered")
    assert step(api, other, "dispute", {"reason": "Two days are missing."}).json["state"] == "disputed"
    assert Event.objects.get(kind="partners.commitment_disputed").reason == "Two days are missing."


def test_a_step_from_the_wrong_state_or_of_the_other_side_names_those_that_are_possible(api: ApiClient, owed: Commitment, delivered: Commitment) -> None:
    for commitment, verb, body, allowed in ((owed, "resume", None, ["deliver"]), (delivered, "deliver", DONE, ["accept", "dispute"])):
        answer = step(api, commitment, verb, body)
        assert_problem(answer, 409, "illegal_transition")
        assert answer.json["allowed"] == allowed
    assert step(api, owed, "deliver", DONE).status == 200
    own = step(api, owed, "accept")
    assert_problem(own, 409, "illegal_transition")
    assert own.json["allowed"] == []


def test_a_step_needs_the_version_that_was_read(api: ApiClient, owed: Commitment, partner_person: Member) -> None:
    read = api.get(f"{LIST}/{owed.pk}").headers["ETag"]
    partners.contribute(owed, amount=5, happened_on=today(), words="Security review", by=partner_person.actor, at=now())  # type: ignore[arg-type]
    stale = step(api, owed, "deliver", DONE, match=read)
    assert_problem(stale, 412, "stale_etag")
    assert stale.json["current"] == api.get(f"{LIST}/{owed.pk}").headers["ETag"] != read
    assert_problem(api.post(f"{LIST}/{owed.pk}/deliver", DONE), 428, "if_match_missing")
    assert Commitment.objects.get().status == "in_progress"
    assert not IdempotencyKey.objects.exists()


def test_when_the_agreement_ends_nothing_is_allowed_and_the_tag_says_so(api: ApiClient, owed: Commitment, manager: Member) -> None:
    path = f"{LIST}/{owed.pk}"
    read = api.get(path).headers["ETag"]
    partners.terminate(owed.agreement, on=today(), reason="Both agreed.", by=manager.actor, at=now())
    shown = api.get(path, **{"If-None-Match": read})
    assert (shown.status, shown.json["allowed"]) == (200, [])
    assert_problem(step(api, owed, "deliver", DONE), 409, "agreement_over")


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("deliver", None, "/evidence"),
        ("deliver", {"evidence": "   "}, "/evidence"),
        ("deliver", {"evidence": 5}, "/evidence"),
        ("deliver", {"evidence": "x" * 2001}, "/evidence"),
        ("deliver", {"evidence": "long enough\x00"}, "/evidence"),
        ("deliver", {**DONE, "status": "accepted"}, "/status"),
        ("dispute", {"reason": " "}, "/reason"),
        ("accept", {"reason": "fine"}, "/reason"),
    ],
)
def test_wrong_input_is_pointed_at_and_changes_nothing(api: ApiClient, owed: Commitment, verb: str, body: object, pointer: str) -> None:
    answer = step(api, owed, verb, body)
    assert_problem(answer, 400, "invalid")
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
    assert not Event.objects.exists()


def test_evidence_that_says_nothing_is_refused_with_the_field(api: ApiClient, owed: Commitment) -> None:
    answer = step(api, owed, "deliver", {"evidence": "   short   "})
    assert_problem(answer, 422, "unprocessable")
    assert answer.json["errors"][0]["pointer"] == "/evidence"
    assert Commitment.objects.get().status == "in_progress"


def test_another_partners_commitment_does_not_exist_nor_does_one_under_a_draft(api: ApiClient, agreement: Agreement) -> None:
    draft = AgreementFactory(partner=agreement.partner, status="draft")
    for hidden in (CommitmentFactory(status="in_progress"), CommitmentFactory(workstream__agreement=draft, status="proposed")):
        for suffix in ("", "/start", "/deliver", "/resume", "/accept", "/dispute"):
            method = "POST" if suffix else "GET"
            headers = {"Idempotency-Key": "k", "X-Request-ID": "same-request"}
            answers = [api.call(method, f"{LIST}/{pk}{suffix}", headers=headers) for pk in (hidden.pk, UUID(int=hidden.pk.int ^ 1))]
            assert answers[0].raw == answers[1].raw
            assert_problem(answers[0], 404, "not_found")
    assert api.get(LIST).json["data"] == []


@pytest.mark.parametrize("path", [LIST, "/api/v1/agreements"])
def test_twenty_take_as_many_queries_as_one(api: ApiClient, agreement: Agreement, strand: Workstream, path: str) -> None:
    api.get("me")
    counts = []
    for number in (1, 19):
        AgreementFactory.create_batch(number, partner=agreement.partner, status="expired")
        for one in CommitmentFactory.create_batch(number, workstream=strand, status="in_progress"):
            ContributionFactory(commitment=one)
        with CaptureQueriesContext(connection) as queries:
            answer = api.get(path)
        counts.append(len(queries))
    assert len(answer.json["data"]) >= 20
    assert counts == [1, 1]


def test_partners_systems_hear_of_what_the_park_does(api: ApiClient, owed: Commitment, partnership_manager: Member) -> None:
    endpoint = WebhookEndpointFactory(organisation=owed.agreement.partner.organisation)
    step(api, owed, "deliver", DONE)
    partners.accept(Commitment.objects.get(), by=partnership_manager.actor, at=now())
    while fan_out():
        pass
    (delivery,) = Delivery.objects.filter(endpoint=endpoint)
    assert (delivery.kind, delivery.state) == ("partners.commitment_accepted", "pending")
    (event,) = api.get("events").json["data"]
    assert event["type"] == "partners.commitment_accepted"
    assert api.get(event["resource"].removeprefix("http://testserver")).json["state"] == "accepted"


def test_a_promise_under_a_draft_is_told_to_nobody_outside(api: ApiClient, agreement: Agreement, partner_person: Member, partnership_manager: Member) -> None:
    """Neither by mail or in the inbox, nor by webhook, nor in the feed: the partner cannot read the draft yet."""
    WebhookEndpointFactory(organisation=agreement.partner.organisation)
    strand = WorkstreamFactory(agreement=AgreementFactory(partner=agreement.partner, status="draft"))
    terms = {"side": "partner", "kind": "expertise", "title": "Hours", "target": 10, "unit": "hours", "starts_on": today(), "due_on": today()}
    partners.propose(strand, **terms, by=partnership_manager.actor, at=now())
    while fan_out():
        pass
    outside = Delivery.objects.filter(kind="partners.commitment_proposed", organisation=agreement.partner.organisation)
    assert {one.state for one in outside} == {"suppressed"}
    assert {one.channel for one in outside} >= {"email", "webhook"}
    assert api.get("events").json["data"] == []
