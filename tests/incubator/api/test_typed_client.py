"""The typed client that is generated from the schema speaks to the API: what it reads and sends is what the schema says."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from incubator.accounts.models import ApiKey
from incubator.api.scopes import TABLE
from incubator.api.urls_api import tokens
from tests.factories.api import text_of
from tests.factories.investors import InvestorProfileFactory
from tests.factories.partners import AgreementFactory, CommitmentFactory, PartnerFactory
from tests.factories.rounds import RoundFactory
from tests.incubator.api.schemas import plain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name under which the generated package can be imported."""
    folder: Path = tmp_path_factory.mktemp("client")
    call_command("api_client", folder, verbosity=0)
    sys.path.insert(0, str(folder))
    yield "park_client"
    sys.path.remove(str(folder))


@pytest.fixture
def partner(package: str, key: ApiKey, live_server: LiveServer) -> Iterator[Any]:
    """A client with the partner's key, over HTTP."""
    with importlib.import_module(package).AuthenticatedClient(base_url=live_server.url, token=text_of(key)) as client:
        yield client


def operation(package: str, name: str) -> Any:
    """The generated module of an operation."""
    tag = next(one["tags"][0] for methods in plain()["paths"].values() for one in methods.values() if one["operationId"] == name)
    return importlib.import_module(f"{package}.api.{tag.replace('-', '_')}.{name}")


def test_every_operation_has_a_typed_function(package: str) -> None:
    names = [one["operationId"] for methods in plain()["paths"].values() for one in methods.values()]
    assert len(names) == len(TABLE) + len(tokens)
    for name in names:
        assert callable(operation(package, name).sync_detailed)


def test_every_list_is_read_into_its_types(package: str, partner: Any) -> None:
    lists = [one["get"]["operationId"] for path, one in plain()["paths"].items() if "get" in one and "{" not in path]
    for name in (name for name in lists if name.startswith("list_")):
        answer = operation(package, name).sync_detailed(client=partner)
        assert answer.status_code == 200, (name, answer.content)
        assert isinstance(answer.parsed.data, list)


def test_an_interest_is_declared_once_and_read_back(package: str, partner: Any, key: ApiKey) -> None:
    declare, read = operation(package, "create_interest"), operation(package, "get_interest")
    models = importlib.import_module(f"{package}.models")
    InvestorProfileFactory(organisation=key.organisation, verified=True)
    listed_round = RoundFactory(listed=True)
    body = models.InterestInRequest(round_=listed_round.pk, amount_min="1000000.00", amount_max="2000000.00", role=models.InterestInRequestRole.FOLLOW, note="")
    key = str(uuid4())
    made = declare.sync(client=partner, body=body, idempotency_key=key)
    assert made.state == "consent_pending"
    assert declare.sync(client=partner, body=body, idempotency_key=key).id == made.id
    assert read.sync(client=partner, id=made.id).to_dict() == made.to_dict()


def test_a_commitment_is_delivered_by_the_tag_it_was_read_with(package: str, partner: Any, key: ApiKey) -> None:
    read, deliver = operation(package, "get_commitment"), operation(package, "deliver_commitment")
    models = importlib.import_module(f"{package}.models")
    house = PartnerFactory(organisation=key.organisation)
    owed = CommitmentFactory(workstream__agreement=AgreementFactory(partner=house, status="active"), status="in_progress")
    (listed,) = operation(package, "list_agreements").sync(client=partner).data
    answer = read.sync_detailed(client=partner, id=owed.pk)
    assert answer.parsed.agreement.id == listed.id
    body = models.DeliverInRequest(evidence="All sessions stand in the list.")
    done = deliver.sync(client=partner, id=owed.pk, body=body, if_match=answer.headers["ETag"], idempotency_key=str(uuid4()))
    assert (done.state, done.evidence) == ("delivered", body.evidence)


def test_a_refusal_is_a_typed_problem(package: str, partner: Any) -> None:
    answer = operation(package, "get_interest").sync_detailed(client=partner, id=uuid4())
    assert answer.status_code == 404
    assert type(answer.parsed).__name__ == "Problem"
    assert answer.parsed.code == "not_found"
