"""Test databases: migrated once for each state of the migrations, then copied, which takes a fraction of a second."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

ONE_AT_A_TIME = 7_305_114  # any number; only the test databases take it


def template_name() -> str:
    """Named after every migration of ours and of others'."""
    whole = hashlib.sha256()
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        source = sys.modules[type(migration).__module__].__file__
        whole.update(f"{app}.{name}".encode() + Path(str(source)).read_bytes())
    return f"test_template_{whole.hexdigest()[:16]}"


@contextmanager
def administration() -> Iterator[CursorWrapper]:
    """A cursor outside every test database, without the timeouts that a page has."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        yield cursor


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _exists(cursor: CursorWrapper, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def ensure_template() -> str:
    """Return the name of a migrated database, made now if need be. Workers that come at once wait for the first."""
    name = template_name()
    with administration() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        if not _exists(cursor, name):
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_template\\_%%'")
            for (stale,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE "{stale}" WITH (FORCE)')
            unfinished = "test_template_unfinished"
            cursor.execute(f'CREATE DATABASE "{unfinished}"')
            before = connection.settings_dict["NAME"]
            _use(unfinished)
            call_command("migrate", verbosity=0, interactive=False)
            _use(before)
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
        cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
    return name


@contextmanager
def copied(name: str) -> Iterator[str]:
    """A database `name` with every migration applied and no row of its own, gone afterwards."""
    template = ensure_template()
    with administration() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        with administration() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
