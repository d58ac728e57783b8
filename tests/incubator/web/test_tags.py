"""The words, figures and parts that pages are drawn from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from incubator.web import times
from incubator.web.parts import Action, Crumb, Fact, Next, Stat, address, chips

AT = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template("{% load web %}" + source).render(Context({"request": RequestFactory().get("/rows/?q=a&after=t"), **context}))


def test_moment_shows_zone_and_machine_readable_time():
    assert draw("{{ at|moment }}", at=AT) == '<time datetime="2026-12-15T09:00:00+00:00">15 December 2026, 17:00 HKT</time>'


def test_deadline_adds_the_time_left(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: AT - timedelta(days=21, hours=3))
    assert "15 December 2026, 17:00 HKT (in 3 weeks)" in draw("{{ at|deadline }}", at=AT)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(seconds=119), "in 1 minute"),
        (timedelta(minutes=59), "in 59 minutes"),
        (timedelta(hours=25), "in 25 hours"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=20), "in 2 weeks"),
        (timedelta(days=100), "in 3 months"),
        (timedelta(days=800), "in 2 years"),
        (timedelta(days=-5), "5 days ago"),
    ],
)
def test_distance_is_rounded_down_to_the_largest_fitting_unit(span, words):
    assert times.distance(AT + span, AT) == words


def test_day_of_an_instant_is_the_day_in_the_parks_zone():
    assert "16 December 2026" in draw("{{ at|day }}", at=AT + timedelta(hours=8))
    assert "15 December 2026" in draw("{{ on|day }}", on=date(2026, 12, 15))


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [(Decimal("1200000.00"), "HKD", "HK$\u00a01,200,000"), (Decimal("12.5"), "USD", "US$\u00a012.50"), (5, "CHF", "CHF\u00a05")],
)
def test_money_is_grouped_and_names_its_currency(amount, currency, words):
    assert words in draw("{{ amount|money:currency }}", amount=amount, currency=currency)


def test_filters_of_nothing_are_empty():
    assert draw("{{ x|moment }}{{ x|deadline }}{{ x|day }}{{ x|ago }}{{ x|money }}", x=None) == ""


def test_values_are_escaped():
    assert "<b>" not in draw("{% facts rows %}", rows=[Fact("<b>", "<b>")])


def test_what_next_says_step_who_and_when():
    html = draw("{% what_next next %}", next=Next("Answer the questions", "The park waits for you", AT, "mine", action=Action("Answer", "/a/")))
    assert "Answer the questions" in html
    assert "17:00 HKT" in html
    assert 'href="/a/"' in html
    assert draw("{% what_next next %}", next=None).strip() == ""


def test_action_that_changes_something_is_a_form_with_a_token():
    html = draw("{% action one %}", one=Action("Withdraw", "/w/", post=True, danger=True), csrf_token="tok")
    assert '<form method="post" action="/w/">' in html
    assert 'value="tok"' in html
    assert "btn-danger" in html


def test_chips_mark_the_active_choice_and_start_paging_anew():
    request = RequestFactory().get("/rows/?state=open&q=x&after=token")
    group = chips(request, "state", [("open", "Open"), ("closed", "Closed")], label="State", everything="All")
    assert [chip.active for chip in group.chips] == [False, True, False]
    assert group.chips[0].url == "/rows/?q=x"
    assert "after" not in address(request, state="closed")
    assert draw("{% filter_chips group %}", group=group).count('aria-current="true"') == 1


def test_parts_draw_their_values():
    assert 'aria-current="page">Here' in draw("{% breadcrumbs crumbs %}", crumbs=[Crumb("Up", "/"), Crumb("Here")])
    assert 'href="/open/"' in draw("{% stats rows %}", rows=[Stat("Open", 3, "/open/", "2 more", "good", "up")])
    assert '<progress value="3" max="8">' in draw("{% progress 3 8 'Sections' %}")
    assert "Nothing yet" in draw("{% empty_state 'Nothing yet' %}")
    assert "Nothing has happened" in draw("{% timeline rows %}", rows=[])


@dataclass
class Entry:
    at: datetime = AT
    actor: str = "Ada Wong"
    sentence: str = "Application sent"
    from_label: str = "Draft"
    to_label: str = "Submitted"
    reason: str = "on time"


def test_timeline_says_who_did_what_when_from_where_to_where_and_why():
    html = draw("{% timeline rows %}", rows=[Entry()])
    for words in ("Ada Wong", "Application sent", "17:00 HKT", "Draft", "Submitted", "on time"):
        assert words in html


def test_icon_is_hidden_unless_labelled():
    assert 'aria-hidden="true"' in draw("{% icon 'check' %}")
    assert 'role="img"' in draw("{% icon 'check' label='Yes' %}")
    assert " style=" not in draw("{% icon 'check' %}")


def test_messages_are_drawn_by_level_in_a_live_region():
    rows = [SimpleNamespace(level_tag="success"), SimpleNamespace(level_tag="error")]
    html = render_to_string("partials/messages.html", {"messages": rows})
    assert 'role="status"' in html
    assert "is-good" in html
    assert "is-bad" in html
    assert "notice" not in render_to_string("partials/messages.html", {"messages": []})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150 Safari/537.36 Edg/150", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18 Safari/604", "Safari on iPhone"),
        ("<script>", "Unknown browser"),
    ],
)
def test_browser_is_named_as_people_know_it(name, words):
    assert draw("{{ name|browser }}", name=name) == words
