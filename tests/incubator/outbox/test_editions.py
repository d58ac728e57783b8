"""An edition is another one after every commit, and no writer waits for another because of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from incubator.outbox.models import Edition
from incubator.startups.models import Startup
from tests.factories.startups import StartupFactory

pytestmark = pytest.mark.django_db(transaction=True)


def edition() -> int:
    with connection.cursor() as cursor:
        cursor.execute(Edition.sql("startups"))
        return int(cursor.fetchone()[0])


def writer(pk: Any) -> Any:
    """A connection with an open transaction that has changed the startup."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        cursor.execute("UPDATE startups_startup SET pitch = 'Changed' WHERE id = %s", [pk])
    return other


def test_each_commit_brings_out_a_new_edition_and_none_waits() -> None:
    startups = [StartupFactory() for _ in range(3)]
    seen = [edition()]
    writers = [writer(startup.pk) for startup in startups]
    assert edition() == seen[0]  # nothing is committed yet
    for one in (writers[1], writers[2]):
        one.commit()
        seen.append(edition())
    writers[0].rollback()
    assert edition() == seen[-1]
    assert len(set(seen)) == 3
    for one in writers:
        one.close()
    assert Edition.objects.count() <= 3


def test_no_commit_of_many_at_once_is_lost() -> None:
    startups = [StartupFactory() for _ in range(4)]
    before = edition()

    def change(startup: Startup) -> None:
        try:
            for number in range(10):
                Startup.objects.filter(pk=startup.pk).update(pitch=f"{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(startups)) as pool:
        list(pool.map(change, startups))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(number) FROM outbox_edition")
        rows, total = cursor.fetchone()
    assert rows <= len(startups) + 1
    assert total >= before + 40
