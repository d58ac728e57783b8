"""A startup's list of applications, starting, the detail page, withdrawing; and what hidden states may not give away."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.lib.clock import now, today
from incubator.outbox.models import Event
from programmes.applications import operations as applications
from programmes.applications.models import Application
from programmes.applications.states import HIDDEN_UNTIL_RELEASE, Status
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import IntakeFactory

INDEX = "/my/applications/"


def test_index_shows_outside_words_only(startup, founder):
    ApplicationFactory(startup=startup, sent=True, status=Status.REJECTED, intake__decided=True)
    page = founder.client.get(INDEX).content.decode()
    assert "In review" in page
    assert "Rejected" not in page
    assert "Not selected" not in page


def test_index_empty_says_how_to_begin(startup, founder):
    assert "You have not applied yet" in founder.client.get(INDEX).content.decode()


def test_index_same_queries_for_1_and_20_rows(startup, founder, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ApplicationFactory(startup=startup)
    founder.client.get(INDEX)
    with CaptureQueriesContext(
        connection,
    ) as one:
        founder.client.get(INDEX)
    for _ in range(19):
        ApplicationFactory(startup=startup)
    with django_assert_num_queries(len(one)):
        founder.client.get(INDEX)


def test_index_does_not_show_foreign_applications(startup, founder):
    other = ApplicationFactory(sent=True)
    assert other.reference not in founder.client.get(INDEX).content.decode()


def test_start_says_what_will_happen_then_does_it(call, startup, founder):
    address = reverse("my:applications:start", args=[call.pk])
    assert "Nothing is sent before" in founder.client.get(address).content.decode()
    assert not Application.objects.exists()
    response = founder.client.post(address)
    assert response.url == reverse("my:applications:form", args=[Application.objects.get().pk])


def test_start_pressed_twice_leads_to_the_one_application(call, startup, founder):
    address = reverse("my:applications:start", args=[call.pk])
    founder.client.post(address)
    second = founder.client.post(address)
    assert second.url == reverse("my:applications:detail", args=[Application.objects.get().pk])


def test_start_closed_call_says_so(startup, founder):
    intake = IntakeFactory(closed=True)
    address = reverse("my:applications:start", args=[intake.pk])
    assert "does not take applications now" in founder.client.get(address).content.decode()
    response = founder.client.post(address)
    assert response.status_code == 409
    assert not Application.objects.exists()


def test_start_draft_call_is_404(startup, founder):
    assert founder.client.get(reverse("my:applications:start", args=[IntakeFactory(draft=True).pk])).status_code == 404


def test_detail_hidden_states_look_the_same(startup, founder):
    """Label, timeline, dates and actions give nothing away before the decisions are out."""
    sent_at = now() - timedelta(days=20)
    intake = IntakeFactory(decided=True)
    pages = set()
    for status in sorted(HIDDEN_UNTIL_RELEASE):
        Application.objects.all().delete()
        one = ApplicationFactory(startup=startup, intake=intake, sent=True, status=status, reference="R-1", submitted_at=sent_at)
        page = founder.client.get(reverse("my:applications:detail", args=[one.pk])).content.decode()
        pages.add("".join(line for line in page.replace(str(one.pk), "ID").splitlines() if "csrf" not in line.lower()))
    assert len(pages) == 1
    assert "In review" in pages.pop()


def test_detail_after_release_leads_to_the_letter(startup, founder):
    one = ApplicationFactory(startup=startup, sent=True, status=Status.OFFERED, intake__released=True)
    page = founder.client.get(reverse("my:applications:detail", args=[one.pk])).content.decode()
    assert "Accept or decline the offer" in page
    assert reverse("my:cohorts:letter", args=[one.pk]) in page


def test_detail_shows_history_without_what_insiders_know(sent, officer, founder):
    applications.start_screening(sent, by=officer.actor, at=now())
    page = founder.client.get(reverse("my:applications:detail", args=[sent.pk])).content.decode()
    assert "sent the application in" in page
    assert "screening" not in page.lower().replace("check", "")


def test_info_request_is_asked_answered_and_sent(sent, officer, founder):
    applications.start_screening(sent, by=officer.actor, at=now())
    applications.ask_for_information(sent, asks=["Who pays you?"], due_on=today() + timedelta(days=7), by=officer.actor, at=now())
    detail = founder.client.get(reverse("my:applications:detail", args=[sent.pk])).content.decode()
    assert "Who pays you?" in detail
    assert "Answer what the park asks" in detail
    assert founder.client.get(reverse("my:applications:section", args=[sent.pk, "company"])).status_code == 200
    response = founder.client.post(reverse("my:applications:send", args=[sent.pk]), {"note": "Banks do."})
    assert response.url == reverse("my:applications:detail", args=[sent.pk])
    sent.refresh_from_db()
    assert sent.status == Status.SCREENING
    assert sent.info_requests.get().answer_note == "Banks do."


def test_withdraw_asks_first_then_does_it(sent, founder):
    address = reverse("my:applications:withdraw", args=[sent.pk])
    assert "cannot be undone" in founder.client.get(address).content.decode()
    assert founder.client.post(address).status_code == 302
    sent.refresh_from_db()
    assert sent.status == Status.WITHDRAWN
    again = founder.client.post(address)
    assert again.status_code == 409
    assert Event.objects.filter(kind="applications.withdrawn").count() == 1


@pytest.mark.parametrize("name", ["sent", "receipt"])
def test_receipt_of_a_draft_is_404(draft, founder, name):
    assert founder.client.get(reverse(f"my:applications:{name}", args=[draft.pk])).status_code == 404


def test_pages_without_signing_in_lead_to_sign_in(draft, anonymous):
    assert "/accounts/login/" in anonymous.client.get(INDEX).url
