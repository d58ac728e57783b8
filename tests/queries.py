"""Counting the queries of a page."""

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext


def queries_of(client: Client, path: str) -> int:
    """How many queries the page takes; fails unless it answers 200.

    Without the numbers in the navigation: they are one statement, kept for ten seconds, and so now there, now not. The
    first visit is not counted: it fills the session.
    """
    with override_settings(NAVIGATION_BADGES={}):
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(found)
