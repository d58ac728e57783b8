"""What an export of startups holds: those of their list, as far as each shows itself, without documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID

import orjson

from incubator.api.models import Operation
from incubator.api.v1.startups import StartupList
from incubator.lib import filetypes
from incubator.lib.actor import Actor
from incubator.lib.tables import Csv, JsonLines, Table, Xlsx
from incubator.startups.models import Startup

Format = Operation.Format
COLUMNS = (
    *("id", "level", "name", "name_local", "pitch", "focus_areas", "stage", "updated_at", "website", "abstract", "trl", "expertise_wanted"),
    *("team_size", "team", "traction", "funding_amount", "funding_currency", "intellectual_property"),
)
# The media type and the writer of each format.
FORMATS: dict[str, tuple[str, type[Csv] | type[Xlsx] | type[JsonLines]]] = {
    Format.CSV: ("text/csv", Csv),
    Format.XLSX: (filetypes.XLSX, Xlsx),
    Format.JSON_LINES: ("application/jsonl", JsonLines),
}
AT_ONCE = 250
# What was shown of a startup: its level, and whether it was in stealth.
Shown = dict[str, tuple[int, int]]


def ids(actor: Actor, most: int) -> list[UUID]:
    """The startups that the actor may see, `most` of them."""
    return list(StartupList().rows(actor).order_by("pk").values_list("pk", flat=True)[:most])


def write(file: BinaryIO, format: str, wanted: Sequence[UUID], actor: Actor) -> Iterator[Shown]:
    """Write the wanted startups, as many at once as are given back: what was shown of each. Who hides meanwhile is left out."""
    as_listed = StartupList()
    rows = as_listed.rows(actor).order_by("pk").values_list("pk", "level", "is_stealth", as_listed.shape(actor))
    table: Table = FORMATS[format][1](file, COLUMNS)
    for start in range(0, len(wanted), AT_ONCE):
        shown: Shown = {}
        for pk, level, is_stealth, text in rows.filter(pk__in=wanted[start : start + AT_ONCE]):
            row = orjson.loads(text)
            row.pop("documents", None)  # chosen one by one, and listed where each is asked for
            table.write(row if format == Format.JSON_LINES else flat(row))
            shown[str(pk)] = (level, int(is_stealth))
        yield shown
    table.close()


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A startup as a line: lists joined by semicolons, people by name and title."""
    funding = row.get("funding") or {}
    return {
        **row,
        "focus_areas": "; ".join(row["focus_areas"]),
        "expertise_wanted": "; ".join(row.get("expertise_wanted", ())),
        "team": "; ".join(f"{one['name']}, {one['title']}" for one in row.get("team", ())),
        "funding_amount": Decimal(funding["amount"]) if funding else None,
        "funding_currency": funding.get("currency"),
    }


def still_shown(shown: Mapping[str, Sequence[int]], actor: Actor) -> bool:
    """Whether every startup still shows as much to the actor as it did. One query."""
    found: Any = Startup.objects.disclosed_to(actor).filter(pk__in=list(shown))
    present = {str(pk): (level, is_stealth) for pk, level, is_stealth in found.values_list("pk", "level", "is_stealth")}
    return all(pk in present and present[pk][0] >= level and (was_stealth or not present[pk][1]) for pk, (level, was_stealth) in shown.items())
