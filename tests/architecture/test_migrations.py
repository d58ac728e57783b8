"""The schema is what the models say, and every step to it has a name."""

import pytest
from django.core.management import call_command

from incubator.embedded.places import ROOT


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_migrations_are_named_after_what_they_do():
    unnamed = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/*/migrations/*.py") if "_auto_" in path.name]
    assert not unnamed


@pytest.mark.django_db
def test_web_and_worker_roles_are_granted_rows_by_the_owner():
    """The grants stand in template1, so a test database has them as the park's own has."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname IN ('incubator_web', 'incubator_worker')")
        roles = {role for (role,) in cursor.fetchall()}
        if roles != {"incubator_web", "incubator_worker"}:
            pytest.skip("the server named by DATABASE_URL has no such roles")
        for role in roles:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'accounts_user', 'SELECT, INSERT, UPDATE, DELETE'), has_table_privilege(%s, 'accounts_user', 'TRUNCATE')",
                [role, role],
            )
            assert cursor.fetchone() == (True, False)
