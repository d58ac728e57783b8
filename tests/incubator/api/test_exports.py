"""Exports: asked for, written by the sweep, fetched once, and never more than may be seen at that moment."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incubator.accounts.models import ApiKey, Organisation
from incubator.api import exported, exports
from incubator.api.models import Operation
from incubator.api.sandbox import open_sandbox
from incubator.files.models import StoredFile
from incubator.files.operations import path_of
from incubator.lib.clock import now
from incubator.startups.models import Disclosure, DisclosureRead, Startup
from tests.cast import Member
from tests.factories.api import Answer, ApiClient, ApiKeyFactory
from tests.factories.startups import DisclosureFactory, StartupFactory
from tests.incubator.api.schemas import check_answer
from tests.incubator.api.test_contract import assert_problem

pytestmark = pytest.mark.django_db
ITEM, LINK, CANCEL, FETCH = "/api/v1/operations/{id}", "/api/v1/operations/{id}/download", "/api/v1/operations/{id}/cancel", "/api/v1/downloads/{token}"


@pytest.fixture
def disclosure(key: ApiKey) -> Disclosure:
    StartupFactory(name="Hidden from all")
    made: Disclosure = DisclosureFactory(startup__name="=cmd|' /C calc'!A0", audience="organisation", organisation=key.organisation, level=3)
    return made


def asked(api: ApiClient, format: str = "csv") -> Operation:
    answer = api.post("exports", {"format": format})
    check_answer(answer, "/api/v1/exports", "post")
    assert (answer.status, answer.json["state"]) == (202, "pending")
    assert answer.headers["Location"] == f"/api/v1/operations/{answer.json['id']}"
    return Operation.objects.get(pk=answer.json["id"])


def written(api: ApiClient, format: str = "csv") -> Operation:
    operation = asked(api, format)
    exports.write_due(now())
    operation.refresh_from_db()
    return operation


def shown(api: ApiClient, operation: Operation) -> Any:
    answer = api.get(f"operations/{operation.pk}")
    check_answer(answer, ITEM, "get")
    return answer.json


def linked(api: ApiClient, operation: Operation) -> Answer:
    answer = api.post(f"operations/{operation.pk}/download")
    check_answer(answer, LINK, "post")
    return answer


def fetched(api: ApiClient, operation: Operation) -> Answer:
    answer = api.get(linked(api, operation).json["url"].removeprefix("http://testserver"))
    check_answer(answer, FETCH, "get")
    return answer


def test_an_export_as_csv_holds_what_may_be_seen_and_no_formula(api: ApiClient, disclosure: Disclosure) -> None:
    operation = written(api)
    assert (shown(api, operation)["state"], operation.rows) == ("succeeded", 1)
    DisclosureRead.objects.all().delete()
    answer = fetched(api, operation)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="startups-{operation.created_at:%Y-%m-%d}.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig")))
    assert (row["id"], row["level"], row["name"]) == (str(disclosure.startup_id), "full", "'" + disclosure.startup.name)
    read = DisclosureRead.objects.get()
    assert (read.kind, read.startup_ids, read.organisation_id) == ("exported", [disclosure.startup_id], operation.organisation_id)


def test_an_export_as_json_lines_is_the_list_without_documents(api: ApiClient, disclosure: Disclosure) -> None:
    (line,) = fetched(api, written(api, "jsonl")).raw.splitlines()
    (listed,) = api.get("startups").json["data"]
    del listed["documents"]
    assert json.loads(line) == listed


def test_a_link_to_an_export_works_once_and_for_one_credential(api: ApiClient, disclosure: Disclosure, partner_organisation: Organisation) -> None:
    operation = written(api)
    url = linked(api, operation).json["url"].removeprefix("http://testserver")
    assert_problem(ApiClient(ApiKeyFactory(organisation=partner_organisation)).get(url), 404, "not_found")
    assert api.get(url).status == 200
    assert_problem(api.get(url), 404, "not_found")


def taken_back(disclosure: Disclosure) -> None:
    Disclosure.objects.filter(pk=disclosure.pk).update(status="revoked")


def lowered(disclosure: Disclosure) -> None:
    Disclosure.objects.filter(pk=disclosure.pk).update(level=2)


def hidden(disclosure: Disclosure) -> None:
    Startup.objects.filter(pk=disclosure.startup_id).update(is_stealth=True)


@pytest.mark.parametrize("change", [taken_back, lowered, hidden])
@pytest.mark.parametrize("after_the_link", [True, False])
def test_an_export_expires_when_a_startup_shows_less_than_stands_in_it(
    api: ApiClient, disclosure: Disclosure, change: Any, after_the_link: bool, django_capture_on_commit_callbacks: Any
) -> None:
    DisclosureFactory(audience="organisation", organisation=disclosure.organisation)
    operation = written(api)
    assert operation.file is not None
    path = path_of(operation.file.key)
    url = linked(api, operation).json["url"].removeprefix("http://testserver") if after_the_link else ""
    assert path.exists()
    change(disclosure)
    with django_capture_on_commit_callbacks(execute=True):
        if after_the_link:
            assert_problem(api.get(url), 404, "not_found")
        else:
            assert_problem(linked(api, operation), 409, "nothing_to_fetch")
    assert shown(api, operation)["state"] == "expired"
    assert not path.exists()
    assert not DisclosureRead.objects.filter(kind="exported").exists()
    assert written(api).rows == (1 if change is taken_back else 2)


def test_showing_more_leaves_an_export_as_it_is(api: ApiClient, disclosure: Disclosure) -> None:
    lowered(disclosure)
    operation = written(api)
    Disclosure.objects.filter(pk=disclosure.pk).update(level=3)
    DisclosureFactory(audience="organisation", organisation=disclosure.organisation)
    assert fetched(api, operation).status == 200


def test_what_is_taken_back_before_the_sweep_is_not_written(api: ApiClient, disclosure: Disclosure) -> None:
    operation = asked(api)
    taken_back(disclosure)
    exports.write_due(now())
    operation.refresh_from_db()
    assert (operation.state, operation.rows, operation.shown) == ("succeeded", 0, {})


def test_an_export_is_written_after_its_worker_died(api: ApiClient, disclosure: Disclosure) -> None:
    operation = asked(api)
    dead = exports.claim(now())
    assert dead is not None
    assert shown(api, operation)["state"] == "running"
    assert exports.write_due(now()) == 0  # the lease holds
    later = now() + exports.LEASE + timedelta(seconds=1)
    assert exports.write_due(later) == 1
    first = Operation.objects.get()
    exports.write(dead, later)  # comes back from the dead, and has lost the lease
    assert Operation.objects.get().file_id == first.file_id
    assert StoredFile.objects.filter(content_type="text/csv").count() == 1


def test_an_export_that_always_fails_ends(api: ApiClient, disclosure: Disclosure, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, at = asked(api), now()
    monkeypatch.setattr(exported, "COLUMNS", None)
    for _ in range(exports.CLAIMS_AT_MOST + 1):
        exports.write_due(at)
        at += exports.LEASE + timedelta(seconds=1)
    assert (shown(api, operation)["state"], shown(api, operation)["problem"]) == ("failed", "internal")
    assert_problem(linked(api, operation), 409, "nothing_to_fetch")


def test_too_many_rows_and_an_ended_access_are_told(
    api: ApiClient, disclosure: Disclosure, monkeypatch: pytest.MonkeyPatch, partner_organisation: Organisation
) -> None:
    first = asked(api)
    monkeypatch.setattr(exports, "ROWS_AT_MOST", 0)
    exports.write_due(now())
    assert shown(api, first)["problem"] == "too_many_rows"
    second = asked(api)
    Organisation.objects.filter(pk=partner_organisation.pk).update(has_access=False)
    exports.write_due(now())
    second.refresh_from_db()
    assert (second.state, second.problem) == ("failed", "access_ended")


def test_an_export_is_over_after_an_hour_and_its_bytes_go(api: ApiClient, disclosure: Disclosure) -> None:
    operation = written(api)
    Operation.objects.update(expires_at=now())
    assert shown(api, operation)["state"] == "expired"  # by its time, before any sweep
    assert_problem(linked(api, operation), 409, "nothing_to_fetch")
    assert exports.end_due(now()) == 1
    assert not StoredFile.objects.filter(content_type="text/csv").exists()
    exports.end_due(now() + timedelta(days=8))
    assert_problem(api.get(f"operations/{operation.pk}"), 404, "not_found")


def test_progress_is_seen_and_a_cancelled_export_leaves_no_file(
    api: ApiClient, disclosure: Disclosure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    DisclosureFactory(audience="organisation", organisation=disclosure.organisation)
    monkeypatch.setattr(exported, "AT_ONCE", 1)
    seen, real = [], exported.write

    def watched(*arguments: Any) -> Any:
        for part in real(*arguments):
            yield part
            answer = shown(api, operation)
            seen.append((answer["state"], answer["rows_written"], answer["rows"]))
            if cancels:
                cancelled = api.post(f"operations/{operation.pk}/cancel")
                check_answer(cancelled, CANCEL, "post")
                assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")

    monkeypatch.setattr(exported, "write", watched)
    cancels, operation = False, asked(api)
    exports.write_due(now())
    assert seen == [("running", 1, 2), ("running", 2, 2)]
    assert_problem(api.post(f"operations/{operation.pk}/cancel"), 409, "illegal_transition")
    kept = StoredFile.objects.count()
    cancels, operation = True, asked(api)
    exports.write_due(now())
    assert (shown(api, operation)["state"], seen[-1][:2], StoredFile.objects.count()) == ("cancelled", ("running", 1), kept)
    assert_problem(linked(api, operation), 409, "nothing_to_fetch")
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == kept


def test_a_sandbox_exports_its_invented_startups_only(api: ApiClient, disclosure: Disclosure, partner_person: Member) -> None:
    organisation = partner_person.organisation
    assert organisation is not None
    twin = open_sandbox(organisation, by=partner_person.actor, at=now())
    DisclosureFactory(audience="partners")
    operation = written(ApiClient(ApiKeyFactory(organisation=twin)), "jsonl")
    ours = set(Startup.objects.filter(organisation__is_sandbox=True).values_list("pk", flat=True))
    assert {UUID(one) for one in operation.shown} == ours
    assert len(ours) == 8


def test_a_replay_makes_no_second_export_and_three_may_wait(api: ApiClient) -> None:
    answers = [api.post("exports", {"format": "csv"}, key="once") for _ in range(2)]
    assert answers[0].raw == answers[1].raw
    assert [api.post("exports").status for _ in range(2)] == [202, 202]
    assert_problem(api.post("exports"), 409, "too_many_exports")
    assert Operation.objects.count() == 3


def test_a_format_that_is_not_known_is_pointed_at(api: ApiClient) -> None:
    for body, pointer in (({"format": "xml"}, "/format"), ({"rows": 5}, "/rows")):
        answer = api.post("exports", body)
        assert_problem(answer, 400, "invalid")
        assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
    assert not Operation.objects.exists()


def test_another_organisations_export_does_not_exist(api: ApiClient, disclosure: Disclosure) -> None:
    operation = written(api)
    other = ApiClient(ApiKeyFactory())
    for method, suffix in (("GET", ""), ("POST", "/download")):
        headers = {"Idempotency-Key": str(uuid4()), "X-Request-ID": "same-request"}
        answers = [other.call(method, f"operations/{pk}{suffix}", headers=headers) for pk in (operation.pk, UUID(int=1))]
        assert answers[0].raw == answers[1].raw
        assert_problem(answers[0], 404, "not_found")


def test_writing_and_fetching_take_as_many_queries_for_twenty_as_for_one(api: ApiClient, key: ApiKey) -> None:
    api.get("me")
    counts = []
    for number in (1, 19):
        DisclosureFactory.create_batch(number, audience="organisation", organisation=key.organisation)
        operation = asked(api)
        with CaptureQueriesContext(connection) as queries:
            exports.write_due(now())
        url = linked(api, operation).json["url"].removeprefix("http://testserver")
        with CaptureQueriesContext(connection) as fetching:
            assert api.get(url).status == 200
        counts.append((len(queries), len(fetching)))
    assert counts[0] == counts[1]
