"""Is this a possible answer to this question? Parsing of what was typed, and what keeps an answer from being sent.

Pure: reads loaded fields only. `parse` turns what a form or a program gives into the stored value and refuses what
cannot be one; `problem` says what is still wrong with a stored value, which may be kept until the answers are sent.

Stored values by kind: text is a string; number a decimal as a string; money `{"amount": "1200.00", "currency":
"HKD"}`; date `YYYY-MM-DD`; single choice its value; multiple choice a list of values; yes or no and declarations a
boolean; a table a list of `{column key: value}`; a file `{"file": id, "name", "size", "content_type"}`. Nothing is None.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.lib.refusals import Invalid
from programmes.forms.models import Question

Kind = Question.Kind

SHORT_TEXT_LIMIT = 300
LONG_TEXT_LIMIT = 6_000
KEPT_TEXT_LIMIT = 50_000
CELL_LIMIT = 200
ROWS_LIMIT = 50
CURRENCIES = ("HKD", "USD", "CNY", "EUR", "GBP", "SGD")
LARGEST = Decimal("99999999999999.99")

# What no text keeps: control characters other than tab and line feed. NUL and half characters are refused instead.
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def text_limit(question: Question) -> int:
    """How many characters may be sent in answer to a text question."""
    return question.max_length or (SHORT_TEXT_LIMIT if question.kind == Kind.SHORT_TEXT else LONG_TEXT_LIMIT)


def parse(question: Question, raw: Any) -> Any:
    """The value to store for `raw`; None where nothing was answered. Raises Invalid, naming the question and the remedy."""
    try:
        return _PARSERS[Kind(question.kind)](question, raw)
    except Invalid as invalid:
        raise Invalid(_("%(question)s: %(what)s") % {"question": question.label, "what": invalid.message}, field=question.key) from None


def problem(question: Question, value: Any) -> str:
    """What keeps this stored value from being sent, in words; empty if nothing does."""
    if is_blank(value):
        return _missing(question) if question.is_required else ""
    check = _CHECKS.get(Kind(question.kind))
    return check(question, value) if check else ""


def is_blank(value: Any) -> bool:
    """Whether nothing was answered. A «no» is an answer; a table without rows and an unticked declaration are none."""
    return value is None or value == "" or value == [] or value == {}


def is_asked(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether the question's condition holds for these answers, by question key."""
    condition = question.condition
    if not condition:
        return True
    given, wanted = answers.get(condition["question"]), condition["is"]
    accepted = wanted if isinstance(wanted, list) else [wanted]
    return any(one in accepted for one in given) if isinstance(given, list) else given in accepted


# ── Parsing ─────────────────────────────────────────────────────────────────
def clean_text(raw: Any, *, limit: int = KEPT_TEXT_LIMIT) -> str | None:
    """Text as it is stored: line ends as one line feed, no control characters, no space around it. Raises Invalid."""
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise Invalid(_("write this as text."))
    if _UNSTORABLE.search(raw):
        raise Invalid(_("the text holds a character that cannot be stored. Paste it as plain text, or type it again."))
    text = _CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > limit:
        raise Invalid(_("the text is longer than %(limit)s characters and was not saved. Shorten it.") % {"limit": limit})
    return text or None


def _one_line(question: Question, raw: Any) -> str | None:
    text = clean_text(raw)
    return " ".join(text.split()) if text else None


def _long_text(question: Question, raw: Any) -> str | None:
    return clean_text(raw)


def clean_decimal(raw: Any) -> str | None:
    """A decimal as a string; thousands may be grouped by commas or spaces. Raises Invalid."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal | None):
        raise Invalid(_("write a number in figures, such as 1200 or 3.5."))
    text = clean_text(str(raw)) if raw is not None else None
    if text is None:
        return None
    try:
        number = Decimal(re.sub(r"[,\s\u00a0]", "", text))
    except InvalidOperation:
        raise Invalid(_("write a number in figures, such as 1200 or 3.5.")) from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise Invalid(_("this number is too large. Check the figures."))
    if number != round(number, 2):
        raise Invalid(_("write at most two digits after the point."))
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _number(question: Question, raw: Any) -> str | None:
    return clean_decimal(raw)


def _money(question: Question, raw: Any) -> dict[str, str] | None:
    given = raw if isinstance(raw, Mapping) else {"amount": raw}
    amount = clean_decimal(given.get("amount"))
    currency = str(given.get("currency") or CURRENCIES[0])
    if currency not in CURRENCIES:
        raise Invalid(_("choose a currency from the list."))
    return None if amount is None else {"amount": amount, "currency": currency}


def clean_date(raw: Any) -> str | None:
    """A day as `YYYY-MM-DD`. Raises Invalid."""
    text = clean_text(raw)
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid(_("pick a day, or write it as year-month-day, such as 2026-12-15.")) from None


def _date(question: Question, raw: Any) -> str | None:
    return clean_date(raw)


def _single_choice(question: Question, raw: Any) -> str | None:
    value = clean_text(raw)
    if value is not None and value not in _choice_values(question):
        raise Invalid(_("choose one of the answers of the list."))
    return value


def _multiple_choice(question: Question, raw: Any) -> list[str] | None:
    given = raw if isinstance(raw, list | tuple) else [raw]
    values = [one for one in map(clean_text, given) if one]
    allowed = _choice_values(question)
    if any(one not in allowed for one in values):
        raise Invalid(_("choose from the answers of the list."))
    return [one for one in allowed if one in values] or None


def _choice_values(question: Question) -> list[str]:
    return [str(one["value"]) for one in question.choices]


def clean_yes_no(raw: Any) -> bool | None:
    """True, False or None for «yes», «no» or nothing. Raises Invalid."""
    if raw is None or raw == "":
        return None
    if raw in (True, "yes", "true", "on"):
        return True
    if raw in (False, "no", "false"):
        return False
    raise Invalid(_("answer yes or no."))


def _yes_no(question: Question, raw: Any) -> bool | None:
    return clean_yes_no(raw)


def _declaration(question: Question, raw: Any) -> bool | None:
    return True if clean_yes_no(raw) else None


_CELLS: dict[str, Callable[[Any], Any]] = {
    "text": lambda raw: clean_text(raw, limit=CELL_LIMIT),
    "number": clean_decimal,
    "money": clean_decimal,
    "date": clean_date,
    "yes_no": clean_yes_no,
}


def _table(question: Question, raw: Any) -> list[dict[str, Any]] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or any(not isinstance(row, Mapping) for row in raw):
        raise Invalid(_("fill in the rows of the table."))
    rows = []
    for number, given in enumerate(raw, start=1):
        row = {column["key"]: _cell(column, given.get(column["key"]), number) for column in question.columns}
        if any(value not in (None, False) for value in row.values()):
            rows.append(row)
    if len(rows) > ROWS_LIMIT:
        raise Invalid(_("at most %(most)s rows. Leave some out.") % {"most": ROWS_LIMIT})
    return rows or None


def _cell(column: Mapping[str, Any], raw: Any, number: int) -> Any:
    try:
        return _CELLS[column["kind"]](raw)
    except Invalid as invalid:
        place = {"number": number, "column": column["label"], "what": invalid.message}
        raise Invalid(_("row %(number)s, %(column)s: %(what)s") % place) from None


def _file(question: Question, raw: Any) -> dict[str, Any] | None:
    if not raw:
        return None
    if not isinstance(raw, Mapping) or not {"file", "name", "size", "content_type"} <= set(raw):
        raise Invalid(_("choose a file."))
    return {name: raw[name] for name in ("file", "name", "size", "content_type")}


_PARSERS: dict[Kind, Callable[[Question, Any], Any]] = {
    Kind.SHORT_TEXT: _one_line,
    Kind.LONG_TEXT: _long_text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.SINGLE_CHOICE: _single_choice,
    Kind.MULTIPLE_CHOICE: _multiple_choice,
    Kind.YES_NO: _yes_no,
    Kind.TABLE: _table,
    Kind.FILE: _file,
    Kind.DECLARATION: _declaration,
}


# ── What keeps an answer from being sent ────────────────────────────────────
def _missing(question: Question) -> str:
    if question.kind == Kind.DECLARATION:
        return _("Read and confirm this declaration.")
    if question.kind == Kind.FILE:
        return _("Attach the file.")
    if question.kind == Kind.TABLE:
        return _("Add at least one row.")
    if question.kind in (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.YES_NO):
        return _("Choose an answer.")
    return _("Answer this question.")


def _check_text(question: Question, value: str) -> str:
    over = len(value) - text_limit(question)
    if over <= 0:
        return ""
    return ngettext("Shorten the text by %(n)d character.", "Shorten the text by %(n)d characters.", over) % {"n": over}


def _check_range(question: Question, number: Decimal) -> str:
    if question.minimum is not None and number < question.minimum:
        return _("Give at least %(limit)s.") % {"limit": f"{question.minimum.normalize():f}"}
    if question.maximum is not None and number > question.maximum:
        return _("Give at most %(limit)s.") % {"limit": f"{question.maximum.normalize():f}"}
    return ""


def _check_rows(question: Question, rows: Sequence[Mapping[str, Any]]) -> str:
    """Every text, number, amount and day of a row is needed; a yes-or-no cell that is empty means no."""
    for number, row in enumerate(rows, start=1):
        for column in question.columns:
            if column["kind"] != "yes_no" and not column.get("optional") and row.get(column["key"]) is None:
                return _("Row %(number)s: fill in “%(column)s”.") % {"number": number, "column": column["label"]}
    return ""


_CHECKS: dict[Kind, Callable[[Question, Any], str]] = {
    Kind.SHORT_TEXT: _check_text,
    Kind.LONG_TEXT: _check_text,
    Kind.NUMBER: lambda question, value: _check_range(question, Decimal(str(value))),
    Kind.MONEY: lambda question, value: _check_range(question, Decimal(str(value["amount"]))),
    Kind.TABLE: _check_rows,
}
