"""The API against its own schema: whatever is sent, no check of schemathesis fails, and every operation is reached."""

import pytest
from django.test import override_settings

from incubator.api import scopes
from tests.factories.api import ApiKeyFactory, text_of
from tests.incubator.api.fuzzing import Fuzz
from tests.incubator.api.schemas import plain
from tests.incubator.api.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unlimited")]


# They ask for an application's own secret, which no schema can tell; test_oauth.py reaches them.
OWN_SECRET = {"/api/v1/oauth/token", "/api/v1/oauth/revoke"}


@pytest.fixture
def unlimited():
    with override_settings(API_RATE_READ="100000000/m", API_RATE_WRITE="100000000/m", API_RATE_FILE="100000000/m"):
        yield


def token(world: World, role: str) -> str:
    reading = [one for one in scopes.all_scopes() if one.endswith(":read")]
    fields = {
        "everything": {"organisation": world.partner},
        "reading": {"organisation": world.partner, "scopes": reading},
        "foreign": {"organisation": world.without},
    }
    return text_of(ApiKeyFactory(**fields[role]))


def test_with_every_scope() -> None:
    world = World()
    report = Fuzz(world, token(world, "everything"), ["examples", "coverage", "fuzzing"]).run()
    assert not report.failures, "\n\n".join(report.failures[:20])
    expected = {f"{method.upper()} {path}" for path, methods in plain()["paths"].items() for method in methods if path not in OWN_SECRET}
    assert expected <= report.reached()


# To a stranger a body names things that do not exist, which is a 400.
@pytest.mark.parametrize(("role", "accepted"), [("reading", []), ("foreign", ["400"])])
def test_with_less(role: str, accepted: list[str]) -> None:
    world = World()
    report = Fuzz(world, token(world, role), ["fuzzing"], accepted, fewer=5).run()  # most of it is refused before it is read
    assert not report.failures, "\n\n".join(report.failures[:20])


def test_one_step_after_the_other() -> None:
    world = World()
    report = Fuzz(world, token(world, "everything"), ["stateful"]).run()
    assert not report.failures, "\n\n".join(report.failures[:20])
