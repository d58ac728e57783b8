"""Counting the queries of a page."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def queries_of(client: Client, path: str) -> int:
    """How many queries the page takes; fails unless it answers 200."""
    client.get(path)  # the first visit fills what is kept for a while: the session, numbers in the navigation
    with CaptureQueriesContext(connection) as found:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(found)
