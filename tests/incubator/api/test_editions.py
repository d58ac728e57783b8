"""304 in one statement that looks at no row, as long as nothing that is shown has changed; else the rows decide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import ApiKey
from incubator.lib.clock import now
from incubator.startups.models import Disclosure, DisclosureRead, Document, Person, Startup
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.factories.startups import DisclosureFactory, DocumentFactory, PersonFactory, StartupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def disclosure() -> Disclosure:
    """In full, with a document and two people, one of whom is not shown anywhere else."""
    made: Disclosure = DisclosureFactory(audience="partners", level=3)
    PersonFactory(startup=made.startup)
    DocumentFactory(startup=made.startup)
    made.documents.add(DocumentFactory(startup=made.startup))
    return made


def paths(disclosure: Disclosure) -> list[str]:
    return ["startups", f"startups/{disclosure.startup_id}", "startups?q=reconciles&page_size=5"]


def again(api: ApiClient, path: str, etag: str) -> tuple[Answer, int]:
    with CaptureQueriesContext(connection) as captured:
        answer = api.get(path, **{"If-None-Match": etag})
    return answer, len(captured)


def test_what_has_not_changed_is_answered_without_a_look_and_without_a_record(api: ApiClient, disclosure: Disclosure) -> None:
    for path in paths(disclosure):
        etag = [api.get(path) for _ in range(2)][-1].headers["ETag"]
        reads = DisclosureRead.objects.count()
        for given in (etag, f'"other", {etag}', f"W/{etag}"):
            answer, statements = again(api, path, given)
            assert (answer.status, answer.raw, answer.headers["ETag"], statements) == (304, b"", etag, 1)
        assert DisclosureRead.objects.count() == reads


# Whatever changes what a partner is shown, by whichever way.
CHANGES: dict[str, Callable[[Disclosure], Any]] = {
    "the startup": lambda one: Startup.objects.filter(pk=one.startup_id).update(traction="Four merchants"),
    "a person more": lambda one: PersonFactory(startup=one.startup),
    "a person less": lambda one: Person.objects.all().delete(),
    "a document's title": lambda one: Document.objects.update(title="New title"),
    "a document chosen": lambda one: one.documents.set(Document.objects.all()),
    "a document taken back": lambda one: one.documents.clear(),
    "a lower level": lambda one: Disclosure.objects.filter(pk=one.pk).update(level=2),
    "taken back": lambda one: Disclosure.objects.filter(pk=one.pk).update(status="revoked", revoked_at=now()),
    "suspended": lambda one: connection.cursor().execute("UPDATE startups_startup SET profile = 'suspended'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_by_the_next_question(api: ApiClient, disclosure: Disclosure, change: str) -> None:
    if change == "suspended":
        Startup.objects.filter(profile="draft").update(profile="submitted")
        Startup.objects.filter(profile="submitted").update(profile="verified")
    tags = {path: api.get(path).headers["ETag"] for path in paths(disclosure)[:2]}
    CHANGES[change](disclosure)
    for path, etag in tags.items():
        answer, _ = again(api, path, etag)
        assert answer.status in (200, 404), path
        if answer.status == 200:
            assert answer.headers["ETag"][:33] != etag[:33]


def test_a_disclosure_that_runs_out_is_seen_though_nothing_was_written(api: ApiClient, disclosure: Disclosure) -> None:
    Disclosure.objects.update(expires_at=now() + timedelta(seconds=30))
    tags = {path: api.get(path).headers["ETag"] for path in paths(disclosure)}
    assert [again(api, path, etag)[0].status for path, etag in tags.items()] == [304] * 3
    with time_machine.travel(now() + timedelta(seconds=31)):
        assert [again(api, path, etag)[0].status for path, etag in tags.items()] == [200, 404, 200]


def test_a_change_elsewhere_costs_a_look_and_the_answer_stays_304(api: ApiClient, disclosure: Disclosure) -> None:
    etag = api.get("startups").headers["ETag"]
    StartupFactory(name="Shown to nobody")
    answer, statements = again(api, "startups", etag)
    assert (answer.status, statements) == (304, 2)
    newer = answer.headers["ETag"]
    assert newer != etag
    assert newer[:33] == etag[:33]
    assert again(api, "startups", newer)[1] == 1


def test_the_first_question_of_a_day_is_recorded(api: ApiClient, disclosure: Disclosure) -> None:
    etag = api.get("startups").headers["ETag"]
    with time_machine.travel(now() + timedelta(days=1)):
        answers = [again(api, "startups", etag)[0]]
        answers += [again(api, "startups", answers[0].headers["ETag"])[0] for _ in range(3)]
        assert [one.status for one in answers] == [304] * 4
    assert [line["times"] for line in DisclosureRead.objects.of(disclosure.startup_id).by_day()] == [1, 1]


def test_a_tag_is_good_for_its_address_and_its_credential_only(api: ApiClient, key: ApiKey, disclosure: Disclosure) -> None:
    other = DisclosureFactory(audience="partners", level=3).startup
    tags = [api.get(path).headers["ETag"] for path in ("startups", f"startups/{disclosure.startup_id}", f"startups/{other.pk}", "startups?page_size=1")]
    assert len({tag[34:] for tag in tags}) == 4
    for path, tag in zip((f"startups/{disclosure.startup_id}", f"startups/{other.pk}", "startups?page_size=1", "startups"), tags, strict=True):
        assert again(api, path, tag)[0].status == 200
    made_up = f'"{"0" * 32}-{tags[0][34:]}'
    for other_key in (ApiKeyFactory(), ApiKeyFactory(organisation=key.organisation)):  # the address of the next page is for one key only
        answer = ApiClient(other_key).get("startups", **{"If-None-Match": made_up})
        assert answer.status == 200
        assert answer.headers["ETag"][34:] != tags[0][34:]
