"""The inbox and its bell: a person's own, in the portal it belongs to."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from incubator.notifications.models import Notification
from tests.cast import Member
from tests.factories.notifications import NotificationFactory

pytestmark = pytest.mark.django_db


def notice(member: Member, **fields: object) -> Notification:
    return NotificationFactory(delivery__user=member.user, **fields)


def test_inbox_shows_own_notices_unread_first_and_nobody_elses(founder: Member, stranger: Member) -> None:
    notice(founder, title="An unread one")
    notice(founder, title="A read one", read_at=now())
    notice(stranger, title="Somebody else's")
    page = founder.client.get("/my/inbox/").content.decode()
    assert page.index("An unread one") < page.index("A read one")
    assert "Somebody else" not in page


def test_inbox_shows_only_what_belongs_into_the_portal(founder: Member) -> None:
    notice(founder, title="For founders", portal="my")
    notice(founder, title="For reviewers", portal="review")
    page = founder.client.get("/my/inbox/").content.decode()
    assert "For founders" in page
    assert "For reviewers" not in page


@pytest.mark.parametrize("url", ["/my/inbox/", "/my/inbox/bell/"])
def test_inbox_takes_as_many_queries_for_20_notices_as_for_one(founder: Member, url: str) -> None:
    notice(founder)
    before = queries(founder.client, url)
    for _ in range(19):
        notice(founder, organisation=founder.organisation)
    assert queries(founder.client, url) == before


def queries(client: Client, url: str) -> int:
    client.get(url)  # what is looked up once per process does not count
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_inbox_pages_on_from_unread_to_read_without_repeating(founder: Member) -> None:
    for number in range(30):
        notice(founder, title=f"Notice {number:02}", read_at=now() if number % 2 else None)
    first = founder.client.get("/my/inbox/")
    second = founder.client.get("/my/inbox/", {"after": first.context["page"].next})
    shown = [row.title for row in (*first.context["page"].rows, *second.context["page"].rows)]
    assert len(shown) == len(set(shown)) == 30
    assert shown[:15] == [f"Notice {number:02}" for number in range(28, -1, -2)]


def test_open_by_post_marks_read_and_leads_to_the_page(founder: Member) -> None:
    one = notice(founder, path="/my/cohort/")
    answer = founder.client.post(f"/my/inbox/{one.pk}/open/")
    one.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/my/cohort/")
    assert one.read_at is not None


def test_notices_of_one_thing_are_one_line_with_the_newest_words(founder: Member, stranger: Member) -> None:
    thing = uuid7()
    notice(stranger, subject_id=thing, title="Somebody else's line about it")
    for title in ("It was sent", "It was asked about", "It was decided"):
        notice(founder, subject_id=thing, title=title, read_at=now() if title == "It was decided" else None)
    newest = notice(founder, title="Another thing", read_at=now())
    answer = founder.client.get("/my/inbox/")
    assert [(row.title, row.lines, row.is_unread) for row in answer.context["page"].rows] == [("It was decided", 3, True), ("Another thing", 1, False)]
    assert "All 3 about this" in answer.content.decode()
    whole = founder.client.get("/my/inbox/", {"thread": str(thing)}).content.decode()
    assert "It was sent" in whole
    assert newest.title not in whole
    assert founder.client.get("/my/inbox/", {"thread": "7"}).status_code == 404


def test_opening_the_newest_line_marks_its_thread_read_and_no_other(founder: Member, stranger: Member) -> None:
    thing = uuid7()
    kept = notice(founder), notice(founder, subject_id=thing, portal="review"), notice(stranger, subject_id=thing)
    notice(founder, subject_id=thing, portal="my")
    newest = notice(founder, subject_id=thing, portal="my")
    later = notice(founder, subject_id=thing, portal="my")
    founder.client.post(f"/my/inbox/{newest.pk}/open/")
    assert set(Notification.objects.unread()) == {*kept, later}


def test_inbox_shows_one_subject_or_only_unread(founder: Member) -> None:
    notice(founder, kind="rounds.listed", title="About a round")
    notice(founder, kind="interests.passed", title="About an interest", read_at=now())
    about = [row.title for row in founder.client.get("/my/inbox/", {"about": "rounds"}).context["page"].rows]
    unread = [row.title for row in founder.client.get("/my/inbox/", {"show": "unread"}).context["page"].rows]
    assert about == unread == ["About a round"]


def test_open_by_get_leads_there_and_changes_nothing(founder: Member) -> None:
    one = notice(founder, path="/my/cohort/")
    assert founder.client.get(f"/my/inbox/{one.pk}/open/")["Location"] == "/my/cohort/"
    one.refresh_from_db()
    assert one.read_at is None


def test_open_somebody_elses_notice_is_not_found(founder: Member, stranger: Member) -> None:
    one = notice(stranger)
    assert founder.client.post(f"/my/inbox/{one.pk}/open/").status_code == 404
    one.refresh_from_db()
    assert one.read_at is None


def test_read_all_marks_only_own_notices_of_the_portal(founder: Member, stranger: Member) -> None:
    own, other_portal, foreign = notice(founder, portal="my"), notice(founder, portal="review"), notice(stranger)
    founder.client.post("/my/inbox/read/")
    unread = set(Notification.objects.unread().values_list("pk", flat=True))
    assert unread == {other_portal.pk, foreign.pk}
    assert own.pk not in unread


def test_bell_counts_to_99(officer: Member) -> None:
    for _ in range(100):
        notice(officer)
    bell = officer.client.get("/staff/inbox/bell/").content.decode()
    assert "99+" in bell
    assert 'href="/staff/inbox/"' in bell


@pytest.mark.parametrize(("portal", "who"), [("my", "founder"), ("partner", "partner_person"), ("review", "reviewer"), ("staff", "officer")])
def test_inbox_stands_in_every_portal(portal: str, who: str, request: pytest.FixtureRequest) -> None:
    member: Member = request.getfixturevalue(who)
    notice(member, title="Hello there", portal=portal)
    answer = member.client.get(f"/{portal}/inbox/")
    assert answer.status_code == 200
    assert "Hello there" in answer.content.decode()


def test_inbox_of_a_portal_without_a_role_there_is_not_found(founder: Member) -> None:
    assert founder.client.get("/staff/inbox/").status_code == 404
