"""What the whole database holds, so that a test can say that nothing has changed."""

from django.apps import apps
from django.db import connection

OURS = ("incubator.", "programmes.", "investments.")


def tables() -> list[str]:
    """Every table of our own apps."""
    models = [model for config in apps.get_app_configs() if config.name.startswith(OURS) for model in config.get_models(include_auto_created=True)]
    return sorted({model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy})


def counts() -> dict[str, int]:
    """How many rows each table has. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables()))  # noqa: S608 - names of our own tables
        return dict(cursor.fetchall())


def contents() -> dict[str, str]:
    """A hash of every row of each table. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t" for table in tables()))  # noqa: S608 - names of our own tables
        return dict(cursor.fetchall())
