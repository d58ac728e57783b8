"""Founders are reminded of what the park asked: three days and one day before, once for each day that was set."""

from datetime import timedelta

import pytest

from incubator.accounts.actors import system_actor
from incubator.lib.clock import now, today
from incubator.outbox.models import Event
from programmes.applications import operations as applications
from programmes.applications.states import Status
from tests.factories.applications import ApplicationFactory, InfoRequestFactory

pytestmark = pytest.mark.django_db


def remind() -> int:
    return applications.remind_of_questions(by=system_actor(), at=now())


def test_reminders_go_out_once_for_each_distance_and_day_and_stop_with_the_answer() -> None:
    application = ApplicationFactory(sent=True, status=Status.INFO_REQUESTED)
    request = InfoRequestFactory(application=application, due_on=today() + timedelta(days=4))
    InfoRequestFactory(application=ApplicationFactory(sent=True, status=Status.SCREENING), due_on=today() + timedelta(days=1), answered_at=now())
    InfoRequestFactory(application=ApplicationFactory(sent=True, status=Status.INFO_REQUESTED), due_on=today() - timedelta(days=1))
    assert remind() == 0
    request.due_on = today() + timedelta(days=3)
    request.save()
    for days, told in ((3, 1), (2, 0), (1, 1), (0, 0)):
        at = now() + timedelta(days=3 - days)
        assert [applications.remind_of_questions(by=system_actor(), at=at) for _ in range(2)] == [told, 0], days
    (event, *_rest) = Event.objects.about(application.pk).filter(kind="applications.answer_due")
    assert event.told[0]["facts"]["asks"] == request.asks
    type(request).objects.filter(pk=request.pk).update(due_on=today() + timedelta(days=1))
    assert remind() == 1
