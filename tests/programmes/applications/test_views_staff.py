"""The staff's lists of applications: who sees them, what they find, and what they cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incubator.lib.clock import now, today
from incubator.startups.models import Tie
from programmes.applications.models import Application
from programmes.applications.states import Status
from tests.cast import Member
from tests.factories.applications import ApplicationFactory, InfoRequestFactory
from tests.factories.startups import StartupFactory

INDEX, QUEUE, UNSENT = (reverse(f"staff:applications:{name}") for name in ("index", "queue", "unsent"))


def body(member: Member, url: str, **params: str) -> str:
    response = member.client.get(url, params)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize("who", ["founder", "reviewer", "partner_person", "investor_person"])
@pytest.mark.parametrize("url", [INDEX, QUEUE, UNSENT])
def test_list_is_not_there_for_people_without_a_staff_role(url: str, who: str, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(who).client.get(url).status_code == 404


def test_list_shows_what_was_sent_and_no_drafts(officer: Member) -> None:
    sent, draft = ApplicationFactory(sent=True), ApplicationFactory()
    page = body(officer, INDEX)
    assert sent.reference in page
    assert draft.startup.name not in page


@pytest.mark.parametrize("who", ["finance", "facility_manager", "investment_manager"])
def test_list_is_empty_for_staff_who_have_no_part_in_applications(db: None, who: str, request: pytest.FixtureRequest) -> None:
    sent = ApplicationFactory(sent=True)
    assert sent.startup.name not in body(request.getfixturevalue(who), INDEX)


def test_list_hides_what_the_officer_is_tied_to(officer: Member) -> None:
    sent = ApplicationFactory(sent=True)
    Tie.objects.create(startup=sent.startup, user=officer.user, kind=Tie.Kind.FAMILY)
    assert sent.startup.name not in body(officer, INDEX)


@pytest.mark.parametrize("text", ["ABC-0001", "abc-00", "Nimbus", "nimb harb"])
def test_search_finds_by_reference_and_by_words_of_the_name(officer: Member, text: str) -> None:
    ApplicationFactory(sent=True, reference="ABC-0001", startup=StartupFactory(name="Nimbus Harbour"))
    ApplicationFactory(sent=True, reference="XYZ-0002", startup=StartupFactory(name="Other Works"))
    page = body(officer, INDEX, q=text)
    assert "ABC-0001" in page
    assert "XYZ-0002" not in page


@pytest.mark.parametrize("text", ["'", "&|!", "a & ! b:*", "%", "ABC-0001\x00"])
def test_search_takes_any_text(officer: Member, text: str) -> None:
    ApplicationFactory(sent=True, reference="ABC-0001")
    body(officer, INDEX, q=text)


def test_filters_narrow_by_state_call_and_focus(officer: Member) -> None:
    one = ApplicationFactory(sent=True, status=Status.IN_REVIEW, startup=StartupFactory(focus_areas=["fintech"]))
    other = ApplicationFactory(sent=True, startup=StartupFactory(focus_areas=["robotics"]))
    for params in ({"state": "review"}, {"intake": one.intake.slug}, {"focus": "fintech"}):
        page = body(officer, INDEX, **params)
        assert one.reference in page
        assert other.reference not in page
    assert one.reference not in body(officer, INDEX, state="nonsense")


def test_queue_shows_what_waits_for_screening_and_marks_late_answers(officer: Member) -> None:
    late = InfoRequestFactory(due_on=today() - timedelta(days=1)).application
    reviewed = ApplicationFactory(sent=True, status=Status.IN_REVIEW)
    page = body(officer, QUEUE)
    assert late.reference in page
    assert "Late" in page
    assert reviewed.reference not in page


def test_arrivals_are_what_came_since_under_the_same_filters(officer: Member) -> None:
    at = now()
    old = ApplicationFactory(sent=True, submitted_at=at - timedelta(hours=1))
    new = ApplicationFactory(sent=True, submitted_at=at + timedelta(seconds=1))
    page = body(officer, reverse("staff:applications:arrivals"), since=at.isoformat())
    assert new.reference in page
    assert old.reference not in page
    assert new.reference not in body(officer, reverse("staff:applications:arrivals"), since=at.isoformat(), intake=old.intake.slug)


@pytest.mark.parametrize("since", ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-13-41T99:00:00Z"])
def test_arrivals_with_a_bad_time_are_refused(officer: Member, since: str) -> None:
    assert officer.client.get(reverse("staff:applications:arrivals"), {"since": since}).status_code == 400


def test_paging_walks_through_all_once(officer: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("programmes.applications.views_staff.SIZE", 2)
    sent = [ApplicationFactory(sent=True) for _ in range(5)]
    after, seen = "", []
    while True:
        response = officer.client.get(INDEX, {"after": after})
        seen += [row["application"].reference for row in response.context["rows"]]
        after = response.context["page"].next
        if not after:
            break
    assert sorted(seen) == sorted(one.reference for one in sent)
    assert officer.client.get(INDEX, {"after": "forged"}).status_code == 400


def test_unsent_lists_drafts_for_officers_only(officer: Member, readonly_officer: Member) -> None:
    draft = ApplicationFactory()
    assert draft.startup.name in body(officer, UNSENT)
    assert draft.startup.name not in body(readonly_officer, UNSENT)


@pytest.mark.parametrize("name", ["index", "queue", "unsent", "arrivals"])
def test_lists_cost_the_same_for_one_row_and_for_twenty(officer: Member, name: str) -> None:
    url = reverse(f"staff:applications:{name}")
    params = {"since": (now() - timedelta(days=1)).isoformat()}
    officer.client.get(url, params)

    def add(n: int) -> None:
        for _ in range(n):
            ApplicationFactory() if name == "unsent" else InfoRequestFactory()

    counts = []
    for n in (1, 19):
        add(n)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert officer.client.get(url, params).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    assert Application.objects.count() == 20
