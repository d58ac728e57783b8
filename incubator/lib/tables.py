"""Rows as CSV (RFC 4180), XLSX or JSON Lines. The only place that writes files for spreadsheets, which show every text and run none."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, Protocol

import orjson

# A cell that begins with one of these is a formula to some spreadsheet, also in the full-width forms of East Asia.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
WIDTH = 24  # of a column, in characters


class Table(Protocol):
    """A file under way: its rows one after another, then `close`, which leaves the file itself open."""

    def write(self, row: Mapping[str, Any]) -> None: ...
    def close(self) -> None: ...


def safe(cell: object) -> object:
    """A quote in front keeps a text that looks like a formula from being one, whatever the file is saved as later."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell


class Csv:
    """In UTF-8, with the mark by which spreadsheets know it."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self._columns = columns
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow(columns)

    def write(self, row: Mapping[str, Any]) -> None:
        self._writer.writerow([safe(row.get(column)) for column in self._columns])

    def close(self) -> None:
        self._text.detach()


class Xlsx:
    """One sheet. Texts are written as texts, never as formulas or links; those above 32,767 characters are cut there."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        import xlsxwriter  # 15 MB that only the worker that writes a sheet shall carry

        self._columns = columns
        # Row by row, with nothing kept in memory.
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(columns) - 1, WIDTH)
        self._rows = 0
        self._put(columns, self._book.add_format({"bold": True}))

    def write(self, row: Mapping[str, Any]) -> None:
        self._put([safe(row.get(column)) for column in self._columns])

    def _put(self, cells: Sequence[Any], look: Any = None) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, (int, float, Decimal)):
                self._sheet.write_number(self._rows, column, cell, look)
            elif cell is not None:
                self._sheet.write_string(self._rows, column, str(cell), look)
        self._rows += 1

    def close(self) -> None:
        self._book.close()


class JsonLines:
    """An object a line, with whatever it holds. `columns` are for tables, and not asked for."""

    def __init__(self, file: BinaryIO, columns: Sequence[str] = ()) -> None:
        self._file = file

    def write(self, row: Mapping[str, Any]) -> None:
        self._file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        """Nothing is left to write."""
