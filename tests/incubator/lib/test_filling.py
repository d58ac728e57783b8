"""`{{name}}` and nothing else: two hundred payloads stay as written, values are never read as names, nothing is filled twice."""

import itertools

import pytest

from incubator.lib.filling import Filled, fill, unknown

PAYLOADS = (
    "{0.__class__}", "{0.__class__.__mro__}", "{self}", "{recipient.password}", "{!r}", "{:>9999999}", "{startup.__init__.__globals__}", "{0}", "{}", "%(startup)s", "%s",
    "%n", "${startup}", "$startup", "#{startup}", "<%= startup %>", "{% load i18n %}", "{% include 'account/login.html' %}", "{% debug %}", "{% for a in b %}", "{%startup%}",
    "{% templatetag openvariable %}", "{# startup #}", "{{7*7}}", "{{ 7*7 }}", "{{startup.name}}", "{{startup|upper}}", "{{ startup.__class__ }}", "{{startup()}}",
    "{{ config.items() }}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{ request.user }}", "{{settings.SECRET_KEY}}", "{{Startup}}", "{{start up}}", "{{}}", "{{ }}",
    "{{1startup}}", "{{_startup}}", "{{startup", "startup}}", "{ {startup} }", "{{{", "}}}", "{{\nstartup\n}}", "{{ſtartup}}", "\\{\\{", "<script>alert(1)</script>", "&lt;b&gt;", "\u202e{{",
)  # fmt: skip
WRAPS = (("", ""), ("before ", " after"), ("{{x ", ""), ("{% ", " %}"))
VALUES = {"startup": "Lumen", "secret": "hidden"}


def wrapped() -> list[str]:
    return [f"{before}{payload}{after}" for payload, (before, after) in itertools.product(PAYLOADS, WRAPS)]


def test_two_hundred_payloads_stay_as_they_are_written() -> None:
    payloads = wrapped()
    assert len(payloads) == 200
    assert [text for text in payloads if fill(text, VALUES) != text] == []


def test_two_hundred_payloads_as_values_stay_as_they_are_and_are_never_read_as_names() -> None:
    for payload in [*wrapped(), "{{secret}}", "{{ startup }}"]:
        assert fill("Dear {{startup}}, {{ secret }}", {"startup": payload, "secret": "x"}) == f"Dear {payload}, x"


def test_what_was_filled_in_is_never_filled_again() -> None:
    once = fill("Dear {{startup}}", {"startup": "{{secret}}"})
    assert isinstance(once, Filled)
    with pytest.raises(TypeError, match="filled"):
        fill(once, VALUES)


def test_names_are_found_with_blanks_and_side_by_side_and_unknown_ones_are_named() -> None:
    assert fill("{{startup}}{{ startup }}{{{startup}}}", VALUES) == "LumenLumen{Lumen}"
    assert fill("{{other}}", VALUES) == "{{other}}"
    assert unknown("{{startup}} {{ other }} {{other}} {{7*7}} {% load %}", {"startup"}) == ["other", "7*7"]
