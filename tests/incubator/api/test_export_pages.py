"""Exports in the partner portal: asked for by a person, watched, stopped, fetched."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incubator.api import exports
from incubator.api.models import Operation
from incubator.lib.clock import now
from incubator.startups.models import Disclosure, DisclosureRead
from tests.cast import Member
from tests.factories.startups import DisclosureFactory
from tests.incubator.api.test_developers import maker as maker

pytestmark = pytest.mark.django_db
PAGE = "/partner/startups/exports/"


@pytest.fixture
def disclosure(partner_person: Member) -> Disclosure:
    made: Disclosure = DisclosureFactory(startup__name="@Nimbus", audience="organisation", organisation=partner_person.organisation, level=3)
    return made


def test_a_person_asks_watches_and_fetches_and_the_founder_sees_who(maker: Client, disclosure: Disclosure, partner_person: Member) -> None:
    assert "No export yet" in maker.get(PAGE).content.decode()
    assert f'href="{PAGE}"' in maker.get("/partner/startups/").content.decode()
    assert "founders of all of them see" in maker.get(f"{PAGE}new/").content.decode()
    assert maker.post(f"{PAGE}new/", {"format": "xlsx"}).headers["Location"] == PAGE
    page = maker.get(PAGE).content.decode()
    assert "Waiting" in page
    assert 'hx-trigger="every 2s"' in page
    assert partner_person.user.name in page
    exports.write_due(now())
    page = maker.get(PAGE).content.decode()
    assert "Ready" in page
    assert "every 2s" not in page.partition('id="exports"')[2]
    operation = Operation.objects.get()
    DisclosureRead.objects.all().delete()
    answer = maker.get(f"{PAGE}{operation.pk}/file/")
    sheet = zipfile.ZipFile(io.BytesIO(b"".join(answer))).read("xl/worksheets/sheet1.xml").decode()  # type: ignore[arg-type]
    assert "&#39;@Nimbus" in sheet or "'@Nimbus" in sheet
    assert "<f>" not in sheet
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    read = DisclosureRead.objects.get()
    assert (read.kind, read.startup_ids, read.user_id) == ("exported", [disclosure.startup_id], partner_person.user.pk)
    (line,) = DisclosureRead.objects.of(disclosure.startup_id).by_day()
    assert line["person"] == partner_person.user.name


def test_what_was_taken_back_is_not_fetched_and_says_so(maker: Client, disclosure: Disclosure) -> None:
    maker.post(f"{PAGE}new/", {"format": "csv"})
    exports.write_due(now())
    operation = Operation.objects.get()
    address = f"{PAGE}{operation.pk}/file/"
    rows = list(csv.DictReader(io.StringIO(b"".join(maker.get(address)).decode("utf-8-sig"))))  # type: ignore[arg-type]
    assert [row["name"] for row in rows] == ["'@Nimbus"]
    Disclosure.objects.filter(pk=disclosure.pk).update(status="revoked")
    DisclosureRead.objects.all().delete()
    answer = maker.get(address, follow=True)
    assert "There is nothing to fetch" in answer.content.decode()
    assert "shows you less now" in maker.get(PAGE).content.decode()
    assert not DisclosureRead.objects.filter(kind="exported").exists()
    assert Operation.objects.get().file is None


def test_an_export_is_stopped_before_it_is_written_and_three_may_wait(maker: Client, disclosure: Disclosure) -> None:
    for _ in range(3):
        maker.post(f"{PAGE}new/", {"format": "csv"})
    answer = maker.post(f"{PAGE}new/", {"format": "csv"})
    assert answer.status_code == 422
    assert "Three exports are being written" in answer.content.decode()
    first = Operation.objects.earliest("created_at")
    maker.post(f"{PAGE}{first.pk}/cancellation/")
    assert exports.write_due(now()) == 2
    assert "Cancelled" in maker.get(PAGE).content.decode()
    assert "has ended already" in maker.post(f"{PAGE}{first.pk}/cancellation/", follow=True).content.decode()
    assert maker.post(f"{PAGE}new/", {"format": "doc"}).status_code == 422


def test_asking_needs_the_password_again_and_others_exports_do_not_exist(partner_person: Member, other_partner: Member, disclosure: Disclosure) -> None:
    assert "reauthenticate" in partner_person.client.post(f"{PAGE}new/", {"format": "csv"}).headers["Location"]
    assert not Operation.objects.exists()
    foreign = exports.request_export(format="csv", by=other_partner.actor, at=now())
    assert str(foreign.pk) not in partner_person.client.get(PAGE).content.decode()
    assert partner_person.client.post(f"{PAGE}{foreign.pk}/cancellation/").status_code == 404
    exports.write_due(now())
    assert partner_person.client.get(f"{PAGE}{foreign.pk}/file/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "succeeded"


def test_the_page_has_as_many_queries_for_one_export_as_for_twenty(partner_person: Member) -> None:
    at, counts = now(), []
    for number in (1, 19):
        for _ in range(number):
            Operation.objects.create(
                organisation=partner_person.organisation, user=partner_person.user, format="csv", created_at=at, state="succeeded", rows=3, expires_at=at
            )
        with CaptureQueriesContext(connection) as queries:
            assert partner_person.client.get(PAGE).content.decode().count("Expired") == Operation.objects.count()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_hour_is_over_by_the_clock(maker: Client, disclosure: Disclosure) -> None:
    maker.post(f"{PAGE}new/", {"format": "csv"})
    exports.write_due(now() - exports.LIVES - timedelta(seconds=1))
    assert "Expired" in maker.get(PAGE).content.decode()
    assert "nothing to fetch" in maker.get(f"{PAGE}{Operation.objects.get().pk}/file/", follow=True).content.decode()
