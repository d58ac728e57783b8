"""A row that others hold too long is a clear refusal, not a broken page."""

import psycopg2
import pytest
from django.db import OperationalError
from django.test import RequestFactory

from incubator.web.refusals import refusals_shown


class HeldTooLong(psycopg2.OperationalError):
    pgcode = "55P03"


def failing(cause: Exception):
    @refusals_shown
    def view(request):
        raise OperationalError("canceling statement due to lock timeout") from cause

    return view


def test_lock_timeout_is_shown_as_busy():
    answer = failing(HeldTooLong())(RequestFactory().post("/", headers={"HX-Request": "true"}))
    assert answer.status_code == 409
    assert "try again" in answer.content.decode()


def test_other_errors_of_the_database_are_not_hidden():
    with pytest.raises(OperationalError):
        failing(psycopg2.OperationalError())(RequestFactory().post("/"))
