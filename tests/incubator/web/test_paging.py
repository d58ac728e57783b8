"""Keyset paging over real rows."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import BadRequest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.accounts.models import Organisation
from incubator.web.paging import page

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)


def add(seconds: int, name: str = "x") -> Organisation:
    at = START + timedelta(seconds=seconds, microseconds=seconds)
    return Organisation.objects.create(kind="startup", name=name, created_at=at, updated_at=at)


def walk(order, size, between=lambda: None):
    """All rows by following the next tokens; `between` runs between two pages."""
    seen, token = [], ""
    while True:
        part = page(Organisation.objects.all(), order=order, after=token, size=size)
        seen += part.rows
        if not part.next:
            return seen
        token = part.next
        between()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    times=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    inserts=st.lists(st.integers(0, 5), max_size=6),
    size=st.integers(1, 5),
    order=st.sampled_from([("-created_at", "-id"), ("created_at", "id"), ("-created_at", "id"), ("name", "-id")]),
)
def test_walk_while_rows_are_inserted_neither_skips_nor_repeats(db, times, inserts, size, order):
    Organisation.objects.all().delete()
    first = {add(seconds, name=f"n{seconds}").pk for seconds in times}
    left = list(inserts)
    seen = [row.pk for row in walk(order, size, lambda: left and add(left.pop()))]
    assert len(seen) == len(set(seen))
    assert first <= set(seen)


def test_previous_leads_back_over_the_same_pages():
    for seconds in range(7):
        add(seconds)
    first = page(Organisation.objects.all(), size=3)
    second = page(Organisation.objects.all(), after=first.next, size=3)
    third = page(Organisation.objects.all(), after=second.next, size=3)
    assert (first.previous, third.next) == ("", "")
    assert [len(part.rows) for part in (first, second, third)] == [3, 3, 1]
    back = page(Organisation.objects.all(), after=third.previous, size=3)
    assert back.rows == second.rows
    again = page(Organisation.objects.all(), after=back.previous, size=3)
    assert again.rows == first.rows
    assert again.previous == ""
    assert page(Organisation.objects.all(), after=again.next, size=3).rows == second.rows


def test_page_costs_one_query(django_assert_num_queries):
    for seconds in range(5):
        add(seconds)
    with django_assert_num_queries(1):
        token = page(Organisation.objects.all(), size=2).next
    with django_assert_num_queries(1):
        page(Organisation.objects.all(), after=token, size=2)


def test_token_changed_or_of_another_order_is_refused():
    for seconds in range(3):
        add(seconds)
    token = page(Organisation.objects.all(), size=1).next
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "nonsense", "'; drop table"):
        with pytest.raises(BadRequest):
            page(Organisation.objects.all(), after=wrong, size=1)
    with pytest.raises(BadRequest):
        page(Organisation.objects.all(), order=("name", "id"), after=token, size=1)
