"""Cells that no spreadsheet runs, and files that any reader of CSV or XLSX reads back."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from incubator.lib.tables import RISKY, Csv, JsonLines, Xlsx, safe
from tests import payloads

COLUMNS = ("one", "two")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
# A busy machine is slow to draw the first text.
BOUNDED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(writer: Any, rows: Sequence[Sequence[Any]]) -> bytes:
    file = io.BytesIO()
    table = writer(file, COLUMNS)
    for row in rows:
        table.write(dict(zip(COLUMNS, row, strict=True)))
    table.close()
    return file.getvalue()


def cells_of(book: bytes) -> list[list[str]]:
    """The cells of a sheet as a spreadsheet reads them; with the kind of each that is no text."""
    sheet = etree.fromstring(zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml"))
    assert not [one.tag for one in sheet.iter() if one.tag.removeprefix(SHEET) in ("f", "hyperlink")]
    return [[text_of(cell) for cell in row] for row in sheet.iter(f"{SHEET}row")]


def text_of(cell: Any) -> str:
    return plain("".join(cell.itertext())) if cell.get("t") == "inlineStr" else f"number {cell.findtext(f'{SHEET}v')}"


def plain(text: str) -> str:
    """Characters that XML has none of are written as _x0007_."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("start", RISKY)
def test_what_looks_like_a_formula_becomes_text(start: str) -> None:
    assert safe(f"{start}1+1") == f"'{start}1+1"


def test_numbers_and_nothing_stay_what_they_are() -> None:
    assert [safe(one) for one in (-3, None, "", "a=b", 0)] == [-3, None, "", "a=b", 0]
    rows = [(-3, None), (Decimal("1500000.50"), "07")]
    assert written(Csv, rows) == b"\xef\xbb\xbfone,two\r\n-3,\r\n1500000.50,07\r\n"
    assert cells_of(written(Xlsx, rows)) == [["one", "two"], ["number -3"], ["number 1500000.50", "07"]]


@BOUNDED
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_from_csv_as_text(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(written(Csv, rows).decode("utf-8-sig"), newline="")))
    assert read == [["one", "two"], *([str(safe(cell)) for cell in row] for row in rows)]
    assert not any(cell.startswith(RISKY) for row in read for cell in row)


@BOUNDED
@given(st.lists(st.lists(TEXTS.filter(lambda text: "_x" not in text), min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_from_xlsx_as_text(rows: list[list[str]]) -> None:
    read = cells_of(written(Xlsx, rows))
    assert read == [["one", "two"], *([str(safe(cell)) for cell in row] for row in rows)]


@pytest.mark.parametrize("text", ["http://evil.example/", "=1+1", "+1", "1e5", "internal:Sheet1!A1", "{=SUM(A1)}", "mailto:a@b.example"])
def test_nothing_is_a_link_a_formula_or_a_number_because_it_looks_like_one(text: str) -> None:
    assert cells_of(written(Xlsx, [(text, text)]))[1] == [safe(text)] * 2


def test_no_payload_is_more_than_a_text_in_any_table() -> None:
    rows = [(one, one) for one in payloads.ALL]
    kept = [str(safe(one)) for one in payloads.ALL]
    read = list(csv.reader(io.StringIO(written(Csv, rows).decode("utf-8-sig"), newline="")))
    assert [row[0] for row in read[1:]] == kept
    assert [row[0] for row in cells_of(written(Xlsx, rows))[1:]] == [one[:32_767] for one in kept]


def test_json_lines_hold_whatever_an_object_holds() -> None:
    file = io.BytesIO()
    for row in ({"a": ["=1", "\n"]}, {"b": None}):
        JsonLines(file).write(row)
    assert [json.loads(line) for line in file.getvalue().splitlines()] == [{"a": ["=1", "\n"]}, {"b": None}]
