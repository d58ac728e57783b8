"""What has been done to a database, kept as the database's own comment, so that it goes wherever the data go."""

import hashlib
import json
from typing import Any

import psycopg2
from psycopg2 import sql

from incubator.embedded.places import ROOT


def migrations_digest() -> str:
    """Changes with any migration of ours and with any package of others'."""
    files = [ROOT / "requirements.lock", *sorted(ROOT.glob("*/*/migrations/*.py")), *sorted((ROOT / "incubator" / "settings").glob("*.py"))]
    whole = hashlib.sha256()
    for file in files:
        whole.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()


class Marks:
    """The comment, read and written as the role that owns the database. A database of somebody else's keeps no marks."""

    def __init__(self, owner_url: str) -> None:
        self._connection = psycopg2.connect(owner_url, connect_timeout=10)
        self._connection.autocommit = True
        self._marks: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
            (comment,) = cursor.fetchone() or (None,)
        try:
            marks = json.loads(comment or "")
        except ValueError:
            return {}
        return marks if isinstance(marks, dict) else {}

    def database_is_empty(self) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
            (empty,) = cursor.fetchone() or (False,)
        return bool(empty)

    def get(self, name: str) -> Any:
        return self._marks.get(name)

    def set(self, name: str, value: str) -> None:
        self._marks[name] = value
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_userbyid(datdba) = current_user, datname FROM pg_database WHERE datname = current_database()")
            is_ours, database = cursor.fetchone() or (False, "")
            if is_ours:
                statement = sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(database), sql.Literal(json.dumps(self._marks)))
                cursor.execute(statement)

    def close(self) -> None:
        self._connection.close()
