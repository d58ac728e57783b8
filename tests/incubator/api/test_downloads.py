"""Documents of startups through the API: listed as far as disclosed, linked for a minute, fetched once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incubator.accounts.actors import system_actor
from incubator.accounts.models import ApiKey
from incubator.files import operations as files
from incubator.files.models import DownloadLink
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.startups import operations as startups
from incubator.startups.models import Disclosure, DisclosureRead, Document
from tests import corpus
from tests.cast import Member
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.factories.startups import DisclosureFactory, DocumentFactory, StartupFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem
from tests.incubator.api.test_idempotency import at_once

pytestmark = pytest.mark.django_db
NAME = "Präsentation «2026».pdf"
LIST, LINK, FETCH = "/api/v1/startups/{id}/documents", "/api/v1/startups/{startup}/documents/{id}/download", "/api/v1/downloads/{token}"


@pytest.fixture
def disclosure(settings: Any, tmp_path: Path, key: ApiKey) -> Disclosure:
    settings.FILES_ROOT = tmp_path / "files"
    made: Disclosure = DisclosureFactory(audience="organisation", organisation=key.organisation, level=3)
    stored = files.store(SimpleUploadedFile(NAME, corpus.pdf(), content_type="application/pdf"), by=system_actor(), at=now())
    made.documents.add(DocumentFactory(startup=made.startup, title="Deck", file=stored))
    DocumentFactory(startup=made.startup, title="Not chosen")
    return made


@pytest.fixture
def document(disclosure: Disclosure) -> Document:
    found: Document = disclosure.documents.get()
    return found


def ask(api: ApiClient, document: Document, **more: str) -> Answer:
    return api.post(f"startups/{document.startup_id}/documents/{document.pk}/download", **more)


def link(api: ApiClient, document: Document) -> str:
    answer = ask(api, document)
    assert answer.status == 201, answer.json
    return str(answer.json["url"]).removeprefix("http://testserver")


def test_only_what_was_chosen_is_listed(api: ApiClient, document: Document) -> None:
    answer = api.get(f"startups/{document.startup_id}/documents")
    check_answer(answer, LIST, "get")
    assert [(one["title"], one["file_name"], one["sha256"]) for one in answer.json["data"]] == [("Deck", NAME, document.file.sha256)]
    read = DisclosureRead.objects.get()
    assert (read.kind, read.startup_ids) == ("opened", [document.startup_id])


def test_below_full_level_nothing_is_listed_and_without_disclosure_there_is_no_list(api: ApiClient, document: Document, disclosure: Disclosure) -> None:
    Disclosure.objects.filter(pk=disclosure.pk).update(level=2)
    assert api.get(f"startups/{document.startup_id}/documents").json["data"] == []
    assert_problem(ask(api, document), 404, "not_found")
    assert_problem(api.get(f"startups/{StartupFactory().pk}/documents"), 404, "not_found")


def test_the_bytes_come_once_as_an_attachment_that_no_browser_opens(api: ApiClient, document: Document) -> None:
    url = link(api, document)
    DisclosureRead.objects.all().delete()
    answer = api.get(url)
    check_answer(answer, FETCH, "get")
    assert answer.raw == files.path_of(document.file.key).read_bytes()
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''Pr%C3%A4sentation%20%C2%AB2026%C2%BB.pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in headers["Cache-Control"]
    assert headers["RateLimit-Policy"] == '"file";q=20;w=60'
    read = DisclosureRead.objects.get()
    assert (read.kind, read.startup_ids, read.organisation_id, read.credential_id) == (
        "file",
        [document.startup_id],
        ApiKey.objects.get().organisation_id,
        ApiKey.objects.get().pk,
    )
    assert_problem(api.get(url), 404, "not_found")
    assert DisclosureRead.objects.count() == 1


def test_the_token_is_kept_as_its_hash_only(api: ApiClient, document: Document) -> None:
    token = link(api, document).rpartition("/")[2]
    assert len(token) == 43  # 32 bytes
    row = DownloadLink.objects.get()
    assert row.token_hash == sealing.fingerprint(token)
    assert token not in str(DownloadLink.objects.values())
    assert row.expires_at - now() <= timedelta(seconds=60)


def test_a_link_is_dead_after_a_minute(api: ApiClient, document: Document) -> None:
    url = link(api, document)
    DownloadLink.objects.update(expires_at=now())
    assert_problem(api.get(url), 404, "not_found")


def test_another_credential_cannot_use_the_link_and_does_not_spend_it(api: ApiClient, document: Document, key: ApiKey) -> None:
    url = link(api, document)
    assert_problem(ApiClient(ApiKeyFactory(organisation=key.organisation)).get(url), 404, "not_found")
    assert_problem(ApiClient(ApiKeyFactory()).get(url), 404, "not_found")
    assert_problem(ApiClient(None).get(url), 401, "credential_missing")
    assert api.client.head(url, headers={"Authorization": f"Bearer {api.token}"}).status_code == 405
    assert api.get(url).status == 200


def test_what_is_taken_back_is_gone_from_open_links_too(api: ApiClient, document: Document, disclosure: Disclosure) -> None:
    url = link(api, document)
    startups.revoke(disclosure, by=system_actor(), at=now())
    DisclosureRead.objects.all().delete()
    assert_problem(api.get(url), 404, "not_found")
    assert_problem(ask(api, document), 404, "not_found")
    assert not DisclosureRead.objects.exists()


def test_a_document_no_longer_chosen_is_gone_from_open_links_too(api: ApiClient, document: Document, disclosure: Disclosure) -> None:
    url = link(api, document)
    disclosure.documents.clear()
    assert_problem(api.get(url), 404, "not_found")


def test_a_repeated_request_gets_a_new_token_for_the_same_link_until_it_is_used(api: ApiClient, document: Document) -> None:
    first, again = (ask(api, document, key="one").json["url"].removeprefix("http://testserver") for _ in range(2))
    assert first != again
    assert DownloadLink.objects.count() == 1
    assert_problem(api.get(first), 404, "not_found")
    assert api.get(again).status == 200
    assert_problem(ask(api, document, key="one"), 409, "link_spent")


def test_what_the_reader_has_already_is_not_sent_and_spends_nothing(api: ApiClient, document: Document) -> None:
    first = api.get(link(api, document))
    url = link(api, document)
    assert api.get(url, **{"If-None-Match": first.headers["ETag"]}).status == 304
    assert api.get(url).status == 200


@override_settings(API_RATE_FILE="2/m")
def test_the_third_file_of_two_waits_and_other_reading_goes_on(api: ApiClient, document: Document) -> None:
    urls = [link(api, document) for _ in range(3)]
    assert [api.get(url).status for url in urls] == [200, 200, 429]
    assert api.get("me").status == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_fetches_at_once_one_gets_the_bytes(api: ApiClient, key: ApiKey, document: Document) -> None:
    url = link(api, document)
    answers = at_once([lambda: ApiClient(key).get(url) for _ in range(8)])
    assert sorted(one.status for one in answers) == [200] + [404] * 7
    assert DisclosureRead.objects.filter(kind="file").count() == 1


def test_the_list_takes_the_same_queries_for_one_row_and_twenty(api: ApiClient, document: Document, disclosure: Disclosure) -> None:
    api.get("me")
    counts = []
    for number in (0, 19):
        disclosure.documents.add(*(DocumentFactory(startup=document.startup) for _ in range(number)))
        with CaptureQueriesContext(connection) as queries:
            answer = api.get(f"startups/{document.startup_id}/documents?page_size=100")
        counts.append(len(queries))
    assert len(answer.json["data"]) == 20
    assert counts[0] == counts[1] <= 4, queries.captured_queries


def test_a_cursor_of_one_startup_does_not_fit_another(api: ApiClient, document: Document, disclosure: Disclosure, key: ApiKey) -> None:
    disclosure.documents.add(DocumentFactory(startup=document.startup))
    other = DisclosureFactory(audience="organisation", organisation=key.organisation, level=3).startup
    following = api.get(f"startups/{document.startup_id}/documents?page_size=1").json["next"].removeprefix("http://testserver")
    assert len(api.get(following).json["data"]) == 1
    assert_problem(api.get(following.replace(str(document.startup_id), str(other.pk))), 400, "invalid_cursor")


def test_the_founder_reads_that_the_partners_system_fetched_a_document(api: ApiClient, document: Document, founder: Member) -> None:
    document.startup.organisation = founder.organisation
    document.startup.save(update_fields=["organisation"])
    assert api.get(link(api, document)).status == 200
    page = founder.client.get(reverse("my:startups:disclosures")).content.decode()
    assert "Fetched a document" in page
    assert "Their system" in page


def test_links_that_ran_out_are_forgotten(api: ApiClient, document: Document) -> None:
    link(api, document)
    assert files.forget(at=now()) == 0
    assert files.forget(at=now() + timedelta(minutes=3)) == 1
