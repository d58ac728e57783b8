"""What may be typed in answer to each kind of question, and what may be sent."""

import pytest

from incubator.lib.refusals import Invalid
from programmes.forms import sheets
from programmes.forms.models import Question
from programmes.forms.validation import Kind, is_asked, parse, problem

CHOICES = [{"value": "pay", "label": "Payments"}, {"value": "data", "label": "Data security"}]
COLUMNS = [
    {"key": "name", "label": "Name", "kind": "text"},
    {"key": "share", "label": "Share", "kind": "number"},
    {"key": "full-time", "label": "Full-time", "kind": "yes_no"},
]


def question(kind: Kind, **fields) -> Question:
    return Question(key="q", kind=kind, label="The question", **fields)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.SHORT_TEXT, "  two\nlines ", "two lines"),
        (Kind.LONG_TEXT, "a\r\nb\x07\x0c", "a\nb"),
        (Kind.LONG_TEXT, "   ", None),
        (Kind.LONG_TEXT, "x" * 20_000, "x" * 20_000),
        (Kind.NUMBER, "1,200.50", "1200.5"),
        (Kind.NUMBER, 24, "24"),
        (Kind.NUMBER, "0", "0"),
        (Kind.NUMBER, "100", "100"),
        (Kind.NUMBER, "", None),
        (Kind.MONEY, {"amount": "1 200", "currency": "USD"}, {"amount": "1200", "currency": "USD"}),
        (Kind.MONEY, "500", {"amount": "500", "currency": "HKD"}),
        (Kind.MONEY, {"amount": "", "currency": "HKD"}, None),
        (Kind.DATE, "2026-12-15", "2026-12-15"),
        (Kind.SINGLE_CHOICE, "pay", "pay"),
        (Kind.MULTIPLE_CHOICE, ["data", "pay"], ["pay", "data"]),
        (Kind.MULTIPLE_CHOICE, [], None),
        (Kind.YES_NO, "no", False),
        (Kind.YES_NO, "yes", True),
        (Kind.DECLARATION, "on", True),
        (Kind.DECLARATION, None, None),
        (Kind.TABLE, [{"name": "Ada", "share": "50", "full-time": "yes"}, {"name": ""}], [{"name": "Ada", "share": "50", "full-time": True}]),
        (Kind.TABLE, [{"name": "Ada", "intruder": "x"}], [{"name": "Ada", "share": None, "full-time": None}]),
    ],
)
def test_parse_gives_the_stored_value(kind, raw, value):
    assert parse(question(kind, choices=CHOICES, columns=COLUMNS), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "remedy"),
    [
        (Kind.SHORT_TEXT, "a\0b", "plain text"),
        (Kind.LONG_TEXT, "a\ud800b", "plain text"),
        (Kind.LONG_TEXT, "x" * 50_001, "Shorten"),
        (Kind.LONG_TEXT, {"a": 1}, "text"),
        (Kind.NUMBER, "twelve", "figures"),
        (Kind.NUMBER, "NaN", "figures"),
        (Kind.NUMBER, "1e400", "too large"),
        (Kind.NUMBER, "1.234", "two digits"),
        (Kind.NUMBER, True, "figures"),
        (Kind.MONEY, {"amount": "1", "currency": "XXX"}, "currency"),
        (Kind.DATE, "15/12/2026", "year-month-day"),
        (Kind.DATE, "2026-02-30", "year-month-day"),
        (Kind.SINGLE_CHOICE, "gold", "list"),
        (Kind.MULTIPLE_CHOICE, ["pay", "gold"], "list"),
        (Kind.YES_NO, "maybe", "yes or no"),
        (Kind.TABLE, "x", "rows"),
        (Kind.TABLE, [{"name": "Ada", "share": "half"}], "row 1, Share"),
        (Kind.TABLE, [{"name": f"P{n}"} for n in range(51)], "at most 50"),
        (Kind.FILE, {"file": "x"}, "file"),
    ],
)
def test_parse_refuses_naming_question_and_remedy(kind, raw, remedy):
    with pytest.raises(Invalid) as refused:
        parse(question(kind, choices=CHOICES, columns=COLUMNS), raw)
    assert refused.value.field == "q"
    assert str(refused.value).startswith("The question: ")
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "fields", "value", "words"),
    [
        (Kind.SHORT_TEXT, {}, None, "Answer this question."),
        (Kind.SHORT_TEXT, {"is_required": False}, None, ""),
        (Kind.SHORT_TEXT, {"max_length": 3}, "abcd", "Shorten the text by 1 character."),
        (Kind.SHORT_TEXT, {"max_length": 3}, "abc", ""),
        (Kind.NUMBER, {"minimum": 2}, "1", "Give at least 2."),
        (Kind.NUMBER, {"maximum": 100}, "101", "Give at most 100."),
        (Kind.MONEY, {"maximum": 1000}, {"amount": "1001", "currency": "HKD"}, "Give at most 1000."),
        (Kind.YES_NO, {}, False, ""),
        (Kind.DECLARATION, {}, None, "Read and confirm this declaration."),
        (Kind.FILE, {}, None, "Attach the file."),
        (Kind.TABLE, {"columns": COLUMNS}, [{"name": "Ada", "share": None, "full-time": None}], "Row 1: fill in “Share”."),
    ],
)
def test_problem_says_what_keeps_an_answer_from_being_sent(kind, fields, value, words):
    from decimal import Decimal

    limits = {name: Decimal(limit) if name in {"minimum", "maximum"} else limit for name, limit in fields.items()}
    assert problem(question(kind, **limits), value) == words


@pytest.mark.parametrize(
    ("condition", "answers", "asked"),
    [
        (None, {}, True),
        ({"question": "a", "is": True}, {"a": True}, True),
        ({"question": "a", "is": True}, {"a": False}, False),
        ({"question": "a", "is": ["x", "y"]}, {"a": "y"}, True),
        ({"question": "a", "is": "x"}, {"a": ["z", "x"]}, True),
        ({"question": "a", "is": "x"}, {}, False),
    ],
)
def test_is_asked_follows_the_condition(condition, answers, asked):
    assert is_asked(question(Kind.SHORT_TEXT, condition=condition), answers) is asked


def test_shown_puts_answers_in_words():
    assert sheets.shown(question(Kind.MONEY), {"amount": "1200000", "currency": "HKD"}) == "HK$\u00a01,200,000"
    assert sheets.shown(question(Kind.MULTIPLE_CHOICE, choices=CHOICES), ["pay", "data"]) == "Payments, Data security"
    assert sheets.shown(question(Kind.DATE), "2026-12-15") == "15 December 2026"
