"""Whatever is wrong with a request, its documented problem comes back and no row of any table changes.

Walks the table of operations, so that a new resource is tried as soon as it stands in the world.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings
from rest_framework import serializers

from incubator.accounts.models import ApiKey, Organisation
from incubator.api.models import IdempotencyKey
from incubator.api.serializers import BODY_MOST, DEPTH_MOST, Nothing
from incubator.lib.clock import now
from tests import payloads
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.world import ENDPOINTS, OPERATIONS, PATHS, World, tag_of
from tests.tables import contents

pytestmark = pytest.mark.django_db
WRITING = [(route, method) for route, method in OPERATIONS if method != "GET"]
TEXTS = [
    (route, method, name)
    for route, method in WRITING
    for name, field in ENDPOINTS[route].body().fields.items()
    if isinstance(field, serializers.CharField) and not isinstance(field, serializers.ChoiceField)
]


class Door:
    """One writing operation of the world, with all that a good request has; each call spoils some of it."""

    def __init__(self, route: str, method: str) -> None:
        self.route, self.method, self.world = route, method, World()
        self.client = self.world.client("partner", (route, method))
        self.client.get("me")  # pins the key to its version, once
        self.path = self.world.path(route, self.client)
        self.tag = tag_of(route, self.path, self.client) if ENDPOINTS[route].needs_match else ""
        self.good = self.world.body(route) or {}
        self.fields = ENDPOINTS[route].body().fields

    def knock(self, body: Any = None, *, raw: bytes | None = None, kind: str = "application/json", client: ApiClient | None = None, **headers: str) -> Answer:
        sent = {"Idempotency-Key": str(uuid4()), **({"If-Match": self.tag} if self.tag else {}), **headers}
        return (client or self.client).call(self.method, self.path, self.good if body is None else body, raw=raw, kind=kind, headers=sent)


@pytest.fixture(autouse=True)
def unlimited() -> Iterator[None]:
    with override_settings(API_RATE_READ="100000000/m", API_RATE_WRITE="100000000/m"):
        yield


def nested(levels: int) -> Any:
    return {"a": nested(levels - 1)} if levels else 1


def spoilt(door: Door) -> Iterator[tuple[Answer, int, str, str | None]]:
    """Each wrong request with the problem it must get, and the pointer if the problem names one."""
    yield door.knock({**door.good, "colour": "red"}), 400, "invalid", "/colour"
    yield door.knock({**door.good, "a/b~c": 1}), 400, "invalid", "/a~1b~0c"
    for name, field in door.fields.items():
        for wrong in ({"a": 1}, [[1]], 17.5, 1 if isinstance(field, serializers.BooleanField) else True):
            yield door.knock({**door.good, name: wrong}), 400, "invalid", f"/{name}"
    yield door.knock({**door.good, "colour": nested(DEPTH_MOST + 1)}), 400, "too_deep", None
    yield door.knock(raw=b'{"a":' + b"[" * 30_000), 400, "malformed_json", None
    yield door.knock(raw=b" " * (BODY_MOST + 1)), 413, "body_too_large", None
    for text in (b"{", b"[]", b'"x"', b"\xff\xfe", b'{"a":NaN}', b'{"a":"\\ud800"}', b"{}{}", b"a=b"):
        yield door.knock(raw=text), 400, "malformed_json", None
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "nonsense"):
        yield door.knock(raw=json.dumps(door.good or {"a": 1}).encode(), kind=kind), 415, "unsupported_media_type", None
    yield door.knock(**{"Idempotency-Key": ""}), 400, "idempotency_key_missing", None
    if door.tag:
        for stale in ('"0-000000000000"', "*", f"W/{door.tag}", door.tag.strip('"')):
            yield door.knock(**{"If-Match": stale}), 412, "stale_etag", None
    if "{" in PATHS[door.route]:
        yield door.knock(client=ApiClient(ApiKeyFactory(organisation=door.world.without))), 404, "not_found", None


@pytest.mark.parametrize(("route", "method"), WRITING)
def test_bad_input_gets_its_problem_and_changes_nothing(route: str, method: str) -> None:
    door = Door(route, method)
    ApiKeyFactory(organisation=door.world.without)
    before = contents()
    for answer, status, code, pointer in spoilt(door):
        assert_problem(answer, status, code)
        if pointer is not None:
            assert pointer in [one["pointer"].removesuffix("/0") for one in answer.json["errors"]], answer.json
    after = contents()
    assert {name for name in before if before[name] != after[name]} <= {"accounts_apikey"}  # the stranger's key, made and pinned above
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.parametrize(("route", "method"), WRITING)
def test_a_key_that_ended_changes_nothing(route: str, method: str) -> None:
    door = Door(route, method)
    before = contents()
    keys = ApiKey.objects.filter(organisation=door.world.partner)
    keys.update(expires_at=now())
    assert_problem(door.knock(), 401, "credential_expired")
    keys.update(expires_at=now() + timedelta(days=1), revoked_at=now())
    assert_problem(door.knock(), 401, "credential_revoked")
    keys.update(revoked_at=None)
    Organisation.objects.filter(pk=door.world.partner.pk).update(access_until=now())
    assert_problem(door.knock(), 403, "access_ended")
    after = contents()
    assert {name for name in before if before[name] != after[name]} <= {"accounts_apikey", "accounts_organisation"}


@pytest.mark.parametrize(("route", "method"), WRITING)
def test_a_key_used_for_another_request_changes_nothing(route: str, method: str) -> None:
    door = Door(route, method)
    first = door.knock(**{"Idempotency-Key": "once"})
    assert 200 <= first.status < 300, first.raw
    before = contents()
    assert_problem(door.knock({**door.good, "other": 1}, **{"Idempotency-Key": "once"}), 422, "idempotency_key_reused")
    again = door.knock(**{"Idempotency-Key": "once"})
    assert (again.status, again.headers["Idempotency-Replayed"]) == (first.status, "true")
    after = contents()
    assert {name for name in before if before[name] != after[name]} <= {
        "startups_disclosureread",
        "files_downloadlink",
    }  # a read is noted, a link is given anew


# The words of a step that its event keeps, while the answer has another text by the same name.
SHOWN_ELSEWHERE = {("interest-pass", "note")}


@pytest.mark.parametrize(("route", "method", "name"), TEXTS)
def test_any_text_is_taken_as_it_is_or_refused_with_its_field(route: str, method: str, name: str) -> None:
    """Eighty payloads: never a 5xx, never in a header, never changed on the way."""
    from django.db import transaction

    door = Door(route, method)
    longest = getattr(door.fields[name], "max_length", None)
    texts = [*payloads.ALL, *(["x" * (longest + 1)] if longest else [])]
    for text in texts:
        with transaction.atomic():
            answer = door.knock({**door.good, name: text})
            if answer.status < 300:
                assert (route, name) in SHOWN_ELSEWHERE or answer.json.get(name, text.strip()) == text.strip(), text
            else:
                assert_problem(answer, 422 if answer.status == 422 else 400)
                assert [one["pointer"] for one in answer.json["errors"]] == [f"/{name}"], text
            assert answer.headers["Content-Type"].startswith("application/")
            assert not [value for value in answer.headers.values() if len(text) > 3 and text in value]
            if "\x00" in text or (longest and len(text.strip()) > longest):
                assert answer.status == 400, text
            transaction.set_rollback(True)


def test_the_catalogue_of_bodies_is_walked() -> None:
    """At least one operation takes a body with text, and at least one takes none, or the walks above walk nothing."""
    assert TEXTS
    assert any(ENDPOINTS[route].body is Nothing for route, _ in WRITING)
