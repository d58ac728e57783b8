"""Keyset paging: constant cost at any depth, and no row is skipped or repeated while others are inserted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=Model)
SALT = "incubator.web.paging"
SIZE = 25
FORWARD, BACKWARD = "f", "b"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page and the tokens of its neighbours; an empty token means that there is none."""

    rows: Sequence[Row]
    next: str
    previous: str


def page(queryset: QuerySet[Row], *, order: Sequence[str] = ("-created_at", "-id"), after: str | None = "", size: int = SIZE) -> Page[Row]:
    """One page of the queryset in `order`, beginning at the token `after`. One query, no count.

    `order` names loaded fields or annotations that are never null, each with `-` for descending, and ends with a
    unique one. A token is signed and bound to the order; raises BadRequest for one that was made elsewhere.
    """
    backward, key = _read(after, order) if after else (False, None)
    steps = [_flipped(name) for name in order] if backward else list(order)
    rows = queryset.order_by(*steps)
    if key is not None:
        rows = rows.filter(_beyond(steps, key))
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    has_next, has_previous = (bool(found), more) if backward else (more, key is not None and bool(found))
    return Page(
        rows=found,
        next=_token(found[-1], order, FORWARD) if has_next else "",
        previous=_token(found[0], order, BACKWARD) if has_previous else "",
    )


def _flipped(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], key: Sequence[Any]) -> Q:
    """The rows that come after `key`. Its first part is a plain range, which an index on the first field serves."""
    beyond = Q()
    same = Q()
    for name, value in zip(order, key, strict=True):
        field = name.removeprefix("-")
        side = "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{field}__{side}": value})
        same &= Q(**{field: value})
    first = order[0].removeprefix("-")
    return Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": key[0]}) & beyond


def _token(row: Model, order: Sequence[str], way: str) -> str:
    return signing.dumps([way, *(_plain(_value(row, name.removeprefix("-"))) for name in order)], salt=_salt(order))


def _read(token: str, order: Sequence[str]) -> tuple[bool, list[Any]]:
    try:
        way, *key = signing.loads(token, salt=_salt(order))
    except signing.BadSignature:
        raise BadRequest(_("This page of the list cannot be found. Go back to its beginning.")) from None
    return way == BACKWARD, key


def _salt(order: Sequence[str]) -> str:
    return f"{SALT}:{','.join(order)}"


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    """A JSON value that the ORM reads back as the same: instants keep their microseconds."""
    if value is None or isinstance(value, bool | int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
