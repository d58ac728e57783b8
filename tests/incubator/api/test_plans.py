"""Who sees few startups of many gets a plan of its own; the answer is the same."""

import pytest
from django.db import connection

from incubator.accounts.models import ApiKey
from incubator.api.v1 import startups
from incubator.startups.models import Disclosure
from tests.factories.api import ApiClient, ApiKeyFactory
from tests.factories.startups import DisclosureFactory, StartupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty startups are many."""
    monkeypatch.setattr(startups, "_few", {})
    monkeypatch.setattr(startups, "MANY", 30)
    StartupFactory.create_batch(40)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE startups_startup")


def runs() -> int:
    """How often what this connection has prepared was run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements WHERE statement LIKE '%startups_startup%'")
        return int(cursor.fetchone()[0])


def ids(client: ApiClient) -> set[str]:
    return {row["id"] for row in client.get("startups?page_size=100").json["data"]}


def test_few_of_many_are_found_from_their_disclosures(api: ApiClient, key: ApiKey) -> None:
    client = ApiClient(ApiKeyFactory(organisation=key.organisation))
    client.get("me")
    startup = DisclosureFactory(audience="organisation", organisation=key.organisation).startup
    before = runs()
    assert ids(client) == {str(startup.pk)}
    assert runs() == before
    assert startups._few[key.organisation_id][1] is True


def test_many_of_many_are_found_along_the_order(api: ApiClient, key: ApiKey) -> None:
    shown = {str(DisclosureFactory(audience="partners").startup_id) for _ in range(5)}
    before = runs()
    assert ids(api) == shown
    assert runs() > before
    assert startups._few[key.organisation_id][1] is False


def test_what_is_kept_decides_about_the_plan_and_never_about_rows(api: ApiClient, key: ApiKey) -> None:
    shown = [DisclosureFactory(audience="partners") for _ in range(5)]
    assert len(ids(api)) == 5
    for one in shown[1:]:
        Disclosure.objects.filter(pk=one.pk).update(status="revoked")
    assert ids(api) == {str(shown[0].startup_id)}
    assert startups._few[key.organisation_id][1] is False
