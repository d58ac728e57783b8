"""Statements are compiled once and prepared once a connection, and nobody notices but the clock."""

from collections import OrderedDict

import pytest
from django.db import connection
from django.test import override_settings

from incubator.accounts.models import ApiKey
from incubator.lib import prepared as prepared_sql
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.startups import DisclosureFactory


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'fixed\\_%' ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_a_connection_prepares_a_statement_once(api: ApiClient) -> None:
    DisclosureFactory()
    for _ in range(2):  # the second by a credential that is known, whose statement confirms it
        api.get("startups?page_size=7")
    before = prepared()
    assert before
    answers = [api.get("startups?page_size=7").raw for _ in range(3)]
    assert prepared() == before
    assert len(set(answers)) == 1


@pytest.mark.django_db
def test_a_connection_keeps_a_bounded_number(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sql, "PREPARED_MOST", 5)
    known = prepared_sql._prepared.setdefault(connection.connection, OrderedDict())
    while known:
        with connection.cursor() as cursor:
            cursor.execute(f"DEALLOCATE {known.popitem()[1]}")
    for size in range(1, 12):
        assert api.get(f"startups?page_size={size}").status == 200
    assert len(prepared()) == 5


@pytest.mark.django_db
def test_the_answer_is_the_same_without_preparing(api: ApiClient) -> None:
    startup = DisclosureFactory(level=3).startup
    for path in ("startups", f"startups/{startup.pk}", "startups?q=reconciles&stage=" + startup.stage, "programmes", "intakes", "events"):
        with_it = api.get(path)
        with override_settings(DATABASE_PREPARES=False):
            without = api.get(path)
        assert (with_it.status, with_it.raw) == (200, without.raw), path


@pytest.mark.django_db
def test_a_percent_sign_is_a_character_like_any_other(api: ApiClient) -> None:
    startup = DisclosureFactory(startup__pitch="Saves 100% of the paper").startup
    assert [row["id"] for row in api.get("startups?q=100%25").json["data"]] == [str(startup.pk)]


@pytest.mark.django_db
def test_each_credential_gets_its_own_rows_from_the_same_statement(api: ApiClient) -> None:
    other = ApiKeyFactory()
    mine = DisclosureFactory(audience="organisation", organisation=ApiKey.objects.exclude(pk=other.pk).get().organisation).startup
    theirs = DisclosureFactory(audience="organisation", organisation=other.organisation).startup
    for client, startup in ((api, mine), (ApiClient(other), theirs), (api, mine)):
        assert [row["id"] for row in client.get("startups").json["data"]] == [str(startup.pk)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepares", [True, False])
def test_a_connection_that_the_server_closed_is_opened_anew(api: ApiClient, prepares: bool) -> None:
    startup = DisclosureFactory().startup
    with override_settings(DATABASE_PREPARES=prepares):
        assert api.get("startups").status == 200
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        other.close()
        answer = api.get("startups")
    assert answer.status == 200, answer.json
    assert [row["id"] for row in answer.json["data"]] == [str(startup.pk)]
